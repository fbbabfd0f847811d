import time
from dataclasses import dataclass

import pytest
import requests

from local.simulator.behaviours import BEHAVIOURS, NORMAL, behaviour_for
from sms_gateway.adapters.voipit.transport import MAX_ANSWER_BYTES
from tests.simulator.both_ends import NUMBER, Client, Receiver, wait_until

pytestmark = pytest.mark.enable_socket

FORM = ("POST", "application/x-www-form-urlencoded")
MULTIPART = ("POST", "multipart/form-data")
JSON = ("POST", "application/json")
GET = ("GET", "")

OK = b'{"type":"ok"}'


def error(code: str, message: str) -> bytes:
    return f'{{"type":"Error","message":"{message}","code":"{code}"}}'.encode()


SERVER_ERROR = error("500", "Internal server error")
SENT = (*FORM, "sms", "sent")
ERROR = (*FORM, "sms", "error")


@dataclass(frozen=True)
class Row:
    """What a client and a receiver of reports see; status None is a cut connection."""

    suffix: str
    status: int | None
    body: bytes = b""
    reports: tuple[tuple[str, str, str, str], ...] = ()
    accepted: bool = True
    is_broken: bool = False
    """Whether the body cannot be read to its end; the status can."""


ROWS = (
    Row("01", 200, OK, (ERROR,)),
    Row("02", 200, OK),
    Row("03", 200, OK, (SENT, SENT)),
    Row("04", 200, OK, (SENT,)),
    Row("05", 200, OK, (SENT,)),
    Row("06", 200, OK, (SENT, ERROR)),
    Row("07", None, reports=(SENT,)),
    Row("08", None),
    Row("09", 500, SERVER_ERROR, (SENT,)),
    Row("10", 500, SERVER_ERROR, accepted=False),
    Row("11", 400, error("400", "Bad request"), accepted=False),
    Row("12", 401, error("401", "Unauthorized"), accepted=False),
    Row("13", 403, error("403.6", "IP address rejected"), accepted=False),
    Row("14", 413, error("413", "Payload Too Large"), accepted=False),
    Row("15", 200, OK, (SENT,)),
    Row("16", 200),
    Row("17", 200, error("400", "Bad request"), accepted=False),
    Row("18", 200, OK, ((*GET, "sms", "sent"),)),
    Row("19", 200, OK, ((*MULTIPART, "sms", "sent"),)),
    Row("20", 200, OK, ((*JSON, "sms", "sent"),)),
    Row("21", 404, error("404", "Not found"), accepted=False),
    Row("22", 429, error("429", "Too Many Requests"), accepted=False),
    Row("23", None, accepted=False),
    Row("24", 500, SERVER_ERROR),
    Row("25", 200, OK, ((*FORM, "sms", "delivered"), SENT)),
    Row("26", 200, OK, ((*FORM, "call", "sent"), SENT)),
    Row("27", 500, SERVER_ERROR, accepted=False),
    Row("28", 401, accepted=False, is_broken=True),
    Row("29", 404, accepted=False),
    Row("30", 403, accepted=False),
    Row("31", 429, accepted=False, is_broken=True),
    Row("32", 400, accepted=False, is_broken=True),
    Row("33", 200, is_broken=True),
)


def number(suffix: str) -> str:
    return f"+407990000{suffix}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.suffix)
def test_a_number_of_the_table_behaves_as_its_row_says(
    voipit: Client, receiver: Receiver, row: Row
) -> None:
    if row.is_broken:
        with voipit.send(number(row.suffix), stream=True) as answer:
            assert answer.status_code == row.status
            with pytest.raises(requests.exceptions.ChunkedEncodingError):
                _ = answer.content
    elif row.status is None:
        with pytest.raises(requests.ConnectionError):
            voipit.send(number(row.suffix))
    else:
        answer = voipit.send(number(row.suffix))
        assert answer.status_code == row.status
        if row.body:
            assert answer.content == row.body
            assert answer.headers["Content-Type"] == "application/json"
    wait_until(lambda: len(voipit.journal()[0]["reports"]) == len(row.reports))
    time.sleep(0.06)  # one report too many would come now

    seen = tuple(
        (report.method, report.content_type, report.values["apiName"], report.values["status"])
        for report in receiver.reports
    )
    assert seen == row.reports
    (entry,) = voipit.journal()
    assert entry["accepted"] is row.accepted
    assert entry["answer"] == ("cut" if row.status is None else row.status)
    assert entry["behaviour"] == behaviour_for(number(row.suffix)).name
    assert [(report["method"], report["contentType"] or "") for report in entry["reports"]] == [
        (method, content_type) for method, content_type, *_ in row.reports
    ]
    assert [(report["status"], report["answer"]) for report in entry["reports"]] == [
        (status, 200) for *_, status in row.reports
    ]


def test_every_number_of_the_table_is_tested() -> None:
    assert [row.suffix for row in ROWS] == [behaviour.suffix for behaviour in BEHAVIOURS]


def test_names_in_the_table_are_unique() -> None:
    assert len({behaviour.name for behaviour in (*BEHAVIOURS, NORMAL)}) == len(BEHAVIOURS) + 1


def test_nothing_that_is_not_accepted_is_reported() -> None:
    assert all(behaviour.accepted or not behaviour.reports for behaviour in BEHAVIOURS)


@pytest.mark.parametrize("form", ["+40799000001", "0040799000001", "40799000001", "0799000001"])
def test_a_number_of_the_table_is_recognised_in_every_form(form: str) -> None:
    assert behaviour_for(form).name == "error-report"


@pytest.mark.parametrize(
    "other",
    [NUMBER, "799000001", "+41799000001", "+407990000010", "+40799000099", "x", "\u0660799000001"],
)
def test_any_other_number_behaves_normally(other: str) -> None:
    assert behaviour_for(other) is NORMAL


def test_a_report_before_the_answer_has_been_answered_when_the_answer_comes(
    voipit: Client, receiver: Receiver
) -> None:
    voipit.send(number("04"))
    assert len(receiver.reports) == 1
    assert len(voipit.journal()[0]["reports"]) == 1


def test_a_report_before_the_answer_is_not_waited_for_where_nobody_wants_one(
    voipit: Client,
) -> None:
    assert voipit.send(number("04"), sendResultTo="").content == OK


def test_a_late_report_comes_only_after_its_delay(voipit: Client, receiver: Receiver) -> None:
    voipit.change(lateReportDelay=1.5)
    voipit.send(number("05"))
    time.sleep(0.3)
    assert not receiver.reports
    wait_until(lambda: len(receiver.reports) == 1)


def test_a_report_follows_a_slow_answer_that_nobody_waited_for(
    voipit: Client, receiver: Receiver
) -> None:
    voipit.change(slowAnswer=1.5)
    with pytest.raises(requests.ReadTimeout):
        voipit.send(number("15"), timeout=0.1)
    (entry,) = voipit.journal()
    assert entry["accepted"] is True
    assert entry["answer"] is None
    assert not receiver.reports
    wait_until(lambda: len(receiver.reports) == 1)
    assert voipit.journal()[0]["answer"] == 200


def test_a_slow_refusal_outlasts_a_short_time_out_and_leaves_nothing(
    voipit: Client, receiver: Receiver
) -> None:
    voipit.change(slowAnswer=1.5)
    with pytest.raises(requests.ReadTimeout):
        voipit.send(number("27"), timeout=0.1)
    wait_until(lambda: voipit.journal()[0]["answer"] == 500)
    assert voipit.journal(accepted="true") == []
    assert not receiver.reports


def test_garbage_is_a_page_that_is_not_json(voipit: Client) -> None:
    answer = voipit.send(number("16"))
    assert answer.content.startswith(b"<!DOCTYPE html>")
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_page_that_forbids_names_no_code(voipit: Client) -> None:
    answer = voipit.send(number("30"))
    assert (answer.status_code, b"403.6" in answer.content) == (403, False)


def test_an_answer_that_is_too_long_is_longer_than_the_gateway_reads(voipit: Client) -> None:
    assert len(voipit.send(number("29")).content) > MAX_ANSWER_BYTES


@pytest.mark.parametrize("suffix", ["12", "13", "21", "29", "30"])
def test_an_answer_asked_for_by_number_never_blocks_the_ip(voipit: Client, suffix: str) -> None:
    for _ in range(5):
        voipit.send(number(suffix))
    assert voipit.send().status_code == 200


def test_a_number_of_the_table_does_not_make_wrong_credentials_right(voipit: Client) -> None:
    assert voipit.send(number("09"), password="wrong").status_code == 401
    assert voipit.journal()[0]["behaviour"] is None
