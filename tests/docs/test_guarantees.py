from local.state_diagram import PAGE, diagram, with_diagram
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
