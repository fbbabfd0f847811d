"""The do-not-contact list for operators: shown, exported, imported, repaired."""

import io
import json
import stat
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sms_gateway.adapters import guard_items
from sms_gateway.adapters.attributes import attributes
from sms_gateway.adapters.phone_numbers import PhoneNumberRules
from sms_gateway.domain.guards import Suppression
from sms_gateway.domain.phone_number import PhoneNumber
from tests.support.deployed import GUARDS, ON, Deployed, QuickSession
from tests.tools.aws_answers import around_every_call
from tools.operators import suppressions
from tools.operators.parts.frame import Exit
from tools.operators.parts.suppression_file import read_file, write_file

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
SINCE = "2026-11-22T15:00:00.000Z"
ANA, BEN, EVA = "+40721234567", "+40799000001", "+40799000002"


class Account:
    """A stack with a list."""

    def __init__(self, deployed: Deployed) -> None:
        self.db = deployed.db

    def enter(self, number: str, *, of_0_1_0: bool = False) -> None:
        values = {
            "guard": guard_items.of_suppression(PhoneNumber(number)),
            "phoneNumber": number,
            "since": SINCE,
            "client": "crm",
            "list": "suppressed",
        }
        if of_0_1_0:
            del values["list"]
        self.db.put_item(TableName=GUARDS, Item=attributes(values))

    def rows(self) -> dict[str, dict[str, str]]:
        """The entries by their numbers."""
        items = self.db.scan(TableName=GUARDS)["Items"]
        rows = [{name: value["S"] for name, value in item.items()} for item in items]
        return {row["guard"].removeprefix(guard_items.SUPPRESSION_PREFIX): row for row in rows}


@pytest.fixture
def account(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setattr(suppressions, "WRITES_PER_SECOND", 1e9)
    monkeypatch.setattr(suppressions, "utc_now", lambda: NOW)
    return Account(deployed)


Make = Callable[[str], list[str]]


@pytest.fixture
def importing(tmp_path: Path) -> Make:
    """The arguments that import a file with this text."""

    def make(text: str) -> list[str]:
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        return [*ON, "--yes", "--import", str(path)]

    return make


# --- shown -----------------------------------------------------------------------------------


def test_the_list_is_shown_whole_with_masked_numbers(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (BEN, ANA, EVA):
        account.enter(number)
    _small_pages(monkeypatch)

    assert suppressions.main(ON) == Exit.DONE

    out, err = capsys.readouterr()
    assert out.splitlines() == [
        f"+407•••••567  {SINCE}  crm",
        f"+407•••••001  {SINCE}  crm",
        f"+407•••••002  {SINCE}  crm",
    ]
    assert "entries: 3" in err


def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB answers every query with one row, and says where the next begins."""
    query = QuickSession().client("dynamodb").query

    def one_row(**request: Any) -> Any:
        return query(**request, Limit=1)

    monkeypatch.setattr(QuickSession().client("dynamodb"), "query", one_row)


def test_whole_numbers_are_shown_if_that_is_asked_for(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.enter(ANA)

    assert suppressions.main([*ON, "--json", "--show-numbers"]) == Exit.DONE

    (entry,) = json.loads(capsys.readouterr().out)["suppressions"]
    assert entry == {"phoneNumber": ANA, "since": SINCE, "client": "crm"}


def test_an_empty_list_is_nothing_found(account: Account) -> None:
    assert account.rows() == {}
    assert suppressions.main(ON) == Exit.NOTHING_FOUND


# --- exported --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["list.csv", "list.json"])
def test_what_was_exported_makes_the_same_list_when_it_is_imported(
    account: Account, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (ANA, BEN):
        account.enter(number)
    before = account.rows()
    path = tmp_path / name

    assert suppressions.main([*ON, "--export", str(path)]) == Exit.DONE
    assert f"entries in {path}: 2" in capsys.readouterr().out
    for row in before.values():
        key = guard_items.key(row["guard"])
        account.db.delete_item(TableName=GUARDS, Key=key)
    assert suppressions.main([*ON, "--import", str(path), "--yes"]) == Exit.DONE

    assert account.rows() == before


def test_an_exported_file_can_be_read_by_its_owner_alone(account: Account, tmp_path: Path) -> None:
    account.enter(ANA)
    path = tmp_path / "list.csv"

    suppressions.main([*ON, "--export", str(path)])

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == f"phoneNumber,since,client\r\n{ANA},{SINCE},crm\r\n".encode()


def test_no_file_is_overwritten(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account.enter(ANA)
    path = tmp_path / "list.csv"
    path.write_text("mine", encoding="utf-8")

    assert suppressions.main([*ON, "--export", str(path)]) == Exit.REFUSED

    assert path.read_text(encoding="utf-8") == "mine"
    assert "Choose another name" in capsys.readouterr().err


# --- imported --------------------------------------------------------------------------------


def test_numbers_are_entered_as_people_write_them(
    account: Account, importing: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    account.enter(ANA)
    text = 'Nume;Telefon\r\nAna;"0721 234 567"\r\n\r\nBen;0799-000-001\r\nBen;+40799000001\r\n'

    assert suppressions.main([*importing(text), "--client", "helpdesk"]) == Exit.DONE

    out = capsys.readouterr().out
    assert out.splitlines() == ["new: 1", "already: 1", "repaired: 0", "repeated: 1"]
    rows = account.rows()
    assert rows[ANA]["client"] == "crm"
    assert rows[BEN] == {
        "guard": f"suppressed#{BEN}",
        "phoneNumber": BEN,
        "since": "2026-11-27T10:00:00.000Z",
        "client": "helpdesk",
        "list": "suppressed",
    }


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("0721", "line 3: No phone has this number."),
        ("4.07E+10", "line 3: "),
        (f"{BEN},yesterday", "line 3: since is no time with its zone"),
        (f"{BEN},0001-01-01T00:00+14:00", "line 3: since is no time with its zone"),
        (f"{BEN},2026-11-27T10:00:00", "line 3: since is no time with its zone"),
        (f"{BEN},,a client", "line 3: the name of a client has 1 to 64"),
    ],
)
def test_one_wrong_line_is_named_and_nothing_is_entered(
    account: Account,
    importing: Make,
    row: str,
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = f"phoneNumber,since,client\n{ANA}\n{row}\n"

    assert suppressions.main(importing(text)) == Exit.REFUSED

    out = capsys.readouterr().out
    assert told in out
    assert "Nothing was entered." in out
    assert row not in out
    assert account.rows() == {}


def test_many_wrong_lines_are_counted(
    account: Account, importing: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    assert suppressions.main(importing("number\n" + "0721\n" * 25)) == Exit.REFUSED
    assert "… and 5 more" in capsys.readouterr().out
    assert account.rows() == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Ana\n0721234567\n", "line 1 has to be a header that names the column of the numbers"),
        ("", "it is empty"),
        ('"number\n', "a quoted cell does not end here"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    account: Account,
    importing: Make,
    text: str,
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert suppressions.main(importing(text)) == Exit.REFUSED
    assert told in capsys.readouterr().err
    assert account.rows() == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ('{"numbers": []}', "it has to be a list of objects"),
        ('["+40721234567"]', "it has to be a list of objects"),
        ('[{"phoneNumber": 40721234567}]', "line 1: phoneNumber is no text"),
    ],
)
def test_json_that_is_something_else_says_so(
    account: Account, tmp_path: Path, text: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.json"
    path.write_text(text, encoding="utf-8")

    assert suppressions.main([*ON, "--yes", "--import", str(path)]) == Exit.REFUSED

    out, err = capsys.readouterr()
    assert told in out + err
    assert account.rows() == {}


def test_a_name_that_no_client_can_have_is_refused(account: Account, importing: Make) -> None:
    assert suppressions.main([*importing(f"number\n{ANA}\n"), "--client", "a b"]) == Exit.USAGE
    assert account.rows() == {}


@pytest.mark.parametrize("options", [["--dry-run"], []])
def test_without_consent_nothing_is_entered(
    account: Account,
    importing: Make,
    options: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    account.enter(ANA, of_0_1_0=True)
    account.enter(EVA)
    before = account.rows()
    arguments = [each for each in importing(f"number\n{ANA}\n{BEN}\n{EVA}\n") if each != "--yes"]
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))

    ended = suppressions.main([*arguments, *options])

    assert ended == (Exit.DONE if options else Exit.REFUSED)
    err = capsys.readouterr().err
    assert "  new: 1\n  on the list already: 1\n  on the list, and to be repaired: 1\n" in err
    assert account.rows() == before


@pytest.mark.parametrize("job", ["import", "repair"])
def test_a_plan_is_told_to_programs_too(
    account: Account, importing: Make, job: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account.enter(ANA, of_0_1_0=True)
    arguments = [*ON, "--repair"] if job == "repair" else importing(f"number\n{ANA}\n{BEN}\n")

    assert suppressions.main([*arguments, "--dry-run", "--json"]) == Exit.DONE

    told = json.loads(capsys.readouterr().out)
    assert (told["dryRun"], told["repaired"], told.get("new", 1)) == (True, 1, 1)


class Death(BaseException):
    """The process is killed."""


def test_an_import_that_dies_goes_on_where_it_was(
    account: Account, importing: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = importing("number\n" + "".join(f"+4079900000{n}\n" for n in range(5)))
    made = 0

    def call(_: str, proceed: Callable[[], Any]) -> Any:
        nonlocal made
        made += 1
        answer = proceed()
        if made == 5:  # the stack, what is there already, and three entries
            raise Death
        return answer

    with pytest.MonkeyPatch.context() as patch:
        around_every_call(patch, call)
        with pytest.raises(Death):
            suppressions.main(arguments)
    assert len(account.rows()) == 3
    capsys.readouterr()

    assert suppressions.main(arguments) == Exit.DONE

    assert capsys.readouterr().out.split()[:4] == ["new:", "2", "already:", "3"]
    assert len(account.rows()) == 5


# --- repaired --------------------------------------------------------------------------------


def test_entries_of_0_1_0_are_shown_once_they_are_repaired(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.enter(ANA, of_0_1_0=True)
    account.enter(BEN)
    account.db.put_item(TableName=GUARDS, Item=attributes({"guard": "circuit"}))
    suppressions.main(ON)
    assert len(capsys.readouterr().out.splitlines()) == 1

    assert suppressions.main([*ON, "--repair", "--yes"]) == Exit.DONE

    assert "repaired: 1" in capsys.readouterr().out
    suppressions.main(ON)
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert account.rows()[ANA] == account.rows()[BEN] | {
        "guard": f"suppressed#{ANA}",
        "phoneNumber": ANA,
    }
    assert suppressions.main([*ON, "--repair", "--yes"]) == Exit.NOTHING_FOUND


def test_an_import_repairs_what_it_names_too(
    account: Account, importing: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    account.enter(ANA, of_0_1_0=True)

    assert suppressions.main(importing(f"number\n{ANA}\n")) == Exit.DONE

    assert "repaired: 1" in capsys.readouterr().out
    row = account.rows()[ANA]
    assert (row["list"], row["since"], row["client"]) == ("suppressed", SINCE, "crm")


def test_a_number_that_is_taken_off_meanwhile_is_not_put_back_by_a_repair(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    account.enter(ANA, of_0_1_0=True)
    key = guard_items.key(guard_items.of_suppression(PhoneNumber(ANA)))

    def taken_off(*_: Any) -> bool:
        account.db.delete_item(TableName=GUARDS, Key=key)
        return True

    monkeypatch.setattr("tools.operators.parts.frame.Operator.agrees_to", taken_off)

    suppressions.main([*ON, "--repair"])

    assert "repaired: 0" in capsys.readouterr().out
    assert account.rows() == {}


# --- the file --------------------------------------------------------------------------------

ENTRIES = st.builds(
    Suppression,
    st.integers(700_000_000, 799_999_999).map(lambda n: PhoneNumber(f"+40{n}")),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001  hypothesis wants naive bounds
        lambda at: at.replace(tzinfo=UTC, microsecond=at.microsecond // 1000 * 1000)
    ),
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True),
)


@given(
    st.lists(ENTRIES, unique_by=lambda entry: entry.phone_number), st.sampled_from(["csv", "json"])
)
@settings(max_examples=40)
def test_every_list_comes_back_from_its_file(entries: list[Suppression], kind: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list.{kind}"
        write_file(path, entries)
        sheet = read_file(path, PhoneNumberRules("RO", frozenset({"RO"})), "import", NOW)
    assert (list(sheet.entries), sheet.wrong, sheet.repeated) == (entries, [], 0)


def test_a_dry_run_of_an_export_writes_no_file(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account.enter("+40721234567")
    path = tmp_path / "list.csv"

    asked = ["--export", str(path), "--dry-run"]
    assert suppressions.main([*ON, *asked]) == Exit.DONE

    assert not path.exists()
    said = capsys.readouterr().err
    assert "would have: 1." in said
    assert "unless REPAIR=1" in said
