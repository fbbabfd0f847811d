"""Call Voipit: `POST /<accountNumber>/sms/send` and `…/ping/` (voipit-api.md §1, §2)."""

from dataclasses import dataclass, field

from sms_gateway.adapters.voipit.answers import judge_answer
from sms_gateway.adapters.voipit.number_form import VoipitNumberForm
from sms_gateway.adapters.voipit.transport import (
    CONNECT_TIMEOUT,
    READ_TIMEOUT,
    AnswerTooLongError,
    FormBody,
    VoipitSession,
    timed_out,
)
from sms_gateway.domain.account import Account
from sms_gateway.domain.message import Message
from sms_gateway.domain.outcome import Outcome, not_taken, unclear
from sms_gateway.domain.status import Reason


@dataclass(frozen=True, slots=True)
class VoipitClient:
    """Implements the port `Provider`."""

    base_url: str
    session: VoipitSession
    number_form: VoipitNumberForm = field(default_factory=VoipitNumberForm)

    @property
    def seconds_needed(self) -> float:
        """The longest one call can take, in seconds."""
        return CONNECT_TIMEOUT + READ_TIMEOUT

    def open_ahead(self) -> None:
        """Connect, so that a call within the next seconds need not. Raises what that raises."""
        self.session.open_ahead(self.base_url)

    def send(self, account: Account, message: Message, send_result_to: str) -> Outcome:
        """Call `sms/send` once. Never raises: what went wrong is part of the outcome."""
        values = {
            "password": account.password,
            "phoneNumber": self.number_form.write(message.phone_number),
            "message": message.text,
            "sendResultTo": send_result_to,
            "messageId": message.message_id,
        }
        return self._call(account, "sms/send", values, "ok")

    def ping(self, account: Account) -> Outcome:
        """Test the account without sending anything (voipit-api.md §2). Never raises."""
        return self._call(account, "ping/", {"password": account.password}, "pong")

    def _call(self, account: Account, path: str, values: dict[str, str], good: str) -> Outcome:
        body = FormBody(values)
        try:
            status, answer = self.session.post(f"{self.base_url}/{account.number}/{path}", body)
        except Exception as error:  # noqa: BLE001  urllib3's and ssl's own errors get through
            # `requests` at times, and none of them must become a 5xx that invites a resend.
            return _judge_failure(error, body)
        readable = answer if isinstance(answer, bytes) else _what_broke(answer)
        return judge_answer(status, readable, good)


def _judge_failure(error: Exception, body: FormBody) -> Outcome:
    """The outcome of a call without as much as the first line of an answer."""
    if not body.left_us:
        return not_taken(Reason.NO_CONNECTION)
    return unclear(_what_broke(error))


def _what_broke(error: Exception) -> Reason:
    if timed_out(error):
        return Reason.NO_ANSWER_IN_TIME
    if isinstance(error, AnswerTooLongError):
        return Reason.UNREADABLE_ANSWER
    return Reason.CONNECTION_CUT
