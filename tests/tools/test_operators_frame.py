"""The part that all operators' commands share."""

import argparse
import io
import json
from collections.abc import Callable

import pytest

from tests.support.deployed import ON, STACK, a_stack
from tests.tools.aws_answers import no_rights, refusing
from tools.operators.parts.frame import Command, Exit, Operator, RefusedError


@pytest.fixture(autouse=True)
def stack(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("aws")
    a_stack({"MessagesTable": "messages"})


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """The answer of the person at the keyboard."""
    return lambda line: monkeypatch.setattr("sys.stdin", io.StringIO(line))


def command(do: Callable[[Operator], Exit], *, changes: bool = False) -> Command:
    return Command("example", "An example.", _no_arguments, do, changes=changes)


def _no_arguments(_: argparse.ArgumentParser) -> None:
    """The example has none of its own."""


def _agrees(operator: Operator) -> Exit:
    return Exit.DONE if operator.agrees_to(["Two rows will be deleted."]) else Exit.NOTHING_FOUND


def test_people_get_lines_and_programs_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    def tell(operator: Operator) -> Exit:
        operator.say("Reading the table.")
        operator.answer({"messages": 2}, ["two messages"])
        return Exit.DONE

    assert command(tell).main(ON) == Exit.DONE
    assert capsys.readouterr().out == "two messages\n"
    assert command(tell).main([*ON, "--json"]) == Exit.DONE
    out, err = capsys.readouterr()
    assert json.loads(out) == {"stack": STACK, "region": "eu-central-1", "messages": 2}
    assert err == "Reading the table.\n"


@pytest.mark.parametrize(
    ("options", "typed", "status"),
    [
        ([], f"{STACK}\n", Exit.DONE),
        ([], "yes\n", Exit.REFUSED),
        ([], "", Exit.REFUSED),
        (["--yes"], "", Exit.DONE),
        (["--dry-run"], "", Exit.NOTHING_FOUND),
        (["--dry-run", "--yes"], "", Exit.NOTHING_FOUND),
    ],
)
def test_nothing_is_changed_unless_the_stacks_name_is_typed(
    options: list[str],
    typed: str,
    status: Exit,
    types: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    types(typed)
    assert command(_agrees, changes=True).main([*ON, *options]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert "Two rows will be deleted." in err
    assert ("Nothing was changed" in err) == (status is not Exit.DONE)


def test_what_only_reads_has_nothing_to_agree_to(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command(_agrees).main([*ON, "--yes"])
    assert end.value.code == Exit.USAGE
    assert "--yes" in capsys.readouterr().err


def test_a_stack_that_is_not_there_ends_with_aws(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(_agrees).main(["--stack-name", "another"]) == Exit.AWS
    assert "There is no stack another in eu-central-1." in capsys.readouterr().err


def test_a_right_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refusing(monkeypatch, "GetCallerIdentity", no_rights("sts:GetCallerIdentity"))

    def look(operator: Operator) -> Exit:
        operator.identity()
        return Exit.DONE

    assert command(look).main(ON) == Exit.AWS
    assert "sts:GetCallerIdentity" in capsys.readouterr().err


def test_a_profile_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(_agrees).main([*ON, "--profile", "of-another"]) == Exit.AWS
    assert "of-another" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("end", "status"), [(RefusedError("No."), Exit.REFUSED), (KeyboardInterrupt(), Exit.PARTLY)]
)
def test_an_end_before_the_end_has_its_exit_status(end: BaseException, status: Exit) -> None:
    def stop(_: Operator) -> Exit:
        raise end

    assert command(stop).main(ON) == status


def test_progress_is_told_without_a_terminal_too(capsys: pytest.CaptureFixture[str]) -> None:
    def count(operator: Operator) -> Exit:
        with operator.progress("rows read", total=3) as more:
            more(1)
            more(2)
        return Exit.DONE

    command(count).main(ON)
    assert capsys.readouterr().err.split("\n")[-2] == "✓ rows read: 3"


def test_control_characters_of_a_text_do_not_reach_the_screen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    odd = "a\x1b[2J\nb\x9b[1A"

    def tell(operator: Operator) -> Exit:
        operator.say(odd)
        operator.answer({"text": odd}, [odd])
        raise RefusedError(odd)

    for options in ([], ["--json"]):
        command(tell).main([*ON, *options])
        out, err = capsys.readouterr()
        seen = {each for each in out + err if not each.isprintable()}
        assert seen <= {"\n"}
        assert err == "a\\x1b[2J\\nb\\x9b[1A\n" * 2
        if options:
            assert json.loads(out)["text"] == odd
        else:
            assert out == "a\\x1b[2J\\nb\\x9b[1A\n"


@pytest.mark.parametrize("status", [Exit.DONE, Exit.PARTLY])
def test_a_process_ends_with_the_exit_status_of_its_command(
    status: Exit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["example", *ON])
    with pytest.raises(SystemExit) as end:
        command(lambda _: status).run()
    assert end.value.code == status


def test_a_fault_of_the_program_is_not_taken_for_nothing_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Operator) -> Exit:
        raise RuntimeError("out of order")

    monkeypatch.setattr("sys.argv", ["example", *ON])
    with pytest.raises(SystemExit) as end:
        command(fail).run()
    assert end.value.code == Exit.BROKEN
    assert "RuntimeError: out of order" in capsys.readouterr().err
