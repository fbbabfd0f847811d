"""What docs/events.md shows is what is there."""

import re
import subprocess

from tests.support.examples import EXAMPLES
from tests.support.samples import subscriber_sample
from tools.repository import ROOT

PAGE = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")


def test_the_first_program_runs_as_it_stands_and_prints_where_each_message_ends() -> None:
    program = re.search(r"^```\n(PYTHONPATH=.*?^END)\n```", PAGE, re.MULTILINE | re.DOTALL)
    assert program

    done = subprocess.run(  # noqa: S603  what the page shows
        ["sh", "-c", program[1]],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    )

    last = {event["subject"]: event["data"]["status"] for event in subscriber_sample("lives")}
    assert sorted(done.stdout.splitlines()) == sorted(
        f"{message_id} {status} True" for message_id, status in last.items()
    )


def test_every_filter_policy_has_its_row() -> None:
    listed = re.findall(r"^\| \[([\w.-]+)\]\(\.\./examples/filter_policies/", PAGE, re.MULTILINE)

    assert sorted(listed) == sorted(path.name for path in EXAMPLES.glob("filter_policies/*"))


def test_every_recipe_is_in_the_list_of_examples() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")

    listed = re.findall(r"^\| `(\w+)/` \|", readme, re.MULTILINE)
    assert sorted(listed) == sorted(
        path.name for path in EXAMPLES.iterdir() if any(path.glob("*.*"))
    )
