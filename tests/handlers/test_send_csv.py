"""The program that sends files and the functions that answer it mean the same."""

from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from sms_gateway.adapters.message_item import key_attributes
from sms_gateway.domain.message_id import MessageKey
from tests.handlers.cloud import Cloud
from tests.handlers.lambdas import Function
from tests.handlers.over_http import Functions
from tests.handlers.voipit import FakeVoipit
from tests.support.samples import API_KEY_ID, OTHER_CLIENT
from tools.bulk import Bulk, Plan
from tools.bulk_check import check
from tools.csv_results import Result, ResultFile
from tools.csv_rows import Row, read_sheet

ROWS: Final = [
    *(Row(line, f"0721 000 {line:03}", f"Comanda {line} este gata.") for line in range(2, 12)),
    Row(12, "0721 00", "A number with digits missing."),
    Row(13, "0721 000 200", "x" * 161),
    Row(14, "0721-000-002", "Comanda 2 este gata."),
    *(Row(15 + n, "0721 000 300", f"Comanda {n} este gata.") for n in range(12)),
    Row(27, "0721 000 201", "Comanda ta a fost livrată".encode().decode("cp1252")),
]
REFUSED: Final = {
    12: "invalid-phone-number",
    13: "text-too-long",
    25: "recipient-limit-reached",
    26: "recipient-limit-reached",
    27: "mis-decoded-text",
}


class Watcher:
    def done(self, rows: int) -> None:
        assert rows >= 0

    def pausing(self, why: str, seconds: float) -> None:
        pytest.fail(f"{why}: {seconds}")


def a_run(folder: Path, send: Function, status: Function, client: str = API_KEY_ID) -> Bulk:
    """One run of the program, with this client's key."""
    gateway = Functions(send, status, client).gateway(on_pause=Watcher().pausing)
    file = ResultFile(folder / "people.csv.results.csv", ",")
    plan, (known, elsewhere) = Plan.of(ROWS, "people.csv"), file.read(gateway.url)
    bulk = Bulk(plan, known, elsewhere, file, gateway, Watcher(), wait=0.0, sleep=lambda _: None)
    bulk.rewrite()
    bulk.send()
    return bulk


@pytest.mark.usefixtures("clock")
def test_a_file_is_sent_once_however_often_it_is_sent(  # noqa: PLR0913, PLR0917  what pytest hands in, all by name
    tmp_path: Path,
    send: Function,
    status: Function,
    dispatch: Function,
    cloud: Cloud,
    voipit: FakeVoipit,
) -> None:
    first = a_run(tmp_path, send, status)
    assert {r.line: r.problem.rpartition(":")[2] for r in first.results() if r.problem} == REFUSED
    assert len(cloud.rows()) == 20

    (tmp_path / "people.csv.results.csv").unlink()
    second = a_run(tmp_path, send, status)

    assert second.results() == first.results()
    assert len(cloud.rows()) == 20
    dispatch.invoke({"Records": cloud.waiting(cloud.dispatch_queue)})
    assert len(voipit.taken) == 20
    for row in cloud.rows():
        cloud.clients.dynamodb.update_item(
            TableName="Messages",
            Key=key_attributes(MessageKey(row["client"], row["messageId"])),
            UpdateExpression="SET #status = :sent",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":sent": {"S": "sent"}},
        )

    second.follow()

    by_line = {result.line: result.status for result in second.results()}
    assert {line for line, status in by_line.items() if status == "refused"} == set(REFUSED)
    assert [line for line, status in by_line.items() if status == "duplicate"] == [14]
    assert list(by_line.values()).count("sent") == 20


@pytest.mark.usefixtures("clock")
def test_a_file_is_checked_as_the_functions_would_take_it(
    tmp_path: Path, send: Function, status: Function, cloud: Cloud
) -> None:
    gateway = Functions(send, status).gateway(on_pause=Watcher().pausing)
    cloud.suppress("+40721000003")
    path = tmp_path / "people.csv"
    lines = [f"{row.number};{row.message}" for row in [*ROWS, Row(28, "+40721000004", "Da")]]
    path.write_text("\n".join(["Telefon;Mesaj", *lines]), encoding="utf-8")
    sheet = read_sheet(path)
    plan = Plan.of(sheet.rows, path.name)

    findings = check(plan, sheet, plan.rows.keys(), gateway, Watcher())

    assert [(fault.line, fault.column, fault.sentence) for fault in findings.wrong] == [
        (
            3,
            "Telefon",
            (
                "This number is on the do-not-contact list. Do not text it, unless its owner agrees"
                " to be texted again and you take it off the list."
            ),
        ),
        (12, "Telefon", "No phone has this number. Check its digits and its country code."),
        (
            13,
            "Mesaj",
            "The message takes 161 characters of an SMS; there is room for 160. Shorten it.",
        ),
        (
            27,
            "Mesaj",
            (
                "The message seems to be text in UTF-8 that a program has read as Windows-1252 or"
                " Windows-1250: Äƒ at position 25 (probably ă). Have the program read it as"
                " UTF-8, or save the file as UTF-8 again from where the text is still right,"
                " and send that."
            ),
        ),
    ]
    assert (findings.one_person, findings.rounded) == ([[4, 28]], [])
    assert cloud.rows() == []


@pytest.mark.usefixtures("clock")
def test_the_same_rows_of_two_clients_are_both_sent_under_the_same_ids(  # noqa: PLR0913, PLR0917  what pytest hands in, all by name
    tmp_path: Path,
    send: Function,
    status: Function,
    dispatch: Function,
    cloud: Cloud,
    voipit: FakeVoipit,
) -> None:
    """Each keeps its results in a folder of its own, as on two desks of one company."""
    folders = {client: tmp_path / client for client in (API_KEY_ID, OTHER_CLIENT)}
    few: dict[str, list[Result]] = {}
    for client, folder in folders.items():
        folder.mkdir()
        few[client] = a_run(folder, send, status, client).results()[:10]

    ours, theirs = few.values()
    assert [r.message_id for r in ours] == [r.message_id for r in theirs]
    assert [r.status for r in theirs] == ["queued"] * 10
    sent = {r.message_id for r in ours}
    rows = {(row["client"], row["messageId"]) for row in cloud.rows()}
    assert {client for client, message_id in rows if message_id in sent} == set(folders)
    dispatch.invoke({"Records": cloud.waiting(cloud.dispatch_queue)})
    handed = Counter(form["messageId"] for form in voipit.taken)
    assert {handed[message_id] for message_id in sent} == {2}


@pytest.mark.usefixtures("clock")
def test_results_that_another_key_has_written_here_are_not_sent_again(
    tmp_path: Path, send: Function, status: Function, cloud: Cloud
) -> None:
    """The file knows gateways, not keys: a new key of the same sender must not send twice."""
    first = a_run(tmp_path, send, status)
    second = a_run(tmp_path, send, status, OTHER_CLIENT)

    assert [r.message_id for r in second.results()] == [r.message_id for r in first.results()]
    taken = {r.message_id for r in first.results() if r.is_taken}
    theirs = {row["messageId"] for row in cloud.rows() if row["client"] == OTHER_CLIENT}
    assert not theirs & taken
