"""The table of numbers that make the simulator misbehave.

Everything that is not documented about Voipit (`voipit-api.md §3`) has a row here, so that the
gateway meets it before the provider does it.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from local.simulator import answers
from local.simulator.answers import Answer
from local.simulator.phone_numbers import international
from local.simulator.raw import RawAnswer, bad_chunk, cut_body

_PREFIX: Final = "+407990000"

CUT: Final = "cut"


class ReportEncoding(Enum):
    """How a delivery report carries its values; the provider documents none."""

    FORM = "application/x-www-form-urlencoded"
    MULTIPART = "multipart/form-data"
    JSON = "application/json"
    QUERY = "query string"


class ReportTime(Enum):
    """When the first delivery report leaves."""

    AFTER_CARRIER = "carrierDelay after the acceptance"
    LATE = "lateReportDelay after the acceptance"
    BEFORE_ANSWER = "carrierDelay after the acceptance, and the answer waits for it"


@dataclass(frozen=True)
class Report:
    """One delivery report to send (`voipit-api.md §1`)."""

    status: str = "sent"
    api_name: str = "sms"
    encoding: ReportEncoding = ReportEncoding.FORM


_SENT: Final = Report()
_ERROR: Final = Report(status="error")


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What happens to one well-formed sms/send.

    Attributes:
        suffix: the last two digits of the number that asks for it; None for every other number.
        name: the name the journal uses.
        description: the same in a sentence.
        accepted: whether Voipit takes the message.
        answer: what it answers; `CUT` for a connection cut after the whole request was read.
        slow: whether the answer waits for `slowAnswer`.
        reports: the delivery reports that follow, in order.
        report_time: when the first of them leaves.
    """

    suffix: str | None
    name: str
    description: str
    accepted: bool = True
    answer: Answer | RawAnswer | Literal["cut"] = answers.OK
    slow: bool = False
    reports: tuple[Report, ...] = (_SENT,)
    report_time: ReportTime = ReportTime.AFTER_CARRIER

    @property
    def number(self) -> str | None:
        """The number that asks for this behaviour, in its `+40…` form."""
        return None if self.suffix is None else _PREFIX + self.suffix

    def as_json(self) -> dict[str, object]:
        """The row as `GET /_simulator/behaviours` shows it."""
        return {
            "number": self.number,
            "name": self.name,
            "description": self.description,
            "accepted": self.accepted,
            "answer": CUT if isinstance(self.answer, str) else self.answer.status,
            "slow": self.slow,
            "reports": [
                {
                    "status": report.status,
                    "apiName": report.api_name,
                    "encoding": report.encoding.value,
                }
                for report in self.reports
            ],
            "reportTime": self.report_time.value if self.reports else None,
        }


def _refusal(
    suffix: str, name: str, description: str, answer: Answer | RawAnswer | Literal["cut"]
) -> Behaviour:
    return Behaviour(
        suffix=suffix,
        name=name,
        description=description,
        accepted=False,
        answer=answer,
        reports=(),
    )


NORMAL: Final = Behaviour(
    suffix=None, name="normal", description="Accepted, answered ok, reported sent."
)

BEHAVIOURS: Final[tuple[Behaviour, ...]] = (
    Behaviour(
        suffix="01",
        name="error-report",
        description="Accepted; the report says error, with an errorMessage.",
        reports=(_ERROR,),
    ),
    Behaviour(
        suffix="02",
        name="no-report",
        description="Accepted; no report ever comes.",
        reports=(),
    ),
    Behaviour(
        suffix="03",
        name="report-twice",
        description="Accepted; the same report comes twice.",
        reports=(_SENT, _SENT),
    ),
    Behaviour(
        suffix="04",
        name="report-before-answer",
        description="The report is delivered and answered before sms/send is answered.",
        report_time=ReportTime.BEFORE_ANSWER,
    ),
    Behaviour(
        suffix="05",
        name="late-report",
        description="Accepted; the report comes only after lateReportDelay.",
        report_time=ReportTime.LATE,
    ),
    Behaviour(
        suffix="06",
        name="sent-then-error",
        description="Accepted; a report says sent, then another one says error.",
        reports=(_SENT, _ERROR),
    ),
    Behaviour(
        suffix="07",
        name="cut-with-report",
        description="Accepted, the connection is cut before the answer, the report follows.",
        answer=CUT,
    ),
    Behaviour(
        suffix="08",
        name="cut-without-report",
        description="Accepted, the connection is cut before the answer, no report follows.",
        answer=CUT,
        reports=(),
    ),
    Behaviour(
        suffix="09",
        name="500-with-effect",
        description="Answered 500 although accepted; the report follows.",
        answer=answers.SERVER_ERROR,
    ),
    _refusal("10", "500-without-effect", "Answered 500 and not accepted.", answers.SERVER_ERROR),
    _refusal("11", "400", "Answered 400 and not accepted.", answers.BAD_REQUEST),
    _refusal("12", "401", "Answered 401 although the password is right.", answers.UNAUTHORIZED),
    _refusal("13", "403.6", "Answered 403.6 although the IP is not blocked.", answers.IP_REJECTED),
    _refusal("14", "413", "Answered 413 whatever the size.", answers.TOO_LARGE),
    Behaviour(
        suffix="15",
        name="slow-with-report",
        description="Accepted, answered ok only after slowAnswer; the report follows the answer.",
        slow=True,
    ),
    Behaviour(
        suffix="16",
        name="garbage",
        description="Accepted, answered 200 with an HTML page; no report follows.",
        answer=answers.GARBAGE,
        reports=(),
    ),
    _refusal(
        "17",
        "200-with-error",
        "Answered 200 with a body of type Error, and not accepted.",
        answers.OK_WITH_ERROR_INSIDE,
    ),
    Behaviour(
        suffix="18",
        name="report-by-get",
        description="Accepted; the report comes as a GET with a query string.",
        reports=(Report(encoding=ReportEncoding.QUERY),),
    ),
    Behaviour(
        suffix="19",
        name="report-as-multipart",
        description="Accepted; the report comes as a multipart POST.",
        reports=(Report(encoding=ReportEncoding.MULTIPART),),
    ),
    Behaviour(
        suffix="20",
        name="report-as-json",
        description="Accepted; the report comes as a JSON POST.",
        reports=(Report(encoding=ReportEncoding.JSON),),
    ),
    _refusal("21", "404", "Answered 404 although the path is right.", answers.NOT_FOUND),
    _refusal("22", "429", "Answered 429 and not accepted.", answers.TOO_MANY_REQUESTS),
    _refusal(
        "23", "cut-without-effect", "The connection is cut before the answer; not accepted.", CUT
    ),
    Behaviour(
        suffix="24",
        name="500-with-effect-no-report",
        description="Answered 500 although accepted; no report follows.",
        answer=answers.SERVER_ERROR,
        reports=(),
    ),
    Behaviour(
        suffix="25",
        name="unknown-status",
        description="Accepted; a report with the status delivered comes, then one that says sent.",
        reports=(Report(status="delivered"), _SENT),
    ),
    Behaviour(
        suffix="26",
        name="other-api-name",
        description="Accepted; a report of the apiName call comes, then the one of the SMS.",
        reports=(Report(api_name="call"), _SENT),
    ),
    Behaviour(
        suffix="27",
        name="slow-without-effect",
        description="Not accepted, answered 500 only after slowAnswer; no report follows.",
        accepted=False,
        answer=answers.SERVER_ERROR,
        slow=True,
        reports=(),
    ),
    _refusal("28", "401-cut", "Answered 401; its body is cut.", cut_body("401 Unauthorized")),
    _refusal("29", "404-too-long", "Answered 404 with 80 KiB.", answers.LONG_PAGE),
    _refusal(
        "30",
        "403-page",
        "Answered 403 with an HTML page, which names no 403.6.",
        answers.FORBIDDEN_PAGE,
    ),
    _refusal(
        "31", "429-bad-chunk", "Answered 429; its chunks are none.", bad_chunk("429 Slow Down")
    ),
    _refusal("32", "400-cut", "Answered 400; its body is cut.", cut_body("400 Bad Request")),
    Behaviour(
        suffix="33",
        name="200-cut",
        description="Accepted, answered 200; its body is cut, and no report follows.",
        answer=cut_body("200 OK"),
        reports=(),
    ),
)

_BY_NUMBER: Final = {behaviour.number: behaviour for behaviour in BEHAVIOURS}


def behaviour_for(phone_number: str) -> Behaviour:
    """The behaviour that `phone_number` asks for, in any form `international` understands."""
    return _BY_NUMBER.get(international(phone_number), NORMAL)
