"""The script of docs/start/page.md, with answers that a gateway gives in bad moments."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.starts import sent_by_a_page

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None and "CI" not in os.environ, reason="There is no node."
)

ORIGIN = "https://crm.example"
NUMBER = "+40721234567"


def token(value: str) -> list[Any]:
    return [200, {"url": "https://api.example/v1", "token": value}]


def problem(status: int, detail: str, **headers: str) -> list[Any]:
    return [status, {"detail": detail}, headers]


def test_a_page_renews_its_token_waits_and_keeps_the_id_until_the_message_is_settled(
    tmp_path: Path,
) -> None:
    answers = [
        token("first"),
        None,
        problem(401, "It has expired."),
        token("second"),
        problem(429, "Slow down.", **{"Retry-After": "1"}),
        [202, {"status": "queued"}],
        [200, {"status": "sent"}],
    ]

    sent = sent_by_a_page(tmp_path, ORIGIN, NUMBER, "Bună ziua", answers)

    assert sent["shown"] == ["queued", "sent"]
    assert sent["kept"] == 0
    of_the_gateway = [each for each in sent["asked"] if each["url"].startswith("https:")]
    assert [each["token"] for each in of_the_gateway] == [
        *["Bearer first"] * 2,
        *["Bearer second"] * 3,
    ]
    ids = {each["body"]["messageId"] for each in of_the_gateway if each.get("body")}
    assert len(ids) == 1
    assert of_the_gateway[-1]["url"].endswith(f"/page/messages/{ids.pop()}")


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        ([problem(422, "No phone has this number.")], "No phone has this number."),
        ([token("one"), problem(403, "It is used up.")], "It is used up."),
        (
            [token("one"), problem(401, "Over."), token("two"), problem(401, "Over again.")],
            "Over again.",
        ),
        (
            [token("one"), problem(429, "Too many.", **{"Retry-After": "1740"})],
            "Too many. Try again in 1740 s.",
        ),
    ],
    ids=["no token", "used up", "two tokens refused", "a long wait"],
)
def test_a_page_shows_why_nothing_was_sent_and_keeps_the_id(
    answers: list[Any], shown: str, tmp_path: Path
) -> None:
    sent = sent_by_a_page(tmp_path, ORIGIN, NUMBER, "Bună ziua", answers)

    assert (sent["shown"], sent["kept"], len(sent["asked"])) == ([shown], 1, len(answers))
