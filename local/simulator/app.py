"""Puts the simulator together."""

import time
from collections.abc import Callable

from aiohttp import web

from local.simulator.control import Control
from local.simulator.form import BODY_LIMIT
from local.simulator.ip_guard import IpGuard
from local.simulator.journal import Journal
from local.simulator.provider import Provider
from local.simulator.reports import ReportSender
from local.simulator.settings import Settings, SettingsStore


def create_app(
    settings: Settings, *, clock: Callable[[], float] = time.monotonic
) -> web.Application:
    """A simulator that starts with `settings`; `clock` is the time of the IP blocking only."""
    store = SettingsStore(settings)
    guard = IpGuard(store, clock)
    journal = Journal()
    reports = ReportSender()
    app = web.Application(client_max_size=BODY_LIMIT)
    Control(store, guard, journal, reports).add_routes(app)
    Provider(store, guard, journal, reports).add_routes(app)
    app.cleanup_ctx.append(reports.run)
    return app
