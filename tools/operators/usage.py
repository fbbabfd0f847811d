"""How many messages each client had taken in a month: `make usage MONTH=2026-11`."""

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sms_gateway.adapters.usage_counts import UsageCounts
from sms_gateway.domain.client import is_client_name
from sms_gateway.domain.clock import utc_now
from sms_gateway.domain.usage import USAGE_KEPT, Count, days_gone, days_of_month
from tools.client_keys import ClientKeys
from tools.operators.parts.frame import Command, Exit, Operator, RefusedError
from tools.operators.parts.rows import store_errors

DESCRIPTION: Final = "Count the messages of each client in a month, day by day (UTC)."
_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Usage:
    """The counts of a month, and their sums. Days and clients without a message are left out.

    `gone`: on how many of its first days counts can be gone, since they are kept for `USAGE_KEPT`.
    """

    counts: Sequence[Count]
    gone: int = 0

    def taken(self, client: str | None = None) -> int:
        """Of this client, or of all together."""
        return sum(each.taken for each in self.counts if client in {None, each.client})

    def resent(self, client: str | None = None) -> int:
        """Of this client, or of all together."""
        return sum(each.resent for each in self.counts if client in {None, each.client})

    @property
    def clients(self) -> list[str]:
        """Those with the most messages come first."""
        names = {each.client for each in self.counts}
        return sorted(names, key=lambda name: (-self.taken(name), name))


def month(text: str) -> date:
    """The first day of `2026-11`. For argparse."""
    if not (found := _MONTH.fullmatch(text)):
        raise argparse.ArgumentTypeError("a month such as 2026-11 is wanted")
    return date(int(found[1]), int(found[2]), 1)


def _client(text: str) -> str:
    if not is_client_name(text):
        raise argparse.ArgumentTypeError("a client's name, or the id of a key without one")
    return text


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--month", type=month, default=None, help="such as 2026-11 (default: this month, UTC)"
    )
    parser.add_argument("--client", type=_client, help="only this client, whether it has a key")
    parser.add_argument("--days", action="store_true", help="show each day as well")
    parser.add_argument(
        "--csv", action="store_true", help="answer with rows client,day,taken,resent"
    )


def _do(operator: Operator) -> Exit:
    asked = operator.asked
    first: date = asked.month or utc_now().date().replace(day=1)
    gone = days_gone(first, utc_now().date())
    if gone and asked.csv:
        raise RefusedError(f"{_what_is_gone(first, gone)} A file would not show it (--csv).")
    clients = [asked.client] if asked.client else _clients(operator)
    usage = Usage(list(_counts(operator, clients, first)), gone)
    operator.answer(
        _as_json(usage, first), _csv(usage) if asked.csv else _lines(usage, first, asked)
    )
    if gone:
        operator.say(_what_is_gone(first, gone))
    if usage.counts:
        return Exit.DONE
    operator.say(f"Nothing was counted in {first:%Y-%m}. Counts are kept for 400 days.")
    return Exit.NOTHING_FOUND


def _what_is_gone(first: date, days: int) -> str:
    until = first.replace(day=days)
    return (
        f"Counts are kept for {USAGE_KEPT.days} days: those from {first.isoformat()} to"
        f" {until.isoformat()} are gone, so the sums are not those of the whole month."
    )


def _clients(operator: Operator) -> list[str]:
    """All that are known, also those whose keys are gone."""
    return ClientKeys.of_stack(operator.session, operator.stack.name).clients_ever()


def _counts(operator: Operator, clients: Sequence[str], first: date) -> Iterator[Count]:
    """Day by day."""
    days = days_of_month(first, utc_now().date())
    table = UsageCounts(operator.dynamodb(), operator.stack.output("GuardsTable"))
    with operator.progress("clients read", total=len(clients)) as more:
        for client in clients:
            with store_errors():
                counts = table.of([client], days)
            yield from counts
            more(1)


def _as_json(usage: Usage, first: date) -> dict[str, Any]:
    return {
        "month": f"{first:%Y-%m}",
        "complete": not usage.gone,
        "taken": usage.taken(),
        "resent": usage.resent(),
        "clients": [
            {
                "client": client,
                "taken": usage.taken(client),
                "resent": usage.resent(client),
                "days": [
                    {"day": each.day.isoformat(), "taken": each.taken, "resent": each.resent}
                    for each in usage.counts
                    if each.client == client
                ],
            }
            for client in usage.clients
        ],
    }


def _csv(usage: Usage) -> Iterator[str]:
    """A row for each client and day; their sum is the whole."""
    yield "client,day,taken,resent"
    # No client's name holds a character that a CSV file or a spreadsheet would misread.
    for each in usage.counts:
        yield f"{each.client},{each.day.isoformat()},{each.taken},{each.resent}"


def _lines(usage: Usage, first: date, asked: argparse.Namespace) -> Iterator[str]:
    if not usage.counts:
        return
    yield f"{f'{first:%Y-%m}':<32} {'taken':>10} {'sent again':>10}"
    for client in usage.clients:
        yield f"{client:<32} {usage.taken(client):>10} {usage.resent(client):>10}"
        if asked.days:
            for each in usage.counts:
                if each.client == client:
                    yield f"  {each.day.isoformat():<30} {each.taken:>10} {each.resent:>10}"
    yield f"{'together':<32} {usage.taken():>10} {usage.resent():>10}"


COMMAND: Final = Command("usage", DESCRIPTION, _arguments, _do)
main: Final = COMMAND.main

if __name__ == "__main__":
    COMMAND.run()
