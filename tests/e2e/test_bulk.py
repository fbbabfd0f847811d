"""A file of a thousand rows, sent by a program that is killed half-way and started again."""

import csv
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from local.gateway import wait_until
from local.stack import LocalStack
from tests.e2e.unused_numbers import a_number
from tests.support.simulator import Simulator
from tools.repository import CLIENT_SOURCE, ROOT

ROWS: Final = 1000
HALF_WAY: Final = 400
SENT_WITHIN: Final = 400.0


def a_file(folder: Path) -> Path:
    path = folder / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Telefon", "Mesaj"])
        rows.writerows([a_number(), f"Row {row}"] for row in range(ROWS))
    return path


def started(path: Path, stack: LocalStack, *options: str) -> "subprocess.Popen[str]":
    """The program that `make send` starts."""
    return subprocess.Popen(  # noqa: S603  our own program and our own file
        [sys.executable, "-m", "tools.send_csv", str(path), *options],
        cwd=ROOT,
        env=os.environ
        | {"PYTHONPATH": str(CLIENT_SOURCE)}
        | {"SMS_GATEWAY_URL": stack.api_url, "SMS_GATEWAY_API_KEY": stack.api_key},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def results(path: Path) -> list[dict[str, str]]:
    """Every whole line of the file of results."""
    file = path.with_name(f"{path.name}.results.csv")
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return list(csv.DictReader(text[: text.rfind("\n") + 1].splitlines()))


def statuses(stack: LocalStack, message_ids: set[str]) -> Counter[str]:
    """What has become of these messages, from the table: a thousand requests would take minutes."""

    def rows() -> Iterator[dict[str, Any]]:
        pages = stack.aws("dynamodb").get_paginator("scan").paginate(TableName=stack.messages_table)
        for page in pages:
            yield from page["Items"]

    return Counter(row["status"]["S"] for row in rows() if row["messageId"]["S"] in message_ids)


def test_a_file_is_checked_by_the_gateway_before_a_row_of_it_is_sent(
    tmp_path: Path, stack: LocalStack
) -> None:
    path, number = tmp_path / "people.csv", a_number()
    lines = [f"{number};Da", f"{number.replace('+40', '0')};Nu", "0721;Da", f"{a_number()};😀"]
    path.write_text("\r\n".join(["Telefon;Mesaj", *lines]), encoding="utf-8-sig")

    with started(path, stack, "--check") as program:
        output, _ = program.communicate(timeout=60)

    assert program.returncode == 2, output
    assert "row 4, Telefon: No phone has this number" in output
    assert "row 5, Mesaj: An SMS cannot show these characters: 😀 (GRINNING FACE)" in output
    assert "rows 2 and 3 have one number in different spellings" in output
    assert results(path) == []


@pytest.mark.timeout(600)
def test_a_file_that_is_sent_in_two_goes_is_a_thousand_acceptances_and_no_double(
    tmp_path: Path, stack: LocalStack, simulator: Simulator
) -> None:
    path = a_file(tmp_path)

    with started(path, stack) as first:
        wait_until(
            lambda: len(results(path)) >= HALF_WAY,
            lambda: f"only {len(results(path))} rows are in the results",
            timeout=120,
        )
        first.kill()
    taken_by_then = len(results(path))
    with started(path, stack) as second:
        output, _ = second.communicate(timeout=300)

    assert HALF_WAY <= taken_by_then < ROWS
    assert second.returncode == 0, output
    message_ids = {result["messageId"] for result in results(path)}
    assert len(message_ids) == ROWS
    found: Counter[str] = Counter()

    def all_are_sent() -> bool:
        time.sleep(2)  # each look reads the whole table
        found.clear()
        found.update(statuses(stack, message_ids))
        return found["sent"] == ROWS

    wait_until(all_are_sent, lambda: f"this became of the rows: {found}", timeout=SENT_WITHIN)
    accepted = Counter(
        request["messageId"]
        for request in simulator.requests()
        if request["accepted"] and request["messageId"] in message_ids
    )
    assert (len(accepted), accepted.total()) == (ROWS, ROWS)
