from collections.abc import Callable, Iterator
from contextlib import contextmanager

Hook = Callable[[str], None]


def _nothing(_: str) -> None:
    pass


class Boundary:
    """Where calls leave the process: each passes `before` it takes effect and `after` it has.

    A test puts hooks here that raise (no answer, or death) or let somebody else do something in
    between. Names are `messages.change`, `voipit.send` and so on.
    """

    def __init__(self) -> None:
        self.before: Hook = _nothing
        self.after: Hook = _nothing

    @contextmanager
    def crossing(self, name: str) -> Iterator[None]:
        self.before(name)
        yield
        self.after(name)
