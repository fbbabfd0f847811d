"""`make republish`: each event once, with the bytes that it had, and never more than was asked."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.endpoint import Endpoint
from botocore.exceptions import EndpointConnectionError

from sms_gateway.adapters.message_item import from_item, to_item
from sms_gateway.adapters.topic import Topic
from sms_gateway.domain.status import Status
from sms_gateway.use_cases.publish_changes import PublishChanges, RowChange
from tests.fakes.builders import CLIENT, NUMBER, OTHER_CLIENT, a_message, a_sent_message
from tests.support.deployed import MESSAGES, ON, STACK, Deployed, QuickSession
from tests.support.template import TEMPLATE
from tests.tools.aws_answers import answering, no_rights, refusing
from tools.operators import republish
from tools.operators.parts.frame import Exit
from tools.operators.parts.republishing import SOURCE

YES = [*ON, "--yes"]
OTHER_NUMBER = "+40721234568"
WHOLE_DAY = ["--since", "2026-11-22", "--until", "2026-11-23"]


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that were waited, none of them really."""
    seconds: list[float] = []
    monkeypatch.setattr("tools.operators.parts.republishing.time.sleep", seconds.append)
    return seconds


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., int]:
    """Runs the command with these arguments; it notes in `tmp_path` how far it is."""
    return lambda *arguments: republish.main(
        [*YES, *arguments, "--resume-file", str(tmp_path / "resume.json")]
    )


def ids(message_id: str, number: int = 3) -> list[str]:
    return [f"{message_id}:{sequence}" for sequence in range(1, number + 1)]


# --- one message, one number -----------------------------------------------------------------


def test_the_events_of_one_message_come_again_in_their_order(
    deployed: Deployed, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.has(a_sent_message("m-1"), a_sent_message("m-2"))

    assert run("--id", "m-1") == Exit.DONE

    assert deployed.ids() == ids("m-1")
    assert capsys.readouterr().out == "3 events of 1 messages were published again.\n"


def test_what_comes_again_is_byte_for_byte_what_publish_sent(
    deployed: Deployed, run: Callable[..., int]
) -> None:
    """The change goes through the table, which keeps no order of the metadata's names."""
    metadata = {"z": "1", "a": "ă"}
    first = a_message(Status.SENDING, message_id="m-1", metadata=metadata)
    second = a_message(Status.FAILED, message_id="m-1", error_message="x", metadata=metadata)
    second = replace(
        second, history=(first.history[0], replace(second.history[1], error_message="x"))
    )
    topic = Topic(QuickSession().client("sns"), deployed.topic, lambda *_: None)
    publish = PublishChanges(topic, f"/voipit-sms-gateway/{STACK}")
    assert publish([RowChange(None, first), RowChange(first, from_item(to_item(second)))]) == set()
    before = deployed.heard()
    deployed.has(replace(second, metadata=dict(reversed(metadata.items()))))

    assert run("--id", "m-1") == Exit.DONE

    assert deployed.heard() == before
    assert len(before) == 2


def test_the_source_is_the_one_that_the_template_gives_to_publish() -> None:
    variables = TEMPLATE["Resources"]["PublishFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["EVENT_SOURCE"]["Fn::Sub"] == SOURCE.format(stack="${AWS::StackName}")


def test_an_id_of_several_clients_needs_the_client(
    deployed: Deployed, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.has(a_sent_message("m-1"), a_sent_message("m-1", client=OTHER_CLIENT))

    assert run("--id", "m-1") == Exit.REFUSED
    assert f"{CLIENT}, {OTHER_CLIENT}" in capsys.readouterr().err
    assert deployed.ids() == []

    assert run("--id", "m-1", "--client", OTHER_CLIENT) == Exit.DONE
    sources = {event.event["source"] for event in deployed.heard()}
    assert sources == {f"/voipit-sms-gateway/{STACK}/{OTHER_CLIENT}"}


def test_a_numbers_messages_are_those_of_all_clients_the_oldest_first(
    deployed: Deployed, run: Callable[..., int]
) -> None:
    another = replace(NUMBER, e164=OTHER_NUMBER)
    deployed.has(
        a_sent_message("m-2", minute=2),
        a_sent_message("m-1", minute=1, client=OTHER_CLIENT),
        a_sent_message("m-3", phone_number=another),
    )

    assert run("--number", NUMBER.e164) == Exit.DONE

    assert deployed.ids() == [*ids("m-1"), *ids("m-2")]


def test_more_messages_than_one_call_reads_are_found(
    deployed: Deployed, run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.operators.parts.rows.AT_ONCE", 2)
    deployed.has(*(a_sent_message(f"m-{n}", minute=n) for n in range(5)))

    assert run("--number", NUMBER.e164) == Exit.DONE

    assert deployed.ids() == [each for n in range(5) for each in ids(f"m-{n}")]


@pytest.mark.parametrize("written", ["0721 234 567", "+40 721-234-567"])
def test_a_number_is_read_as_people_write_it(
    deployed: Deployed, run: Callable[..., int], written: str
) -> None:
    deployed.has(a_sent_message("m-1"))

    assert run("--number", written) == Exit.DONE
    assert deployed.ids() == ids("m-1")


def test_what_is_no_number_is_refused_without_repeating_it(
    deployed: Deployed, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.has(a_sent_message("m-1"))

    assert run("--number", "0721") == Exit.USAGE
    err = capsys.readouterr().err
    assert "Nothing was published." in err
    assert "0721" not in err


def test_an_id_of_several_clients_needs_the_client_though_one_cannot_be_read(
    deployed: Deployed, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.has(a_sent_message("m-1"))
    strange = to_item(a_sent_message("m-1", client=OTHER_CLIENT)) | {"status": {"S": "later"}}
    deployed.has_row(MESSAGES, strange)

    assert run("--id", "m-1") == Exit.REFUSED
    assert f"{CLIENT}, {OTHER_CLIENT}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "planned"),
    [
        (["--id", "m-1"], {"messages": 1, "events": 3}),
        (
            WHOLE_DAY,
            {"since": "2026-11-22T00:00:00.000Z", "until": "2026-11-23T00:00:00.000Z", "rows": 1},
        ),
    ],
)
def test_a_plan_is_told_to_programs_too(
    deployed: Deployed,
    run: Callable[..., int],
    asked: list[str],
    planned: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.has(a_sent_message("m-1"))

    assert run(*asked, "--dry-run", "--json") == Exit.DONE

    told = json.loads(capsys.readouterr().out)
    assert told["dryRun"] is True
    assert {name: told[name] for name in planned} == planned
    assert deployed.ids() == []


def test_a_numbers_messages_end_with_the_first_that_sns_does_not_take(
    deployed: Deployed,
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    slept: list[float],
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.has(*(a_sent_message(f"m-{n}", minute=n) for n in range(4)))
    refusing(monkeypatch, "PublishBatch", no_rights("SNS:Publish"), after=1)

    assert run("--number", NUMBER.e164) == Exit.PARTLY

    assert deployed.ids() == ids("m-0")
    assert [pause for pause in slept if pause >= 1] == [1, 2, 4]
    assert "begins anew" in capsys.readouterr().out


@pytest.mark.parametrize("asked", [["--id", "m-1"], ["--number", OTHER_NUMBER], WHOLE_DAY])
def test_where_there_is_nothing_nothing_is_published(
    deployed: Deployed, run: Callable[..., int], asked: list[str]
) -> None:
    assert run(*asked) == Exit.NOTHING_FOUND
    assert deployed.ids() == []


@pytest.mark.parametrize(
    "asked",
    [
        [],
        ["--id", "m-1", "--number", NUMBER.e164],
        ["--id", "m-1", *WHOLE_DAY],
        ["--client", CLIENT, "--number", NUMBER.e164],
        ["--since", "2026-11-22"],
        ["--until", "2026-11-22"],
        ["--since", "2026-11-22", "--until", "2026-11-22"],
    ],
)
def test_a_question_that_is_none_changes_nothing(
    deployed: Deployed, run: Callable[..., int], asked: list[str]
) -> None:
    deployed.has(a_sent_message("m-1"))

    assert run(*asked) == Exit.USAGE
    assert deployed.ids() == []


@pytest.mark.parametrize(
    "asked",
    [
        ["--since", "yesterday"],
        ["--until", "0001-01-01T00:00+14:00"],
        ["--per-second", "0"],
        ["--per-second", "nan"],
        ["--units-per-second", "quickly"],
    ],
)
def test_a_value_that_is_none_is_explained(
    run: Callable[..., int], asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        run(*asked)
    assert end.value.code == Exit.USAGE
    assert asked[0] in capsys.readouterr().err


def test_an_event_is_found_though_a_report_recorded_later_has_set_the_rows_time_back(
    deployed: Deployed, run: Callable[..., int]
) -> None:
    """A report that has waited in the fallback queue has the time at which it came."""
    message = a_sent_message("m-1")
    first, second, report = message.history
    came = message.created_at + timedelta(minutes=5)
    history = (first, replace(second, at=came + timedelta(minutes=10)), replace(report, at=came))
    deployed.has(replace(message, history=history, updated_at=came))

    assert run("--since", "2026-11-22T14:45Z", "--until", "2026-11-22T15:00Z") == Exit.DONE

    assert deployed.ids() == ["m-1:2"]


def test_what_rows_of_an_earlier_time_have_lost_is_not_told_of(
    deployed: Deployed, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    whole = a_sent_message("m-1")
    deployed.has(replace(whole, history=whole.history[1:]), a_sent_message("m-2", minute=60))

    assert run("--since", "2026-11-22T15:00Z", "--until", "2026-11-22T16:00Z") == Exit.DONE

    assert deployed.ids() == ids("m-2")
    assert "not in the histories" not in capsys.readouterr().out


def test_a_history_that_has_lost_its_beginning_is_told_of(
    deployed: Deployed, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    whole = a_sent_message("m-1")
    deployed.has(replace(whole, history=whole.history[1:]))

    assert run("--id", "m-1") == Exit.NOTHING_FOUND
    assert "3 events are not in the histories" in capsys.readouterr().out


def test_a_row_of_a_later_release_is_named_and_the_others_are_published(
    deployed: Deployed, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.has(a_sent_message("m-1"))
    strange = to_item(a_sent_message("m-2")) | {"status": {"S": "of-a-later-release"}}
    deployed.has_row(MESSAGES, strange)

    assert run(*WHOLE_DAY) == Exit.PARTLY
    assert deployed.ids() == ids("m-1")
    assert f"m-2 of {CLIENT}" in capsys.readouterr().out

    assert run("--number", NUMBER.e164) == Exit.PARTLY
    assert deployed.ids() == ids("m-1")
    assert f"m-2 of {CLIENT}" in capsys.readouterr().out


# --- a span ----------------------------------------------------------------------------------


def test_a_span_is_told_with_its_cost_and_nothing_happens_without_a_yes(
    deployed: Deployed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.has(a_sent_message("m-1"))
    table = {"ItemCount": 1_000_000, "TableSizeBytes": 1_500_000_000}
    answering(monkeypatch, "DescribeTable", lambda _: {"Table": table})

    assert republish.main([*YES, *WHOLE_DAY, "--dry-run"]) == Exit.DONE

    said = capsys.readouterr().err
    assert "1,000,000 rows, 1,500.0 MB, 183,106 read units" in said
    assert "0.03 USD" in said
    assert "about 31 min at 100 read units a second" in said
    assert deployed.ids() == []


def test_events_of_the_span_come_again_and_no_others(
    deployed: Deployed, run: Callable[..., int]
) -> None:
    deployed.has(*(a_sent_message(f"m-{minute}", minute=minute) for minute in range(5)))
    a_long_one = a_sent_message("m-5")
    later = [
        replace(e, at=e.at.replace(minute=35 + 2 * n)) for n, e in enumerate(a_long_one.history)
    ]
    deployed.has(replace(a_long_one, history=tuple(later), updated_at=later[-1].at))

    assert run("--since", "2026-11-22T14:36Z", "--until", "2026-11-22T15:38+01:00") == Exit.DONE

    assert sorted(deployed.ids()) == [*ids("m-1"), *ids("m-2"), "m-5:2"]


def test_a_span_begins_with_its_first_moment_and_ends_before_its_last(
    deployed: Deployed, run: Callable[..., int]
) -> None:
    deployed.has(a_sent_message("m-0"), a_sent_message("m-1", minute=1))
    since, until = "2026-11-22T14:35:01.123Z", "2026-11-22T14:36:01.123Z"

    assert run("--since", since, "--until", until) == Exit.DONE

    assert sorted(deployed.ids()) == ["m-0:2", "m-0:3", "m-1:1"]


def test_every_event_of_many_pages_comes_once(
    deployed: Deployed,
    run: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("tools.operators.parts.whole_table._PAGE", 5)
    deployed.has(*(a_sent_message(f"m-{n:02}", minute=n) for n in range(12)))

    assert run(*WHOLE_DAY, "--json") == Exit.DONE

    assert sorted(deployed.ids()) == [each for n in range(12) for each in ids(f"m-{n:02}")]
    told = json.loads(capsys.readouterr().out)
    assert (told["rowsRead"], told["messages"], told["published"]) == (12, 12, 36)
    assert list(tmp_path.iterdir()) == []


class KilledError(BaseException):
    """The process ends, whatever it is doing."""


@pytest.mark.parametrize("calls", range(5))
def test_a_run_that_was_killed_goes_on_and_does_not_begin_anew(  # noqa: PLR0913, PLR0917  fixtures
    deployed: Deployed,
    run: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    calls: int,
) -> None:
    monkeypatch.setattr("tools.operators.parts.whole_table._PAGE", 5)
    deployed.has(*(a_sent_message(f"m-{n:02}", minute=n) for n in range(12)))
    expected = {each for n in range(12) for each in ids(f"m-{n:02}")}

    def kill(topic: Topic, chunk: Any) -> set[int]:
        nonlocal calls
        failed = publish(topic, chunk)
        if not calls:
            raise KilledError
        calls -= 1
        return failed

    publish = Topic._publish  # noqa: SLF001  the one place
    with monkeypatch.context() as until_then:
        until_then.setattr(Topic, "_publish", kill)
        with pytest.raises(KilledError):
            run(*WHOLE_DAY)
    heard = deployed.ids()
    assert run(*WHOLE_DAY) == Exit.DONE
    rest = deployed.ids()

    assert {*heard, *rest} == expected
    assert len(heard) + len(rest) - len(expected) <= 10, "what stood in one call"
    assert ("goes on where" in capsys.readouterr().err) == (len(heard) > 10)
    assert list(tmp_path.iterdir()) == []


def test_the_file_of_another_run_is_not_used(
    deployed: Deployed,
    run: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.has(a_sent_message("m-1"))
    for text in (
        '{"about": {}, "lastKey": {}, "published": 1, "unreadable": []}',
        "not JSON",
        "[]",
    ):
        (tmp_path / "resume.json").write_text(text)

        assert run(*WHOLE_DAY) == Exit.REFUSED
        assert "--resume-file" in capsys.readouterr().err
    assert deployed.ids() == []


def test_the_usual_file_is_the_same_for_the_same_span_of_the_same_stack(
    deployed: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.operators.parts.republishing.LOCAL_FILES", tmp_path)
    deployed.has(*(a_sent_message(f"m-{n}") for n in range(8)))
    refusing(monkeypatch, "PublishBatch", no_rights("SNS:Publish"), after=1)

    assert republish.main([*YES, *WHOLE_DAY]) == Exit.PARTLY

    (file,) = tmp_path.iterdir()
    assert (
        file.name
        == f"republish-{STACK}-eu-central-1-2026-11-22T000000000Z-2026-11-23T000000000Z.json"
    )
    assert file.stat().st_mode & 0o777 == 0o600
    assert NUMBER.e164 not in file.read_text()


def test_the_table_is_read_at_the_pace_that_was_asked_for(
    deployed: Deployed, run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.operators.parts.whole_table._PAGE", 1)
    spent: list[float] = []
    monkeypatch.setattr("tools.operators.parts.pace.time.sleep", spent.append)
    monkeypatch.setattr("tools.operators.parts.pace.time.monotonic", lambda: 1000.0 + sum(spent))
    deployed.has(*(a_sent_message(f"m-{n}") for n in range(4)))

    assert run(*WHOLE_DAY, "--units-per-second", "0.5", "--per-second", "1000") == Exit.DONE

    assert sum(spent) >= 4, "a unit or a half each, and the last of them not waited for"


# --- what SNS does not take ------------------------------------------------------------------


def test_events_are_published_at_the_pace_that_was_asked_for(
    deployed: Deployed, run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    spent: list[float] = []
    monkeypatch.setattr("tools.operators.parts.pace.time.sleep", spent.append)
    monkeypatch.setattr("tools.operators.parts.pace.time.monotonic", lambda: 1000.0 + sum(spent))
    deployed.has(*(a_sent_message(f"m-{n}") for n in range(10)))

    assert run("--number", NUMBER.e164, "--per-second", "3") == Exit.DONE

    assert sum(spent) == pytest.approx(9)


def test_what_sns_does_not_take_at_first_is_published_with_growing_pauses(
    deployed: Deployed,
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    slept: list[float],
) -> None:
    deployed.has(a_sent_message("m-1"))
    call = Topic._publish  # noqa: SLF001  the one place
    refusals = iter([{0, 2}, {1}])

    def publish(topic: Topic, chunk: Any) -> set[int]:
        failed = next(refusals, set())
        taken = [entry for entry in chunk if entry.position not in failed]
        return failed | call(topic, taken)

    monkeypatch.setattr(Topic, "_publish", publish)

    assert run("--id", "m-1", "--per-second", "1000000") == Exit.DONE

    assert deployed.ids() == ["m-1:2", "m-1:1", "m-1:3"]
    assert [pause for pause in slept if pause >= 1] == [1, 2]


def test_what_sns_does_not_take_at_all_is_named_and_the_next_run_goes_on(
    deployed: Deployed,
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.has(*(a_sent_message(f"m-{n}") for n in range(8)))
    with monkeypatch.context() as until_then:
        refusing(until_then, "PublishBatch", no_rights("SNS:Publish"), after=1)

        assert run(*WHOLE_DAY) == Exit.PARTLY
    said = capsys.readouterr().out
    assert "SNS did not take" in said
    assert "once more goes on" in said
    heard = deployed.ids()
    assert len(heard) == 9

    assert run(*WHOLE_DAY) == Exit.DONE
    assert sorted(heard + deployed.ids()) == [each for n in range(8) for each in ids(f"m-{n}")]
    assert "Runs before this one had published 9." in capsys.readouterr().out


def test_why_sns_does_not_take_it_is_told(
    deployed: Deployed, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.has(a_sent_message("m-1"))
    QuickSession().client("sns").delete_topic(TopicArn=deployed.topic)

    assert run("--id", "m-1", "--json") == Exit.PARTLY
    told = json.loads(capsys.readouterr().out)
    assert (told["published"], told["notTaken"]) == (0, ids("m-1"))

    assert run("--id", "m-1") == Exit.PARTLY
    assert "NotFound" in capsys.readouterr().out


def test_an_sns_that_does_not_answer_is_told_too(
    deployed: Deployed,
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.has(a_sent_message("m-1"))
    error = EndpointConnectionError(endpoint_url="https://sns.invalid")
    call = Endpoint._get_response  # type: ignore[attr-defined]  # noqa: SLF001  the one place

    def get(endpoint: Endpoint, request: Any, model: Any, context: Any) -> Any:
        if model.name == "PublishBatch":
            return None, error
        return call(endpoint, request, model, context)

    monkeypatch.setattr(Endpoint, "_get_response", get)

    assert run("--id", "m-1") == Exit.PARTLY
    assert "https://sns.invalid" in capsys.readouterr().out


def test_what_sns_refuses_for_good_is_named_and_no_obstacle(
    deployed: Deployed,
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.has(*(a_sent_message(f"m-{n}") for n in range(8)))
    answer = {"Id": "0", "Code": "InvalidParameter", "Message": "too odd", "SenderFault": True}
    answering(monkeypatch, "PublishBatch", lambda _: {"Successful": [], "Failed": [answer]})

    assert run(*WHOLE_DAY, "--json") == Exit.PARTLY

    told = json.loads(capsys.readouterr().out)
    assert (told["published"], len(told["refused"]), told["notTaken"]) == (21, 3, [])


def test_a_table_that_refuses_ends_the_command(
    deployed: Deployed,
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.has(a_sent_message("m-1"))
    for operation, asked in [
        ("Scan", WHOLE_DAY),
        ("DescribeTable", WHOLE_DAY),
        ("Query", ["--id", "m-1"]),
        ("BatchGetItem", ["--number", NUMBER.e164]),
    ]:
        with monkeypatch.context() as until_then:
            refusing(until_then, operation, no_rights(f"dynamodb:{operation}"))
            assert run(*asked) == Exit.AWS
        assert f"dynamodb:{operation}" in capsys.readouterr().err
    assert deployed.ids() == []
