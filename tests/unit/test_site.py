"""The files of the console and of the component, as answers of the API."""

from pathlib import Path
from typing import Any, Final

import pytest

from sms_gateway.entrypoints.site import CONSOLE, CONSOLE_FILES, WEB_FILES, Site, SiteError

FILES: Final = {
    "console/index.html": "<!doctype html><title>Salut, țară</title>",
    "console/a/console.3KZ7Q2XA.js": "go();",
    "console/a/console.5TT2LM4B.css": "body{}",
    "console/a/plain.js": "without a hash",
    "web/1.2.0/click-to-sms.js": "1.2.0",
    "web/1.10.0/click-to-sms.js": "1.10.0",
    "web/1.9.3/click-to-sms.js": "1.9.3",
    "web/1.9.3/only-there.js": "of 1.9.3",
    "web/2.0.0/click-to-sms.js": "2.0.0",
}
FOR_EVER: Final = "public, max-age=31536000, immutable"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def site(folder: Path) -> Site:
    return Site.read(folder)


def asked(path: str, method: str = "GET", prefix: str = "", **headers: str) -> dict[str, Any]:
    """The event of a request for this path, with or without a query, behind a base path."""
    address, _, query = path.partition("?")
    stripped = address.strip("/")
    resource, proxy = CONSOLE, None
    for each in (CONSOLE_FILES, WEB_FILES):
        begin = each.removesuffix("{proxy+}").strip("/") + "/"
        if stripped.startswith(begin):
            resource, proxy = each, {"proxy": stripped.removeprefix(begin)}
    return {
        "resource": resource,
        "path": prefix + address,
        "httpMethod": method,
        "headers": {name.replace("_", "-"): value for name, value in headers.items()} or None,
        "queryStringParameters": dict([query.split("=")]) if query else None,
        "pathParameters": proxy,
    }


def header(answer: dict[str, Any], name: str) -> str | None:
    value: str | None = answer["headers"].get(name)
    return value


# --- what is answered ------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in FILES if name != "console/index.html"])
def test_a_file_is_answered_under_its_name(site: Site, name: str) -> None:
    answer = site.answer(asked(f"/{name}"))

    assert (answer["statusCode"], answer["body"]) == (200, FILES[name])


@pytest.mark.parametrize("prefix", ["", "/sms", "/a/b"])
@pytest.mark.parametrize("path", ["/console/", "/console?r=1", "/console/?r=1"])
def test_the_page_is_answered_where_its_links_hold(site: Site, path: str, prefix: str) -> None:
    answer = site.answer(asked(path, prefix=prefix))

    assert (answer["statusCode"], answer["body"]) == (200, FILES["console/index.html"])
    assert header(answer, "Content-Type") == "text/html; charset=utf-8"


@pytest.mark.parametrize("prefix", ["", "/sms"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_address_without_a_slash_leads_to_the_one_with_it(
    site: Site, prefix: str, method: str
) -> None:
    answer = site.answer(asked("/console", method, prefix))

    assert (answer["statusCode"], answer["body"]) == (302, "")
    assert header(answer, "Location") == "console/?r=1", "relative: any prefix stays"


def test_a_server_that_loses_the_slash_leads_nobody_round_in_a_circle(site: Site) -> None:
    """The redirect goes to `console/?r=1`, and comes in as `/console` with that query."""
    assert site.answer(asked("/console"))["statusCode"] == 302
    assert site.answer(asked("/console?r=1"))["statusCode"] == 200
    assert site.answer(asked("/console?r=2"))["statusCode"] == 302


@pytest.mark.parametrize(
    "path",
    [
        "/console/a/gone.3KZ7Q2XA.js",
        "/console/../web.py",
        "/console/%2e%2e/web.py",
        "/console/a/",
        "/web/3/click-to-sms.js",
        "/web/1/nothing.js",
        "/web/1.2.0/",
        "/web/1.2.0",
        "/web/console/index.html",
        "/web/constructor",
    ],
)
def test_a_name_that_there_is_not_is_404_in_words(site: Site, path: str) -> None:
    answer = site.answer(asked(path))

    assert answer["statusCode"] == 404
    assert header(answer, "Content-Type") == "text/plain; charset=utf-8"
    assert header(answer, "Cache-Control") == "no-cache"
    assert "Check the address" in answer["body"]
    assert path not in answer["body"]


@pytest.mark.parametrize("path", ["/console/", "/web/1/click-to-sms.js", "/web/gone"])
def test_head_is_get_without_the_body(site: Site, path: str) -> None:
    head, get = site.answer(asked(path, "HEAD")), site.answer(asked(path))

    assert get["body"]
    assert head == get | {"body": ""}


# --- what a cache is told --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/console/", "no-cache"),
        ("/console/a/console.3KZ7Q2XA.js", FOR_EVER),
        ("/console/a/console.5TT2LM4B.css", FOR_EVER),
        ("/console/a/plain.js", "no-cache"),
        ("/web/1.9.3/click-to-sms.js", FOR_EVER),
        ("/web/1/click-to-sms.js", "public, max-age=300"),
    ],
)
def test_what_never_changes_is_kept_for_ever_and_the_rest_is_asked_for_again(
    site: Site, path: str, kept: str
) -> None:
    assert header(site.answer(asked(path)), "Cache-Control") == kept


def test_a_major_version_is_the_newest_of_its_versions_by_number(site: Site) -> None:
    assert site.answer(asked("/web/1/click-to-sms.js"))["body"] == "1.10.0"
    assert site.answer(asked("/web/2/click-to-sms.js"))["body"] == "2.0.0"


def test_a_file_that_the_newest_version_has_not_is_the_one_of_the_last_that_has_it(
    site: Site,
) -> None:
    assert site.answer(asked("/web/1/only-there.js"))["body"] == "of 1.9.3"


@pytest.mark.parametrize("name", ["if-none-match", "If-None-Match"])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_the_file_that_the_caller_has_is_not_sent_again(site: Site, name: str, form: str) -> None:
    """Weak or strong: a proxy that unpacks an answer makes an ETag the one or the other."""
    first = site.answer(asked("/console/"))
    etag = header(first, "ETag")
    assert etag
    assert etag.startswith('W/"')
    given = form.format(etag.removeprefix("W/"))

    again = site.answer(asked("/console/", **{name.replace("-", "_"): given}))

    assert (again["statusCode"], again["body"]) == (304, "")
    assert again["headers"] == first["headers"], "a cache takes them over for its copy"


def test_a_changed_file_is_sent(folder: Path, site: Site) -> None:
    etag = header(site.answer(asked("/console/")), "ETag")
    (folder / "console" / "index.html").write_text("another", encoding="utf-8")

    answer = Site.read(folder).answer(asked("/console/", if_none_match=str(etag)))

    assert (answer["statusCode"], answer["body"]) == (200, "another")


@pytest.mark.parametrize("path", ["/console/", "/console", "/console/gone", "/web/1.2.0/x"])
def test_every_answer_says_that_it_depends_on_the_encodings_that_are_taken(
    site: Site, path: str
) -> None:
    """API Gateway compresses, and does not say so to caches."""
    assert header(site.answer(asked(path)), "Vary") == "Accept-Encoding"


# --- what a browser is told ------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/console/", "/console", "/console/a/console.3KZ7Q2XA.js", "/console/gone"]
)
def test_the_console_is_shut_in(site: Site, path: str) -> None:
    headers = site.answer(asked(path))["headers"]

    directives = dict(each.split(" ", 1) for each in headers["Content-Security-Policy"].split("; "))
    assert directives == {
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
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Permissions-Policy"] == "camera=(), microphone=(), geolocation=()"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("path", ["/web/1/click-to-sms.js", "/web/1.2.0/click-to-sms.js", "/web/x"])
def test_the_component_is_for_the_pages_of_any_origin(site: Site, path: str) -> None:
    headers = site.answer(asked(path))["headers"]

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


# --- what can be served ----------------------------------------------------------------------


def test_a_file_that_is_no_text_is_named_before_anything_is_served(folder: Path) -> None:
    (folder / "console" / "picture.svg").write_bytes(b"\x89PNG")
    with pytest.raises(SiteError, match=r"picture\.svg is no UTF-8 text"):
        Site.read(folder)


def test_a_file_of_an_unknown_kind_is_named_before_anything_is_served(folder: Path) -> None:
    (folder / "console" / "font.woff2").write_text("text", encoding="utf-8")
    with pytest.raises(SiteError, match=r"console/font\.woff2: the content type"):
        Site.read(folder)
