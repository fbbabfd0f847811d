from datetime import timedelta

from pages.state_diagram import PAGE, diagram, with_diagram
from sms_gateway.domain.circuit import PING_LEASE
from sms_gateway.domain.due import LEASE, QUEUE_GRACE, retry_pause
from sms_gateway.domain.patience import MAX_TRIES
from sms_gateway.domain.status import MOVES, Status


def test_the_page_shows_the_table_of_moves_as_it_is() -> None:
    page = PAGE.read_text()

    assert diagram() in page
    assert with_diagram(page) == page, "run `make docs`"


def test_the_diagram_has_every_status_and_every_move() -> None:
    drawn = diagram()

    for status in Status:
        assert f" {status}" in drawn
    for move in MOVES.values():
        for source in move.sources:
            assert f"{source} --> {move.target}:" in drawn


def test_a_page_that_says_something_else_is_noticed() -> None:
    page = PAGE.read_text().replace("sending --> queued", "sent --> queued")

    assert with_diagram(page) != page


def test_the_page_names_the_bounds_that_the_code_keeps() -> None:
    page = " ".join(PAGE.read_text().split())
    first, longest = retry_pause(1, chance=0), retry_pause(MAX_TRIES, chance=0)
    minute = timedelta(minutes=1)

    assert f"overdue claims ({LEASE.seconds} s)" in page
    assert f"one pings, and has {PING_LEASE.seconds} s to write down" in page
    assert (
        f"{MAX_TRIES} tries with pauses from {first.seconds} s to {longest // minute} min" in page
    )
    assert "losing all of them costs a minute and a half" in page
    assert 1.5 * minute == QUEUE_GRACE
