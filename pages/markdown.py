"""Markdown as GitHub shows it."""

import re


def anchor(heading: str) -> str:
    """What links to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def head(*columns: str) -> list[str]:
    """The first two lines of a table."""
    return [row(*columns), "|" + " --- |" * len(columns)]


def row(*cells: object) -> str:
    """One line of a table."""
    texts = [" ".join(str(cell).split()).replace("|", "\\|") for cell in cells]
    return "| " + " | ".join(texts) + " |"
