"""The do-not-contact list of a stack: shown, exported, imported. `make suppressions` runs this."""

import argparse
from collections import Counter
from pathlib import Path
from typing import Final

from sms_gateway.domain.client import is_client_name
from sms_gateway.domain.clock import utc_now
from tools.operators.parts.do_not_contact import DoNotContact, Known
from tools.operators.parts.frame import Command, Exit, Operator
from tools.operators.parts.numbers import rules_of
from tools.operators.parts.pace import Pace
from tools.operators.parts.suppression_file import Sheet, read_file, view, write_file

WRITES_PER_SECOND: Final = 50
DEFAULT_CLIENT: Final = "import"
_SHOWN_FAULTS: Final = 20
_NOT_SHOWN: Final = (
    "Entries that 0.1.0 has made are missing here unless REPAIR=1 (--repair) was run."
)


def suppressions(operator: Operator) -> Exit:
    """Show, export, import or repair the list. Raises `ToolError`."""
    asked = operator.asked
    table = operator.stack.output("GuardsTable")
    entries = DoNotContact(operator.dynamodb(), table, Pace(WRITES_PER_SECOND))
    if asked.import_file is not None:
        return _import(operator, entries)
    if asked.repair:
        return _repair(operator, entries)
    if asked.export is not None:
        return _export(operator, entries)
    return _list(operator, entries)


def _list(operator: Operator, entries: DoNotContact) -> Exit:
    show_number = operator.asked.show_numbers
    found = [view(entry, show_number=show_number) for entry in entries.listed()]
    lines = (f"{each['phoneNumber']}  {each['since']}  {each['client']}" for each in found)
    operator.answer({"suppressions": found}, lines)
    operator.say(f"entries: {len(found)}")
    operator.say(_NOT_SHOWN)
    return Exit.DONE if found else Exit.NOTHING_FOUND


def _export(operator: Operator, entries: DoNotContact) -> Exit:
    found = list(entries.listed())
    path = operator.asked.export
    operator.say(_NOT_SHOWN)
    if operator.asked.dry_run:
        operator.say(f"entries that {path} would have: {len(found)}. It was not written.")
        operator.answer({"dryRun": True, "file": str(path), "entries": len(found)}, ())
        return Exit.DONE
    write_file(path, found)
    operator.answer(
        {"file": str(path), "entries": len(found)},
        [
            f"entries in {path}: {len(found)}",
            "The file holds whole numbers. Only you can read it; delete it when it is used.",
        ],
    )
    return Exit.DONE


def _import(operator: Operator, entries: DoNotContact) -> Exit:
    asked = operator.asked
    if not is_client_name(asked.client):
        operator.say("The name of a client has 1 to 64 letters, digits and . _ - (--client).")
        return Exit.USAGE
    sheet = read_file(asked.import_file, rules_of(operator.stack), asked.client, utc_now())
    if sheet.wrong:
        return _refused(operator, sheet)
    known = entries.known(entry.phone_number for entry in sheet.entries)
    there = Counter(known.values())
    plan = [
        f"To be put on the do-not-contact list from {asked.import_file}:",
        f"  new: {there[Known.NEW]}",
        f"  on the list already: {there[Known.LISTED]}",
        f"  on the list, and to be repaired: {there[Known.UNLISTED]}",
        f"  lines that repeat a number: {sheet.repeated}",
    ]
    if not operator.agrees_to(plan):
        _tell_imported(operator, there, sheet.repeated, is_done=False)
        return Exit.DONE
    done: Counter[Known] = Counter()
    waiting = [entry for entry in sheet.entries if known[entry.phone_number] is not Known.LISTED]
    with operator.progress("entries written", total=len(waiting)) as more:
        for entry in waiting:
            done[entries.enter(entry)] += 1
            more(1)
    done[Known.LISTED] += there[Known.LISTED]
    _tell_imported(operator, done, sheet.repeated)
    return Exit.DONE


def _refused(operator: Operator, sheet: Sheet) -> Exit:
    shown = sheet.wrong[:_SHOWN_FAULTS]
    hidden = len(sheet.wrong) - len(shown)
    more = [f"… and {hidden} more"] if hidden else []
    end = "Nothing was entered. Correct these lines, and repeat the command."
    operator.answer({"wrong": list(sheet.wrong)}, [*shown, *more, end])
    return Exit.REFUSED


def _tell_imported(
    operator: Operator, done: Counter[Known], repeated: int, *, is_done: bool = True
) -> None:
    """What was entered; if nothing was, the plan has told people all there is."""
    counts = {
        "new": done[Known.NEW],
        "already": done[Known.LISTED],
        "repaired": done[Known.UNLISTED],
        "repeated": repeated,
    }
    if is_done:
        operator.answer(counts, (f"{name}: {count}" for name, count in counts.items()))
    else:
        operator.answer({"dryRun": True, **counts}, ())


def _repair(operator: Operator, entries: DoNotContact) -> Exit:
    with operator.progress("rows read") as more:
        found = list(entries.unlisted(more))
    if not found:
        operator.answer({"repaired": 0}, ["repaired: 0"])
        return Exit.NOTHING_FOUND
    plan = [f"Entries of 0.1.0, which the index does not show yet, to be repaired: {len(found)}"]
    if not operator.agrees_to(plan):
        operator.answer({"dryRun": True, "repaired": len(found)}, ())
        return Exit.DONE
    with operator.progress("entries repaired", total=len(found)) as more:
        repaired = 0
        for number in found:
            repaired += entries.repair(number)
            more(1)
    operator.answer({"repaired": repaired}, [f"repaired: {repaired}"])
    return Exit.DONE


def _arguments(parser: argparse.ArgumentParser) -> None:
    job = parser.add_mutually_exclusive_group()
    job.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="write the list, with whole numbers: .csv, .json",
    )
    job.add_argument(
        "--import",
        dest="import_file",
        type=Path,
        metavar="FILE",
        help="enter the numbers of a file, once all of its lines are found good: .csv, .json",
    )
    job.add_argument(
        "--repair",
        action="store_true",
        help="have entries of 0.1.0 in the list; until then they stop messages and are not shown",
    )
    parser.add_argument("--show-numbers", action="store_true", help="show whole numbers")
    parser.add_argument(
        "--client",
        default=DEFAULT_CLIENT,
        help=f"who has entered the numbers, where the file does not say ({DEFAULT_CLIENT})",
    )


COMMAND: Final = Command(
    "suppressions",
    "Show the do-not-contact list, or export or import it.",
    _arguments,
    suppressions,
    changes=True,
)
main: Final = COMMAND.main

if __name__ == "__main__":
    COMMAND.run()
