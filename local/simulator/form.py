"""The values of a request, as far as Voipit sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from local.simulator.answers import BAD_REQUEST

BODY_LIMIT: Final = 64 * 1024

_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Form:
    """Only form-encoded POST values count: no query string, no JSON (`voipit-api.md §2`).

    Attributes:
        names: the sorted names as received, repetitions included.
        values: the values by name; of a repeated name the last one, as PHP has it.
        too_large: the body passed the limit and was not read.
    """

    names: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    too_large: bool = False

    def value(self, name: str) -> str:
        """The value called `name`; a missing one is empty, as an empty one is to Voipit."""
        return self.values.get(name, "")


async def read_form(request: web.Request) -> Form:
    """Read `request` to its end, whatever it holds, and return the values that count.

    Raises:
        web.HTTPBadRequest: the end never came, or the body is not what its headers say.
    """
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        return Form(too_large=True)
    except (ConnectionError, web.RequestPayloadError) as error:
        raise web.HTTPBadRequest(
            text=BAD_REQUEST.body.decode(), content_type=BAD_REQUEST.content_type
        ) from error
    if request.content_type != _FORM:
        return Form()
    pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    return Form(names=tuple(sorted(name for name, _ in pairs)), values=dict(pairs))
