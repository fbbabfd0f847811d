"""The routes under `/_simulator`, which Voipit does not have."""

import json
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from local.simulator.behaviours import BEHAVIOURS
from local.simulator.ip_guard import IpGuard
from local.simulator.journal import Journal
from local.simulator.reports import ReportSender
from local.simulator.settings import InvalidSettingError, SettingsStore

_FILTERS: Final = frozenset({"messageId", "phoneNumber", "accepted"})
_BOOLEANS: Final[Mapping[str, bool]] = {"true": True, "false": False}


class Control:
    """Lets tests and people see and steer the simulator, also while every IP is blocked."""

    def __init__(
        self, settings: SettingsStore, guard: IpGuard, journal: Journal, reports: ReportSender
    ) -> None:
        self._settings = settings
        self._guard = guard
        self._journal = journal
        self._reports = reports

    def add_routes(self, app: web.Application) -> None:
        """Add the control routes to `app`; they must come before Voipit's own.

        The last one keeps a mistaken control request from counting as one to Voipit.
        """
        app.router.add_get("/_simulator/health", self._health)
        app.router.add_get("/_simulator/behaviours", self._behaviours)
        app.router.add_get("/_simulator/journal", self._read_journal)
        app.router.add_post("/_simulator/reset", self._reset)
        app.router.add_get("/_simulator/settings", self._show_settings)
        app.router.add_patch("/_simulator/settings", self._change_settings)
        app.router.add_route("*", "/_simulator/{path:.*}", self._no_such_route)

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _behaviours(self, _request: web.Request) -> web.Response:
        return web.json_response({"behaviours": [row.as_json() for row in BEHAVIOURS]})

    async def _read_journal(self, request: web.Request) -> web.Response:
        for name in request.query:
            if name not in _FILTERS:
                return _bad_request(name, "no such filter")
        accepted = request.query.get("accepted") or None
        if accepted is not None and accepted not in _BOOLEANS:
            return _bad_request("accepted", "must be true or false")
        entries = self._journal.find(
            message_id=request.query.get("messageId") or None,
            phone_number=request.query.get("phoneNumber") or None,
            accepted=None if accepted is None else _BOOLEANS[accepted],
        )
        return web.json_response({"requests": [entry.as_json() for entry in entries]})

    async def _reset(self, _request: web.Request) -> web.Response:
        # The reports first: one that is still to come belongs to a request about to be forgotten.
        await self._reports.cancel_pending()
        self._journal.clear()
        self._guard.clear()
        self._settings.reset()
        return web.Response(status=204)

    async def _show_settings(self, _request: web.Request) -> web.Response:
        return web.json_response(self._settings.shown())

    async def _change_settings(self, request: web.Request) -> web.Response:
        try:
            changes = json.loads(await request.read())
        except ValueError:  # neither JSON nor, perhaps, text
            changes = None
        if not isinstance(changes, dict):
            return _bad_request("body", "must be a JSON object")
        try:
            self._settings.change(changes)
        except InvalidSettingError as error:
            return _bad_request(error.setting, str(error))
        return web.json_response(self._settings.shown())

    async def _no_such_route(self, request: web.Request) -> web.Response:
        return web.json_response(
            {"error": f"{request.method} {request.path} is not a control route"}, status=404
        )


def _bad_request(field: str, problem: str) -> web.Response:
    return web.json_response({"error": problem, "field": field}, status=400)
