"""From a function URL's event to a recorded report, and the answer to it.

The order is the point: the signed URL is checked before anything is read or written, and the
acknowledgement is given only after the write. What comes to a signed URL and is not recorded is
counted by its reason.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Protocol

from sms_gateway.adapters.voipit.callback_answers import (
    ACKNOWLEDGED,
    STATUS_IS_MISSING,
    TWO_STATUSES,
    error_answer,
)
from sms_gateway.adapters.voipit.notification import read_values
from sms_gateway.adapters.voipit.report_words import (
    Described,
    NoReport,
    Values,
    read_report,
    unlike_documented,
)
from sms_gateway.domain.callback_url import CallbackKey, CallbackReference, read_callback_path
from sms_gateway.domain.clock import Clock
from sms_gateway.domain.errors import (
    KeyNotLookedUpError,
    MalformedRequestError,
    SecretUnavailableError,
    StoreUnavailableError,
)
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.report import DeliveryReport
from sms_gateway.entrypoints.api_event import header_in
from sms_gateway.entrypoints.bodies import body_bytes
from sms_gateway.entrypoints.call_line import tell
from sms_gateway.entrypoints.logs import logger
from sms_gateway.entrypoints.metrics import Metric, count
from sms_gateway.use_cases.ports import ReportFallback
from sms_gateway.use_cases.record_report import RecordReport

_METHODS: Final = ("GET", "POST")
RETRY_AFTER_SECONDS: Final = 15
_DROPPED: Final = {
    NoReport.NO_STATUS: Metric.REPORT_DROPPED_NO_STATUS,
    NoReport.UNKNOWN_STATUS: Metric.REPORT_DROPPED_UNKNOWN_STATUS,
    NoReport.TWO_STATUSES: Metric.REPORT_DROPPED_TWO_STATUSES,
}
_REFUSED: Final = {
    NoReport.NO_STATUS: STATUS_IS_MISSING,
    NoReport.TWO_STATUSES: TWO_STATUSES,
}
_DIFFERS: Final = {
    Described.API_NAME: Metric.REPORT_API_NAME_DIFFERS,
    Described.TYPE: Metric.REPORT_TYPE_DIFFERS,
    Described.ID: Metric.REPORT_ID_DIFFERS,
}
_COUNTED: Final = {
    "recorded": Metric.REPORT_RECORDED,
    "repeated": Metric.REPORT_REPEATED,
    "contradicting": Metric.REPORT_CONTRADICTING,
    "unknown-message": Metric.REPORT_FOR_UNKNOWN_MESSAGE,
}


class Keys(Protocol):
    """Finds the key that a callback URL names."""

    def find(self, key_id: str) -> CallbackKey | None:
        """Raises `SecretUnavailableError` if that cannot be told now."""


@dataclass(frozen=True, slots=True)
class Callback:
    """The public callback endpoint."""

    record_report: RecordReport
    keys: Keys
    fallback: ReportFallback
    now: Clock

    def __call__(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one request. Never raises for anything a stranger sends."""
        try:
            reference = self._ours(event["rawPath"])
            if reference is None:
                count(Metric.CALLBACK_REFUSED)
                logger.warning("callback refused: the gateway did not make this URL")
                return _answer(HTTPStatus.FORBIDDEN, "Forbidden")
            if event["requestContext"]["http"]["method"] not in _METHODS:
                count(Metric.REPORT_DROPPED_METHOD)
                logger.warning("report dropped", why="a method that is not allowed")
                return _method_not_allowed()
            return self._record(reference, event)
        except MalformedRequestError as error:
            count(Metric.REPORT_DROPPED_UNREADABLE)
            logger.warning("report dropped", why="it cannot be read")
            return _answer(HTTPStatus.BAD_REQUEST, str(error), field=error.field)
        except (StoreUnavailableError, SecretUnavailableError) as error:
            return _put_off(error)
        except Exception as error:  # noqa: BLE001  the runtime would log its words unscrubbed
            count(Metric.UNEXPECTED_ERROR)
            logger.exception("unexpected error", exc_info=error)
            return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "The gateway failed")

    def _ours(self, path: str) -> CallbackReference | None:
        reference = read_callback_path(path)
        if reference is None:
            return None
        try:
            key = self.keys.find(reference.key_id)
        except KeyNotLookedUpError:
            # The last look-up was seconds ago and did not find this key: a stranger has made it up.
            # docs/decisions/2026-11-27-made-up-key-ids.md
            return None
        return reference if key is not None and reference.is_signed_by(key) else None

    def _record(self, reference: CallbackReference, event: Mapping[str, Any]) -> dict[str, Any]:
        _log_what_it_is_about(reference.key, reference.attempt)
        values = read_values(
            body_bytes(event.get("body"), is_base64=bool(event.get("isBase64Encoded"))),
            header_in(event.get("headers"), "content-type"),
            event.get("rawQueryString") or "",
        )
        report = read_report(values, attempt=reference.attempt, received_at=self.now())
        if isinstance(report, NoReport):
            return _dropped(report)
        _count_differences(values, reference.key.message_id)
        self._store(reference.key, report)
        return _response(HTTPStatus.OK, ACKNOWLEDGED)

    def _store(self, key: MessageKey, report: DeliveryReport) -> None:
        """In the table, or else in the fallback queue; `StoreUnavailableError` if in neither."""
        try:
            self.record_kept(key, report)
        except StoreUnavailableError as error:
            self.fallback.keep(key, report)
            count(Metric.REPORT_KEPT)
            logger.warning("report kept in the fallback queue", exc_info=error)

    def record_kept(self, key: MessageKey, report: DeliveryReport) -> None:
        """Record a report whose URL has been checked. Raises `StoreUnavailableError`."""
        _log_what_it_is_about(key, report.attempt)
        recorded = self.record_report(key, report)
        count(_COUNTED[recorded])
        tell("report taken", result=recorded, report_status=report.status)


def _log_what_it_is_about(key: MessageKey, attempt: int) -> None:
    logger.append_keys(client=key.client, message_id=key.message_id, attempt=attempt)


def _dropped(why: NoReport) -> dict[str, Any]:
    """The answer to a notification that changes nothing. 200 only if sent again it would not."""
    count(_DROPPED[why])
    logger.warning("report dropped", why=why)
    if why in _REFUSED:
        return _answer(HTTPStatus.BAD_REQUEST, _REFUSED[why], field="status")
    return _response(HTTPStatus.OK, ACKNOWLEDGED)


def _count_differences(values: Values, message_id: str) -> None:
    """The signed URL decides; the words around a status can be altered on the way.

    Seen elsewhere: jookies/jasmin#643, #1123.
    """
    for name in unlike_documented(values, message_id):
        count(_DIFFERS[name])
        logger.warning("report differs from the documented form", field=name)


def _method_not_allowed() -> dict[str, Any]:
    allowed = ", ".join(_METHODS)
    answer = _answer(HTTPStatus.METHOD_NOT_ALLOWED, f"Send a report by one of {allowed}")
    return answer | {"headers": answer["headers"] | {"Allow": allowed}}


def _answer(status: HTTPStatus, sentence: str, **members: str) -> dict[str, Any]:
    return _response(status, error_answer(status, sentence, **members))


def _put_off(error: StoreUnavailableError | SecretUnavailableError) -> dict[str, Any]:
    count(Metric.CALLBACK_UNAVAILABLE)
    logger.error("callback cannot be recorded", exc_info=error)
    answer = _answer(HTTPStatus.SERVICE_UNAVAILABLE, "Try again later")
    answer["headers"]["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _response(status: HTTPStatus, body: dict[str, str]) -> dict[str, Any]:
    return {
        "statusCode": int(status),
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body),
    }
