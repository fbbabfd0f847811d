"""The checkouts of these tests borrow the environment that the tests run in, and cannot harm it."""

import subprocess
import venv
from pathlib import Path

from tests.support.releases import check_out, lend_environment


def test_a_lent_environment_outlives_the_clearing_of_the_one_it_was_lent_to(tmp_path: Path) -> None:
    """`make` clears an environment that it takes for out of date."""
    lender = tmp_path / "lender"
    venv.create(lender)
    before = sorted(lender.rglob("*"))
    lend_environment(lender, tmp_path / "borrower")

    venv.create(tmp_path / "borrower", clear=True)

    assert sorted(lender.rglob("*")) == before


def test_make_takes_the_environment_of_a_checkout_for_set_up(tmp_path: Path) -> None:
    check_out(None, tmp_path / "checkout")
    asked = subprocess.run(
        ["make", "--question", ".venv/ready"],  # noqa: S607
        cwd=tmp_path / "checkout",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert asked.returncode == 0, asked.stdout
