"""What a page in a browser sends in place of an API key: an access token, and where the page is."""

import re
from typing import Final

from sms_gateway.domain.access_token import AccessToken
from sms_gateway.entrypoints.api_event import ApiEvent
from sms_gateway.entrypoints.logs import logger
from sms_gateway.use_cases.access_tokens import CheckToken

_BEARER: Final = re.compile(r"bearer +([^ ]+)", re.IGNORECASE)
"""RFC 9110 §11.4. The case of the scheme makes no difference; the token's is its own."""
_NO_ORIGIN: Final = "null"
"""What a browser sends for a page that has no origin, and what two origins are taken for."""


def page_access(event: ApiEvent, check: CheckToken) -> AccessToken:
    """The token with which a page calls. Raises what `CheckToken` and its `check_origin` raise.

    The `Origin` has to be right. Only with a GET it can be missing: browsers send none to the
    page's own origin. From here on the request's log lines name the client, and the token by its
    id.
    """
    token = check(_bearer(event))
    logger.append_keys(client=token.client, token_id=token.token_id)
    origin = _origin(event)
    if origin is not None or event.method != "GET":
        check.check_origin(token, origin)
    return token


def _bearer(event: ApiEvent) -> str | None:
    """The token in the header `Authorization`, if there is one such header and it is a bearer's."""
    if _is_given_twice(event, "Authorization"):
        return None
    found = _BEARER.fullmatch(event.header("Authorization") or "")
    return found[1] if found else None


def _origin(event: ApiEvent) -> str | None:
    return _NO_ORIGIN if _is_given_twice(event, "Origin") else event.header("Origin")


def _is_given_twice(event: ApiEvent, name: str) -> bool:
    """API Gateway shows the last one in the place of all, and all of them beside it."""
    return len(event.headers_of(name)) > 1
