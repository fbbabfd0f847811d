"""The CRM's server: its page, its contacts, and a route that mints an access token."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import web

from local.simulator.server import running_app
from sms_gateway_client import Gateway
from sms_gateway_client.errors import GatewayError

_FILES: Final = Path(__file__).parent
_KINDS: Final = {"crm.js": "text/javascript", "crm.css": "text/css"}
_MESSAGES_FROM_THE_FREE_FORM: Final = 5


@dataclass(frozen=True, slots=True)
class Contact:
    """A person in the CRM. `simulated` is what the simulator of Voipit does with the number."""

    name: str
    phone_number: str
    simulated: str

    def as_json(self) -> dict[str, str]:
        """As the page gets it."""
        return {
            "name": self.name,
            "phoneNumber": self.phone_number,
            "simulated": self.simulated,
        }


CONTACTS: Final[Mapping[str, Contact]] = {
    "ana": Contact("Ana Popescu", "+40721234567", "sent"),
    "ion": Contact("Ion Țurcanu", "+40799000001", "failed"),
    "ilinca": Contact("Ilinca Șerban", "+40799000008", "unconfirmed"),
    "matei": Contact("Matei Dumitrescu", "+40799000005", "late-report"),
}
"""By the ids that the page names them by. Only this server knows which number an id stands for."""


@contextmanager
def running_crm(gateway: Gateway) -> Iterator[str]:
    """Run the CRM in a thread of this process; the context is its address.

    `gateway` has the client's key. It is asked from threads of its own.
    """
    with running_app(lambda: _app(gateway)) as url:
        yield f"{url}/"


def _app(gateway: Gateway) -> web.Application:
    app = web.Application()
    app.router.add_get("/", _page(gateway.url))
    for name, kind in _KINDS.items():
        app.router.add_get(f"/{name}", _file(name, kind))
    app.router.add_get("/contacts", _contacts)
    app.router.add_post("/sms-token", _token(gateway))
    return app


Handler = Callable[[web.Request], Any]


def _page(api_url: str) -> Handler:
    parts = urlsplit(api_url)
    headers = _policy(f"{parts.scheme}://{parts.netloc}")
    text = (_FILES / "crm.html").read_text(encoding="utf-8").replace("{api}", api_url)

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html", headers=headers)

    return answer


def _policy(gateway: str) -> dict[str, str]:
    """What the page is allowed: its own files, the component's file, and calls of the gateway."""
    directives = (
        "default-src 'none'",
        f"script-src 'self' {gateway}",
        "style-src 'self'",
        f"connect-src 'self' {gateway}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(directives),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }


def _file(name: str, kind: str) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        text = (_FILES / name).read_text(encoding="utf-8")
        return web.Response(text=text, content_type=kind, headers={"Cache-Control": "no-cache"})

    return answer


async def _contacts(_: web.Request) -> web.Response:
    return web.json_response({key: contact.as_json() for key, contact in CONTACTS.items()})


def _token(gateway: Gateway) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        """A token for one message to a contact, or for a few to any allowed number.

        A CRM would look here who is logged in, and whether this person is to text this contact.
        """
        if request.content_type != "application/json":  # what a foreign page cannot send unasked
            return web.json_response({"detail": "Send JSON."}, status=415)
        try:
            contact_id = (await request.json())["contact"]
            contact = None if contact_id is None else CONTACTS[contact_id]
        except (json.JSONDecodeError, TypeError, KeyError):
            return web.json_response({"detail": "There is no such contact."}, status=404)
        origin = f"{request.scheme}://{request.host}"
        try:
            token = await asyncio.to_thread(
                gateway.mint_token,
                origin=origin,
                phone_number=contact.phone_number if contact else None,
                max_messages=1 if contact else _MESSAGES_FROM_THE_FREE_FORM,
                metadata={"from": "crm"},
            )
        except GatewayError as error:
            return web.json_response({"detail": str(error)}, status=error.status or 502)
        return web.json_response(token)

    return answer
