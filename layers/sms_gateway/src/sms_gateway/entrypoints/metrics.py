"""Every metric there is. docs/metrics.md is made of it; `call_line` writes them for CloudWatch."""

from enum import StrEnum, unique
from typing import Final, Self

from aws_lambda_powertools import Metrics

NAMESPACE: Final = "VoipitSmsGateway"

metrics: Final = Metrics(namespace=NAMESPACE)
"""Its one dimension, `service`, is the stack's name (`POWERTOOLS_SERVICE_NAME`)."""


@unique
class Metric(StrEnum):
    """A metric by its name. Of a count, `meaning` says what one more of it means."""

    meaning: str
    unit: str

    def __new__(cls, name: str, meaning: str, unit: str = "Count") -> Self:
        """A name that carries its meaning and its unit along."""
        metric = str.__new__(cls, name)
        metric._value_ = name
        metric.meaning = meaning
        metric.unit = unit
        return metric

    # send
    MESSAGE_TAKEN = "MessageTaken", "A new message was stored and answered with 202."
    MESSAGE_REPLAYED = (
        "MessageReplayed",
        "A request repeated a message that was stored before; nothing was sent again.",
    )
    MESSAGE_CANCELLED = "MessageCancelled", "A client cancelled a message before any try."
    MESSAGE_REFUSED_BY_LIMIT = (
        "MessageRefusedByLimit",
        (
            "A message was refused because its number or its client has reached a limit. Many of"
            " them: an application sends in a loop, or a key was stolen."
        ),
    )
    MESSAGE_REFUSED_BY_SUPPRESSION = (
        "MessageRefusedBySuppression",
        "A message was refused because its number is on the do-not-contact list.",
    )
    SUPPRESSION_ADDED = "SuppressionAdded", "A client put a number on the do-not-contact list."
    SUPPRESSION_REMOVED = (
        "SuppressionRemoved",
        "A client took a number off the do-not-contact list.",
    )
    # send and status, for pages
    TOKEN_MINTED = "TokenMinted", "A client was given an access token for a page."
    TOKEN_INVALID = (
        "TokenInvalid",
        (
            "A page's route was called without an access token that the gateway knows. It was"
            " answered 401. Many of them: strangers try, or the key was rotated with NOW=1."
        ),
    )
    TOKEN_EXPIRED = "TokenExpired", "A page's access token was over. It was answered 401."
    TOKEN_NOT_ALLOWED = (
        "TokenNotAllowed",
        (
            "A page asked for what its access token does not cover: another number, another origin,"
            " or the messageId of a message that no page has sent. It was answered 403. Many of"
            " them: a token was stolen."
        ),
    )
    TOKEN_USED_UP = (
        "TokenUsedUp",
        "A page asked for more messages than its access token allows. It was answered 403.",
    )
    # send and dispatch
    PROVIDER_ACCEPTED = "ProviderAccepted", "Voipit took a message: it answered ok."
    PROVIDER_REFUSED = "ProviderRefused", "Voipit refused a message for good."
    PROVIDER_UNCLEAR = (
        "ProviderUnclear",
        "A call of Voipit brought no clear answer: the message became `unconfirmed`.",
    )
    PROVIDER_NOT_REACHED = "ProviderNotReached", "No connection to Voipit; nothing was sent."
    PROVIDER_BUSY = "ProviderBusy", "Voipit answered 429: the message is tried again later."
    PROVIDER_REJECTED_US = (
        "ProviderRejectedUs",
        "Voipit answered 401, 403 or 404: it refuses the account, the address or the path.",
    )
    PROVIDER_SECONDS = "ProviderSeconds", "How long a call of Voipit's sms/send took.", "Seconds"
    # dispatch and watch
    MESSAGE_DISPATCHED = "MessageDispatched", "`dispatch` looked at a message from its queue."
    MESSAGE_MOVED = (
        "MessageMoved",
        "`watch` changed the status of a message whose time had come.",
    )
    MESSAGE_ENQUEUED = "MessageEnqueued", "`watch` put a message that was due into the queue."
    MESSAGE_BROKEN = (
        "MessageBroken",
        (
            "`watch` could not look at a message, or `dispatch` could not claim it five times. A"
            " log line names the message. It stays due."
        ),
    )
    WATCH_RAN = "WatchRan", "A run of `watch` came to its end. There is one every minute."
    CIRCUIT_OPEN = "CircuitOpen", "Whether the circuit toward Voipit is open (1) or closed (0)."
    WAITING_FOR_CIRCUIT = (
        "WaitingForCircuit",
        "How many messages a run of `watch` put off because the circuit is open.",
    )
    OLDEST_DUE_SECONDS = (
        "OldestDueSeconds",
        "How late the message was that a run of `watch` found overdue for longest, queue included.",
        "Seconds",
    )
    QUEUE_MESSAGE_FAILED = (
        "QueueMessageFailed",
        "`dispatch` or `callback` gave a queue message back, to be tried again.",
    )
    # callback
    REPORT_RECORDED = "ReportRecorded", "A delivery report was recorded."
    REPORT_REPEATED = "ReportRepeated", "A delivery report came that was known already."
    REPORT_CONTRADICTING = (
        "ReportContradicting",
        "A delivery report contradicts an earlier one. It was kept, and changed nothing.",
    )
    REPORT_FOR_UNKNOWN_MESSAGE = (
        "ReportForUnknownMessage",
        "A delivery report is about a message that is not in the table, or no longer.",
    )
    REPORT_KEPT = (
        "ReportKept",
        "The table did not take a delivery report, so it was put into the fallback queue.",
    )
    REPORT_DROPPED_NO_STATUS = (
        "ReportDroppedNoStatus",
        "A request to a signed callback URL has no status. It was answered 400.",
    )
    REPORT_DROPPED_UNKNOWN_STATUS = (
        "ReportDroppedUnknownStatus",
        "A delivery report has a status that Voipit does not document. It changed nothing.",
    )
    REPORT_DROPPED_TWO_STATUSES = (
        "ReportDroppedTwoStatuses",
        "A delivery report says both sent and error. It was answered 400.",
    )
    REPORT_DROPPED_UNREADABLE = (
        "ReportDroppedUnreadable",
        "A request to a signed callback URL cannot be read. It was answered 400.",
    )
    REPORT_DROPPED_METHOD = (
        "ReportDroppedMethod",
        "A request to a signed callback URL is neither GET nor POST. It was answered 405.",
    )
    REPORT_API_NAME_DIFFERS = (
        "ReportApiNameDiffers",
        "The apiName of a recorded report is not the documented one.",
    )
    REPORT_TYPE_DIFFERS = (
        "ReportTypeDiffers",
        "The type of a recorded report is not the documented one.",
    )
    REPORT_ID_DIFFERS = (
        "ReportIdDiffers",
        "The id of a recorded report is not the messageId of its signed URL.",
    )
    CALLBACK_REFUSED = (
        "CallbackRefused",
        "A request to the callback's address has no signature of ours. It was answered 403.",
    )
    CALLBACK_UNAVAILABLE = (
        "CallbackUnavailable",
        (
            "A delivery report could be stored neither in the table nor in the fallback queue, or"
            " its key could not be read. It was answered 503."
        ),
    )
    # publish
    EVENT_PUBLISHED = "EventPublished", "A change of status was handed to SNS."
    STATUS_QUEUED = "StatusQueued", "A message became `queued`."
    STATUS_SUBMITTED = "StatusSubmitted", "A message became `submitted`."
    STATUS_UNCONFIRMED = "StatusUnconfirmed", "A message became `unconfirmed`."
    STATUS_NO_REPORT = "StatusNoReport", "A message became `no_report`."
    STATUS_SENT = "StatusSent", "A message became `sent`."
    STATUS_FAILED = "StatusFailed", "A message became `failed`."
    STATUS_CANCELLED = "StatusCancelled", "A message became `cancelled`."
    FAILED_REFUSED = "FailedRefused", "A message failed: Voipit refused it."
    FAILED_TRANSMISSION_ERROR = (
        "FailedTransmissionError",
        "A message failed: a delivery report says error.",
    )
    FAILED_UNREACHABLE = "FailedUnreachable", "A message failed: all its tries are used up."
    FAILED_TOO_LATE = "FailedTooLate", "A message failed: its validity ended before it was sent."
    FAILED_SUPPRESSED = (
        "FailedSuppressed",
        "A waiting message failed: its number came onto the do-not-contact list.",
    )
    REPORT_SECONDS = (
        "ReportSeconds",
        "How long after the start of a try its delivery report came.",
        "Seconds",
    )
    PUBLISH_FAILED = "PublishFailed", "SNS did not take an event; the stream brings it again."
    EVENT_REFUSED = (
        "EventRefused",
        "SNS refused an event for good, so no subscriber hears of it; its log line names it.",
    )
    UNREADABLE_CHANGE = (
        "UnreadableChange",
        "The stream brought a row that this release cannot read. No event was published for it.",
    )
    # all
    STORE_UNAVAILABLE = (
        "StoreUnavailable",
        "A table, a queue or Secrets Manager did not answer.",
    )
    UNEXPECTED_ERROR = (
        "UnexpectedError",
        "A request met an error that the code does not expect; its log line has the trace.",
    )


def count(metric: Metric, number: int = 1) -> None:
    """So many more of this metric."""
    if number:
        measure(metric, number)


def measure(metric: Metric, value: float) -> None:
    """One value of this metric, to a thousandth; a zero is written down too."""
    metrics.add_metric(name=metric, unit=metric.unit, value=round(value, 3))
