"""Pages whose prose is written by hand, and whose tables are made: each has a place with a name."""

import re
from collections.abc import Mapping


def filled(page: str, parts: Mapping[str, str]) -> str:
    """The page with each part between `<!-- name -->` and `<!-- /name -->`.

    Raises:
        KeyError: the page has no place of that name.
    """
    for name, part in parts.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        place = re.compile(f"(?<={re.escape(begin)}).*?(?={re.escape(end)})", re.DOTALL)
        if not place.search(page):
            raise KeyError(f"The page has no place for {name}.")
        pieces = place.split(page, maxsplit=1)
        page = f"\n{part}\n\n".join(pieces)
    return page
