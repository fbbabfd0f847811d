import re

import pytest

from sms_gateway.domain.status import FINAL, SETTLED, Status
from tools.repository import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| `(\w+)` \| .+ \| (.*?) ?\|$", re.MULTILINE)


def is_called(status: Status) -> str:
    if status in FINAL:
        return "yes"
    return "settled" if status in SETTLED else ""


@pytest.mark.parametrize("status", Status)
def test_the_readme_says_what_a_status_means_and_whether_it_is_final(status: Status) -> None:
    table = README.partition("## What a status means")[2].partition("\n## ")[0]

    assert dict(_ROW.findall(table))[status] == is_called(status)
