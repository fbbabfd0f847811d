"""Where the gateway is, and what a caller shows there."""

from typing import Final
from urllib.parse import urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def checked_address(url: str) -> str:
    """The address as it is always spelled: host in small letters, and no slash at its end.

    Raises `ValueError` if no key is to be sent there, or if it holds what is not to be shown.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("the gateway's address has to begin with https://")
    if parts.scheme == "http" and parts.hostname not in _THIS_MACHINE:
        raise ValueError("the key would travel in the open: the address has to begin with https://")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("the gateway's address is a host and a path, and nothing else")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}".rstrip("/")


def checked_key(key: str) -> str:
    """The key without spaces around it. Raises `ValueError` if no HTTP header can hold it."""
    return _checked(key, "API key")


def checked_token(token: str) -> str:
    """The same for an access token."""
    return _checked(token, "access token")


def _checked(secret: str, name: str) -> str:
    secret = secret.strip()
    if not secret:
        raise ValueError(f"the {name} is empty")
    if not secret.isascii() or not secret.isprintable():
        raise ValueError(f"the {name} has characters that no {name.rpartition(' ')[2]} has")
    return secret


class Credentials(AuthBase):
    """A header with a key or a token. Without one `requests` would look for another in .netrc."""

    def __init__(self, header: str, value: str) -> None:
        self._header, self._value = header, value

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """The request with the header."""
        request.headers[self._header] = self._value
        return request


def by_key(key: str) -> Credentials:
    """Those of a client. Raises as `checked_key`."""
    return Credentials("x-api-key", checked_key(key))


def by_token(token: str) -> Credentials:
    """Those of a page. Raises as `checked_token`."""
    return Credentials("Authorization", f"Bearer {checked_token(token)}")
