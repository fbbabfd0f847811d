"""Sending the delivery reports (`voipit-api.md §1`, status notification)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    FormData,
    TCPConnector,
    web,
)
from yarl import URL

from local.simulator.behaviours import Report, ReportEncoding
from local.simulator.journal import Entry, SentReport, utc_now

REPORT_TIME_OUT: Final = 30.0
"""Seconds, made long: a local AWS on a busy machine can need that long to start a Lambda."""
REPORTS_AT_ONCE: Final = 8
"""A provider has so many lines for its reports. A local AWS starts a process for each that comes
while all others are at work, so without an end to them a thousand reports are an avalanche."""


class ReportSender:
    """Delivers reports to the `sendResultTo` of a request and notes the outcome in its entry.

    Each report is tried once: no retry is documented (`voipit-api.md §3`), so none is made. At most
    `REPORTS_AT_ONCE` are under way; the others wait for their turn, before their time-out begins.
    A request without `sendResultTo` gets no report.
    """

    def __init__(self, *, time_out: float = REPORT_TIME_OUT) -> None:
        self._time_out = time_out
        self._session: ClientSession | None = None
        self._pending: set[asyncio.Task[None]] = set()
        self._lines = asyncio.Semaphore(REPORTS_AT_ONCE)

    async def run(self, _app: web.Application) -> AsyncIterator[None]:
        """Keep the client open as long as the application runs (a `cleanup_ctx`)."""
        # A connection per report: a kept one might have been dropped meanwhile, and with no second
        # try the report would be lost through no fault of its receiver.
        self._session = ClientSession(
            connector=TCPConnector(limit=0, force_close=True),
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=self._time_out),
        )
        yield
        await self.cancel_pending()
        await self._session.close()

    def schedule(self, entry: Entry, reports: Sequence[Report], delay: float) -> asyncio.Task[None]:
        """Deliver `reports` in the background, see `deliver`; the task is done when they are."""
        task = asyncio.create_task(self.deliver(entry, reports, delay))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)
        return task

    async def deliver(self, entry: Entry, reports: Sequence[Report], delay: float) -> None:
        """Deliver `reports` in order, `delay` seconds before each; failures are only noted."""
        if not entry.send_result_to:
            return
        for report in reports:
            await asyncio.sleep(delay)
            async with self._lines:
                outcome = await self._try_once(entry, entry.send_result_to, report)
            entry.reports.append(outcome)

    async def cancel_pending(self) -> None:
        """Cancel every report that is still to come."""
        pending = list(self._pending)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    async def _try_once(self, entry: Entry, send_result_to: str, report: Report) -> SentReport:
        at = utc_now()
        method = "GET" if report.encoding is ReportEncoding.QUERY else "POST"
        return SentReport(
            at=at,
            method=method,
            content_type=None if method == "GET" else report.encoding.value,
            status=report.status,
            answer=await self._answer(
                method, send_result_to, _encoded(report.encoding, _values(entry, report))
            ),
        )

    async def _answer(self, method: str, send_result_to: str, body: dict[str, Any]) -> int | str:
        if self._session is None:
            raise RuntimeError("the report sender is not running")
        try:
            # encoded: the URL is used to the letter, its owner might have signed it.
            url = URL(send_result_to, encoded=True)
            async with self._session.request(method, url, allow_redirects=False, **body) as answer:
                return answer.status
        except (ClientError, OSError, ValueError) as failure:  # TimeoutError is an OSError
            return type(failure).__name__


def _values(entry: Entry, report: Report) -> dict[str, str]:
    values = {"apiName": report.api_name, "type": "deliveryReport", "status": report.status}
    if entry.message_id:
        values["id"] = entry.message_id
    if report.status == "error":
        # With the number inside, because nothing promises that a provider's sentence has none.
        values["errorMessage"] = f"The carrier could not deliver to {entry.phone_number}"
    return values


def _encoded(encoding: ReportEncoding, values: dict[str, str]) -> dict[str, Any]:
    match encoding:
        case ReportEncoding.FORM:
            return {"data": values}
        case ReportEncoding.MULTIPART:
            form = FormData(default_to_multipart=True)
            for name, value in values.items():
                form.add_field(name, value)
            return {"data": form}
        case ReportEncoding.JSON:
            return {"json": values}
        case ReportEncoding.QUERY:
            return {"params": values}
