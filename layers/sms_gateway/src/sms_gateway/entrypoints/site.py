"""The files of the console and of the component `<click-to-sms>`, as answers of a REST API.

All files are read once and answered from a dict, so no name in a request reaches a file system.
API Gateway tells which of the three resources was asked for and what stood in the place of
`{proxy+}`; neither depends on the stage or on the base path of a custom domain. The page's own
links are relative, so they hold under both as well.

It needs the standard library only: this function starts for a person who waits for a page.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

CONSOLE: Final = "/console"
CONSOLE_FILES: Final = "/console/{proxy+}"
WEB_FILES: Final = "/web/{proxy+}"
"""The resources of the API that lead here, as template.yaml has them."""

MOVING_KEPT_SECONDS: Final = 300
"""How long a page goes on with the component that `/web/<major>/` had, after an upgrade."""

_PAGE: Final = "console/index.html"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_FIRST: Final = "no-cache"
_HASHED: Final = re.compile(r"\.[0-9A-Za-z_-]{8,}\.[a-z]+$")
"""The end of a name that changes with its content, as the bundler makes it."""
_OF_A_VERSION: Final = re.compile(r"web/(\d+)\.(\d+)\.(\d+)/(.+)")
_CONTENT_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
"""Text only: API Gateway would hand bytes over as base64."""

_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
_EVERYWHERE: Final = {
    # API Gateway compresses (MinimumCompressionSize) and says nothing of it to caches.
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
}
_OF_THE_CONSOLE: Final = _EVERYWHERE | {
    "Content-Security-Policy": "; ".join(map(" ".join, _POLICY.items())),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Robots-Tag": "noindex",
}
_FOR_ANY_ORIGIN: Final = _EVERYWHERE | {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_NOT_FOUND: Final = """\
404 Not Found
The gateway has no file of this name. Check the address: the console is under /console/, the
component under /web/<version>/click-to-sms.js.
"""


class SiteError(Exception):
    """A file of the site cannot be served; the message names it."""


@dataclass(frozen=True, slots=True)
class File:
    """A file's text, and the headers that it is answered with."""

    text: str
    headers: Mapping[str, str]

    @property
    def etag(self) -> str:
        """It is weak: the same text has other bytes when API Gateway has compressed it."""
        return self.headers["ETag"]


@dataclass(frozen=True, slots=True)
class Site:
    """The files by the paths that they have below the stage: `web/1.0.0/click-to-sms.js`."""

    files: Mapping[str, File]

    @classmethod
    def read(cls, folder: Path) -> "Site":
        """Every file in the folder, and the newest version of each major under `web/<major>/`.

        Raises:
            SiteError: a file is no UTF-8 text, or of a kind whose content type is not known.
        """
        texts = {
            path.relative_to(folder).as_posix(): _text_of(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        kept = {name: (text, _kept(name)) for name, text in texts.items()}
        moving = f"public, max-age={MOVING_KEPT_SECONDS}"
        kept |= {name: (texts[newest], moving) for name, newest in _newest(texts)}
        return cls({name: _file(name, *each) for name, each in kept.items()})

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to an event of a Lambda proxy integration, for GET and for HEAD."""
        resource = request["resource"]
        if resource == CONSOLE and _needs_a_slash(request):
            # Relative to the address that was asked, whatever stands before `console`.
            return _answer(HTTPStatus.FOUND, _OF_THE_CONSOLE | {"Location": "console/?r=1"})
        name = _PAGE if resource == CONSOLE else _name(resource, request)
        found = self.files.get(name)
        if found is None:
            headers = _headers_of(name) | {
                "Content-Type": _CONTENT_TYPES[".txt"],
                "Cache-Control": _ASK_FIRST,
            }
            return _answer(HTTPStatus.NOT_FOUND, headers, _body(request, _NOT_FOUND))
        if _has_it(request, found.etag):
            # With all headers: a cache takes those of a 304 for its copy (RFC 9111, 3.2), and API
            # Gateway says application/json where there is no content type.
            return _answer(HTTPStatus.NOT_MODIFIED, found.headers)
        return _answer(HTTPStatus.OK, found.headers, _body(request, found.text))


def _needs_a_slash(request: Mapping[str, Any]) -> bool:
    """Whether the page's relative links would miss: the address ends with `console`.

    API Gateway keeps a slash at the end in the event's path. Other servers of the same event lose
    it, so `r=1`, which the redirect adds, ends the matter wherever it would lead round in a circle.
    """
    query = request.get("queryStringParameters") or {}
    return not request["path"].endswith("/") and query.get("r") != "1"


def _name(resource: str, request: Mapping[str, Any]) -> str:
    return resource.strip("/").replace("{proxy+}", (request["pathParameters"] or {})["proxy"])


def _has_it(request: Mapping[str, Any], etag: str) -> bool:
    """Whether the caller's copy is this one, by the weak comparison of RFC 9110 (13.1.2)."""
    headers = request.get("headers") or {}
    given = next((v for name, v in headers.items() if name.lower() == "if-none-match"), "")
    known = [each.strip().removeprefix("W/") for each in given.split(",")]
    return "*" in known or etag.removeprefix("W/") in known


def _body(request: Mapping[str, Any], text: str) -> str:
    return "" if request["httpMethod"] == "HEAD" else text


def _answer(status: HTTPStatus, headers: Mapping[str, str], body: str = "") -> dict[str, Any]:
    return {"statusCode": int(status), "headers": dict(headers), "body": body}


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise SiteError(f"{path.name} is no UTF-8 text, and only texts are served.") from error


def _file(name: str, text: str, kept: str) -> File:
    kind = _CONTENT_TYPES.get(Path(name).suffix)
    if kind is None:
        raise SiteError(f"{name}: the content type of such files is not known.")
    etag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    return File(
        text, _headers_of(name) | {"Content-Type": kind, "Cache-Control": kept, "ETag": etag}
    )


def _headers_of(name: str) -> dict[str, str]:
    return _FOR_ANY_ORIGIN if name.startswith("web/") else _OF_THE_CONSOLE


def _kept(name: str) -> str:
    if _HASHED.search(name) or _OF_A_VERSION.fullmatch(name):
        return _FOR_EVER
    return _ASK_FIRST


def _newest(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(`web/<major>/<file>`, the same file of the newest version) for each major and file."""
    newest: dict[str, tuple[tuple[int, ...], str]] = {}
    for name in names:
        found = _OF_A_VERSION.fullmatch(name)
        if found:
            alias = f"web/{found[1]}/{found[4]}"
            numbers = tuple(map(int, found.groups()[:3]))
            newest[alias] = max(newest.get(alias, ((), "")), (numbers, name))
    for alias, (_, name) in newest.items():
        yield alias, name
