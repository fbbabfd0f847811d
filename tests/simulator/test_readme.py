import re
from pathlib import Path

import local.simulator
from local.simulator.behaviours import BEHAVIOURS

README = Path(local.simulator.__file__).with_name("README.md")


def test_the_readme_shows_the_table_of_behaviours_row_by_row() -> None:
    rows = re.findall(
        r"^\| `(\+407990000\d\d)` \| (.+?) \| (.+?) \|$", README.read_text(), re.MULTILINE
    )
    assert rows == [
        (behaviour.number, behaviour.name, behaviour.description) for behaviour in BEHAVIOURS
    ]
