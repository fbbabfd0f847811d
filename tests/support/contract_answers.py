"""Whether an answer is one that the contract promises."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from tests.support.contract import OPERATIONS, SCHEMAS, faults, resolved

_OUR_HEADERS: Final = {"idempotent-replayed", "retry-after"}
_NUMBERS: Final = {"integer": int}


class HttpAnswer(Protocol):
    """Header names are in lower case; `body` is read JSON, or `None`."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> Any: ...


def assert_conforms(method: str, path: str, answer: HttpAnswer) -> None:
    """Fails unless the contract promises this answer to this method of this path (template)."""
    broken = broken_promises(method, path, answer)
    assert not broken, f"{method} {path} answers {answer.status}: {'; '.join(broken)}"


def broken_promises(method: str, path: str, answer: HttpAnswer) -> list[str]:
    """What the answer does not keep of the contract."""
    operation = OPERATIONS.get((method, path))
    if operation is None:
        return _broken_outside(method, answer)
    response = operation.responses.get(str(answer.status))
    if response is None:
        return ["no such status"]
    return [
        *_broken_headers(response.get("headers", {}), answer.headers),
        *_broken_body(response.get("content"), answer),
    ]


def _broken_outside(method: str, answer: HttpAnswer) -> list[str]:
    """A browser's preflight request, and what is no route at all."""
    if method == "OPTIONS" and answer.status == 204:
        return ["a body"] if answer.body is not None else []
    if answer.status != 404:
        return ["no such route"]
    return faults(SCHEMAS["Problem"], answer.body)


def _broken_headers(promised: Mapping[str, Any], headers: Mapping[str, str]) -> list[str]:
    definitions = {name.lower(): resolved(header) for name, header in promised.items()}
    unheard_of = (_OUR_HEADERS & headers.keys()) - definitions.keys()
    broken = [f"header {name} is not promised" for name in sorted(unheard_of)]
    for name, definition in definitions.items():
        if name in headers:
            read = _NUMBERS.get(definition["schema"]["type"], str)
            broken += [
                f"header {name}: {fault}"
                for fault in faults(definition["schema"], read(headers[name]))
            ]
        elif definition.get("required"):
            broken.append(f"header {name} is missing")
    return broken


def _broken_body(content: Mapping[str, Any] | None, answer: HttpAnswer) -> list[str]:
    if content is None:
        return ["a body"] if answer.body is not None else []
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    if media_type not in content:
        return [f"content type {media_type!r}"]
    return faults(content[media_type]["schema"], answer.body)
