"""With `LogLevel: DEBUG` the runtime opens the root logger, and everybody's lines come through."""

import logging
from io import StringIO

import pytest

from tests.handlers.lambdas import Function
from tests.handlers.output import leaks
from tests.support.samples import sample


@pytest.mark.parametrize("name", ["send-post-message", "send-without-key"])
def test_at_debug_nothing_stands_in_the_log_that_nobody_may_read(send: Function, name: str) -> None:
    written = StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        send.invoke(sample(name))
        logging.getLogger("a.neighbour").debug("is heard")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)

    assert "is heard" in written.getvalue()
    assert leaks(written.getvalue()) == []
