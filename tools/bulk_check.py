"""What is wrong or doubtful with rows, told before the first of them is sent."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sms_gateway_client.gateway import in_batches
from sms_gateway_client.models import PreviewResult
from tools.bulk import Gateway, Plan, Watcher
from tools.csv_rows import Fault, Row, Sheet

ROUNDED_TO: Final = "0000"
"""How a number ends that looks rounded. Of numbers that are not, one in 10,000 does."""
SOME: Final = 2
ONE_IN: Final = 100
"""So many different ones that look rounded are too many: two, and one in a hundred. A file of good
numbers, however long, has so many by chance less than once in a thousand times."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a look at a file has found, by lines of the file, all in order.

    `wrong`: rows that cannot be sent. `one_person`: the lines of each number that stands there in
    several spellings. `rounded`: lines of numbers that a spreadsheet might have rounded.
    """

    wrong: Sequence[Fault]
    one_person: Sequence[Sequence[int]] = ()
    rounded: Sequence[int] = ()

    @property
    def wrong_rows(self) -> int:
        """How many rows are wrong: one row can have several faults."""
        return len({fault.line for fault in self.wrong})

    def __bool__(self) -> bool:
        return bool(self.wrong or self.one_person or self.rounded)


def check(
    plan: Plan, sheet: Sheet, to_send: Collection[str], gateway: Gateway, watcher: Watcher
) -> Findings:
    """The findings to report before the rows with the ids `to_send` are sent.

    The others have been: they are no longer judged, but a number can be theirs in another spelling.
    Raises what the gateway raises.
    """
    wrong = list(plan.left_out)
    numbers: dict[str, str] = {}
    for ids in in_batches(list(plan.rows)):
        rows = [plan.rows[message_id] for message_id in ids]
        results = gateway.preview_batch(
            [{"phoneNumber": row.number, "message": row.message} for row in rows]
        )
        for message_id, row, result in zip(ids, rows, results, strict=True):
            preview = result.get("preview")
            known = preview.get("phoneNumber") if preview else None
            numbers[message_id] = known or row.spelling
            if message_id in to_send:
                wrong += _faults(row, result, sheet)
        watcher.done(len(ids))
    return Findings(
        sorted(wrong, key=lambda fault: fault.line),
        _one_person(plan.rows, numbers),
        _rounded(plan.rows, numbers),
    )


def look_rounded(numbers: Iterable[str]) -> frozenset[str]:
    """Those that end in `ROUNDED_TO`, if they are suspiciously many; each counts once."""
    different = set(numbers)
    rounded = frozenset(number for number in different if number.endswith(ROUNDED_TO))
    return rounded if len(rounded) >= max(SOME, len(different) / ONE_IN) else frozenset()


def _faults(row: Row, result: PreviewResult, sheet: Sheet) -> list[Fault]:
    columns = {"phoneNumber": sheet.number_column, "message": sheet.message_column}
    rules = result["preview"]["rules"] if "preview" in result else []
    problems = [rule["problem"] for rule in rules if "problem" in rule]
    if "problem" in result:
        problems.append(result["problem"])
    return [
        Fault(row.line, columns.get(problem.get("field", ""), ""), problem["detail"])
        for problem in problems
    ]


def _one_person(rows: Mapping[str, Row], numbers: Mapping[str, str]) -> list[list[int]]:
    lines, spellings = defaultdict(list), defaultdict(set)
    for message_id, row in rows.items():
        lines[numbers[message_id]].append(row.line)
        spellings[numbers[message_id]].add(row.spelling)
    return [lines[number] for number, spelled in spellings.items() if len(spelled) > 1]


def _rounded(rows: Mapping[str, Row], numbers: Mapping[str, str]) -> list[int]:
    rounded = look_rounded(numbers.values())
    return [row.line for message_id, row in rows.items() if numbers[message_id] in rounded]
