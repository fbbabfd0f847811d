"""Voipit's own routes: sms/send, ping, and 404 for everything else (`voipit-api.md §1, §2`)."""

import asyncio

from aiohttp import web

from local.simulator import answers
from local.simulator.answers import Answer
from local.simulator.behaviours import CUT, Behaviour, ReportTime, behaviour_for
from local.simulator.form import Form, read_form
from local.simulator.ip_guard import IpGuard
from local.simulator.journal import Entry, Journal
from local.simulator.raw import RawAnswer
from local.simulator.reports import ReportSender
from local.simulator.settings import Settings, SettingsStore
from local.simulator.text import carried_text


class Provider:
    """Answers as Voipit does, or as the destination number asks it to."""

    def __init__(
        self, settings: SettingsStore, guard: IpGuard, journal: Journal, reports: ReportSender
    ) -> None:
        self._settings = settings
        self._guard = guard
        self._journal = journal
        self._reports = reports

    def add_routes(self, app: web.Application) -> None:
        """Add Voipit's routes to `app`, the one that catches every other path last."""
        app.router.add_route("*", "/{accountNumber}/sms/send", self._sms_send)
        app.router.add_route("*", "/{accountNumber}/ping/", self._ping)
        app.router.add_route("*", "/{path:.*}", self._no_such_path)

    async def _sms_send(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        entry = self._note(request, form)
        refusal = self._refusal(request, form)
        if refusal is None and not (form.value("phoneNumber") and form.value("message")):
            refusal = answers.BAD_REQUEST
        if refusal is not None:
            return _answered(entry, refusal)
        return await self._behave(
            request, entry, form, behaviour_for(form.value("phoneNumber")), self._settings.current
        )

    async def _ping(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        entry = self._note(request, form)
        return _answered(entry, self._refusal(request, form) or answers.PONG)

    async def _no_such_path(self, request: web.Request) -> web.Response:
        if self._is_blocked(request):
            return answers.IP_REJECTED.response()
        self._guard.count_invalid(_source(request))
        return answers.NOT_FOUND.response()

    def _note(self, request: web.Request, form: Form) -> Entry:
        # Blocked requests are noted with their values too: the journal is the observer's, who
        # wants to know what was sent to a provider that looked at none of it.
        return self._journal.add(
            lambda index: Entry(
                index=index,
                path=request.path,
                method=request.method,
                content_type=request.content_type if "Content-Type" in request.headers else None,
                remote=_source(request),
                fields=form.names,
                account_number=request.match_info["accountNumber"],
                phone_number=form.value("phoneNumber") or None,
                message_id=form.value("messageId") or None,
                send_result_to=form.value("sendResultTo") or None,
                message=form.value("message") or None,
            )
        )

    def _is_blocked(self, request: web.Request) -> bool:
        return self._settings.current.blocked or self._guard.is_blocked(_source(request))

    def _refusal(self, request: web.Request, form: Form) -> Answer | None:
        """Why a request to sms/send or ping is refused before its values are looked at."""
        settings = self._settings.current
        if self._is_blocked(request):
            return answers.IP_REJECTED
        if not settings.available:
            return answers.SERVER_ERROR
        if request.method != "POST":
            self._guard.count_invalid(_source(request))
            return answers.NOT_FOUND
        if form.too_large:
            return answers.TOO_LARGE
        if (
            request.match_info["accountNumber"] != settings.account_number
            or form.value("password") != settings.password
        ):
            self._guard.count_invalid(_source(request))
            return answers.UNAUTHORIZED
        return None

    async def _behave(
        self,
        request: web.Request,
        entry: Entry,
        form: Form,
        behaviour: Behaviour,
        settings: Settings,
    ) -> web.Response:
        # A 401, 403.6 or 404 that the number asked for is not counted by the guard: the request
        # was valid, and a test of one such answer must not block the tests that come after it.
        entry.behaviour = behaviour.name
        if behaviour.accepted:
            entry.message_carried = carried_text(form.value("message"))
        delay = (
            settings.late_report_delay
            if behaviour.report_time is ReportTime.LATE
            else settings.carrier_delay
        )
        if behaviour.slow:
            delay += settings.slow_answer
        reported = self._reports.schedule(entry, behaviour.reports, delay)
        if behaviour.report_time is ReportTime.BEFORE_ANSWER:
            await asyncio.wait([reported])  # done or, at a reset, cancelled
        if behaviour.slow:
            await asyncio.sleep(settings.slow_answer)
        if isinstance(behaviour.answer, str):
            return _cut(request, entry)
        if isinstance(behaviour.answer, RawAnswer):
            entry.answer = behaviour.answer.status
            return behaviour.answer.write(request)
        return _answered(entry, behaviour.answer)


def _source(request: web.Request) -> str:
    return request.remote or ""


def _answered(entry: Entry, answer: Answer) -> web.Response:
    entry.answer = answer.status
    return answer.response()


def _cut(request: web.Request, entry: Entry) -> web.Response:
    """Cut the connection; the response returned has nowhere left to go."""
    entry.answer = CUT
    if request.transport is not None:  # None if the client was the first to leave
        request.transport.abort()
    return web.Response()
