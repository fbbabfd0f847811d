"""What Voipit answers: the documented bodies, and the ones it should not give but might."""

import json
from dataclasses import dataclass
from typing import Final

from aiohttp import web

_JSON: Final = "application/json"


@dataclass(frozen=True)
class Answer:
    """One complete answer; bodies are exact to the byte (`voipit-api.md §1, §2`)."""

    status: int
    body: bytes
    content_type: str = _JSON

    def response(self) -> web.Response:
        """A fresh response with this answer."""
        return web.Response(status=self.status, body=self.body, content_type=self.content_type)


def _package(**values: str) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode()


def _error(status: int, message: str, code: str) -> Answer:
    return Answer(status, _package(type="Error", message=message, code=code))


OK: Final = Answer(200, _package(type="ok"))
PONG: Final = Answer(200, _package(type="pong"))

BAD_REQUEST: Final = _error(400, "Bad request", "400")
UNAUTHORIZED: Final = _error(401, "Unauthorized", "401")
IP_REJECTED: Final = _error(403, "IP address rejected", "403.6")
NOT_FOUND: Final = _error(404, "Not found", "404")
TOO_LARGE: Final = _error(413, "Payload Too Large", "413")
SERVER_ERROR: Final = _error(500, "Internal server error", "500")

# Those below are documented nowhere; a gateway must survive them all the same.
TOO_MANY_REQUESTS: Final = _error(429, "Too Many Requests", "429")
OK_WITH_ERROR_INSIDE: Final = _error(200, "Bad request", "400")
_PAGE: Final = (
    b"<!DOCTYPE html><html><head><title>Voipit</title></head><body>Maintenance</body></html>"
)
GARBAGE: Final = Answer(200, _PAGE, "text/html")
FORBIDDEN_PAGE: Final = Answer(403, _PAGE, "text/html")
LONG_PAGE: Final = Answer(404, _PAGE.ljust(80 * 1024), "text/html")
"""Longer than a client has to read of an answer."""
