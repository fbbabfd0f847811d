"""The example of docs/access-tokens.md asks for what the contract describes."""

import io
import json
import re
import urllib.request
from typing import Any

import pytest

from tests.support.contract import EXAMPLES, SCHEMAS, faults
from tools.repository import ROOT

PAGE = (ROOT / "docs" / "access-tokens.md").read_text(encoding="utf-8")
MINTED = EXAMPLES["TokenOfOneMessage"]["value"]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_in_python_mints_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[urllib.request.Request, float]] = []

    def urlopen(request: urllib.request.Request, timeout: float) -> io.BytesIO:
        asked.append((request, timeout))
        return io.BytesIO(json.dumps(MINTED).encode())

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    (code,) = blocks("python")
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102  the page's own example

    assert names["sms_token"]("https://api.example/v1", "a key", "0721 234 567", "4711") == MINTED
    ((request, _),) = asked
    assert (request.get_method(), request.full_url) == ("POST", "https://api.example/v1/tokens")
    assert request.get_header("X-api-key") == "a key"
    assert isinstance(request.data, bytes)
    assert faults(SCHEMAS["TokenRequest"], json.loads(request.data)) == []


def test_the_examples_in_javascript_ask_for_fields_that_there_are() -> None:
    minting, sending = blocks("js")
    asked = {
        "TokenRequest": re.findall(r"[{,] (\w+)(?=[,:]| })", minting.split("stringify(")[1]),
        "PageSendRequest": re.findall(r"\w+", sending.split("stringify({")[1].split("}")[0]),
    }

    for schema, fields in asked.items():
        assert set(fields) - {"case"} <= SCHEMAS[schema]["properties"].keys()
        assert set(SCHEMAS[schema].get("required", ())) <= set(fields)
    assert "/tokens`" in minting
    assert "/page/messages`" in sending
