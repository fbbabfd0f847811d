"""`callback`: first whether the URL is ours, then the write, then the acknowledgement.

What the table cannot take is kept in a queue, which `callback` reads as well.
"""

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from sms_gateway.adapters.message_item import key_attributes
from sms_gateway.adapters.secrets import LOOK_UPS_AT_ONCE
from sms_gateway.domain.callback_url import CallbackKey, mint_callback_url
from sms_gateway.domain.message_id import MessageKey
from tests.handlers.cloud import Calls, Cloud
from tests.handlers.lambdas import Answer, Function
from tests.handlers.output import Output
from tests.support.samples import (
    API_KEY_ID,
    KEY,
    MESSAGE_ID,
    NOTHING_FAILED,
    NUMBER,
    OTHER_CLIENT,
    SIGNING_KEY,
    failures,
    image,
    sample,
)

REPORT = {"apiName": "sms", "type": "deliveryReport", "status": "sent", "id": MESSAGE_ID}
KEPT = [json.loads(record["body"]) for record in sample("callback-kept-reports")["Records"]]


@pytest.fixture(autouse=True)
def submitted(cloud: Cloud) -> None:
    """The message of the sample events, which Voipit has taken."""
    cloud.store(image(1))


def a_report(path: str | None = None, **values: str) -> dict[str, Any]:
    """The sample form with other values, come in at another path."""
    event = sample("callback-form")
    body = base64.b64encode(urlencode(REPORT | values).encode()).decode()
    return event | {"body": body, "rawPath": path or event["rawPath"]}


def acknowledged(answer: Answer) -> bool:
    assert answer.headers["content-type"] == "application/json"
    return (answer.status, answer.body) == (200, {"type": "ok"})


def refused(answer: Answer, status: int) -> bool:
    assert answer.body["type"] == "Error"
    assert answer.body["code"] == str(answer.status)
    return answer.status == status


@pytest.mark.parametrize(
    "event",
    [
        "callback-form",
        "callback-multipart",
        "callback-json",
        "callback-get",
        "callback-json-as-text",
        "callback-multipart-preamble",
        "callback-query-beside-body",
    ],
)
def test_a_report_is_recorded_however_it_is_sent(
    callback: Function, cloud: Cloud, output: Output, event: str
) -> None:
    assert acknowledged(callback(sample(event)))
    row = cloud.row(MESSAGE_ID)
    assert (row["status"], row["version"], row["report"]["status"]) == ("sent", 3, "sent")
    assert output.counted() == {"ReportRecorded": 1}


def test_an_error_report_is_recorded_with_voipits_words(callback: Function, cloud: Cloud) -> None:
    assert acknowledged(callback(sample("callback-error-report")))
    row = cloud.row(MESSAGE_ID)
    assert (row["status"], row["reason"]) == ("failed", "transmission-error")
    assert row["errorMessage"] == "The destination +40721234567 is not reachable."


def test_a_report_is_understood_through_noise(
    callback: Function, cloud: Cloud, output: Output
) -> None:
    assert acknowledged(callback(sample("callback-noisy-form")))
    row = cloud.row(MESSAGE_ID)
    assert (row["status"], row["reason"]) == ("failed", "transmission-error")
    assert row["errorMessage"] == "Număr greşit"
    assert output.counted() == {"ReportRecorded": 1}


def test_the_words_of_a_report_can_be_told_to_others(callback: Function, cloud: Cloud) -> None:
    words = "no\ufffe route\uffff to\ufdd0 \U0001fffethe\x00 network\r\n"
    assert acknowledged(callback(a_report(status="error", errorMessage=words)))
    assert cloud.row(MESSAGE_ID)["errorMessage"] == "no  route  to   the  network"


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(sample("callback-wrong-signature")["rawPath"], id="a wrong signature"),
        pytest.param(
            sample("callback-form")["rawPath"].replace(MESSAGE_ID, "order-1043"),
            id="the signature of another message",
        ),
        pytest.param(
            sample("callback-form")["rawPath"].replace("/1/", "/2/"),
            id="the signature of another attempt",
        ),
        pytest.param(
            sample("callback-form")["rawPath"].replace(API_KEY_ID, OTHER_CLIENT),
            id="the signature of another client",
        ),
        pytest.param(
            sample("callback-form")["rawPath"].removeprefix(f"/{API_KEY_ID}"),
            id="no client",
        ),
        pytest.param(mint_callback_url("", KEY, 1, CallbackKey("a guess")), id="a guessed key"),
        pytest.param(f"/{API_KEY_ID}/{MESSAGE_ID}/1", id="no signature"),
        pytest.param("/", id="no path at all"),
        pytest.param("/.env", id="a scanner's path"),
    ],
)
def test_a_url_that_is_not_ours_is_forbidden_and_the_table_is_not_touched(
    callback: Function, calls: Calls, cloud: Cloud, output: Output, path: str
) -> None:
    assert refused(callback(a_report(path)), 403)
    assert calls.of("dynamodb") == []
    assert cloud.row(MESSAGE_ID)["status"] == "submitted"
    assert output.counted() == {"CallbackRefused": 1}


def test_strangers_who_guess_keys_do_not_cost_a_look_up_each(
    callback: Function, calls: Calls, output: Output
) -> None:
    answers = [
        callback(a_report(mint_callback_url("", KEY, 1, CallbackKey(f"guess {guess}"))))
        for guess in range(20)
    ]
    assert calls.made == ["secretsmanager:GetSecretValue"] * 2 * (1 + LOOK_UPS_AT_ONCE)
    assert [refused(answer, 403) for answer in answers] == [True] * 20
    assert output.counted() == {"CallbackRefused": 20}


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(f"/{KEY.client}/{MESSAGE_ID}/1/", id="no signature"),
        pytest.param(
            f"/{KEY.client}/{MESSAGE_ID}/1/0123456789abcdef.{'A' * 22}", id="a long key id"
        ),
        pytest.param(
            f"/{KEY.client}/{MESSAGE_ID}/1/0123ABCD.{'A' * 22}", id="a key id in capitals"
        ),
        pytest.param(f"/{KEY.client}/{MESSAGE_ID}/1/01234567.AAAA", id="a short signature"),
        pytest.param(f"/{KEY.client}/{MESSAGE_ID}/1/01234567.{'A' * 23}", id="a long signature"),
        pytest.param("/wp-content/1/index.php", id="a scanner's path"),
    ],
)
def test_a_url_that_has_not_even_our_shape_costs_no_look_up(
    callback: Function, calls: Calls, path: str
) -> None:
    assert refused(callback(a_report(path)), 403)
    assert calls.made == []


def test_a_url_signed_with_a_key_that_was_made_a_moment_ago_counts(
    callback: Function, cloud: Cloud
) -> None:
    """Although this process has read both stages just now."""
    callback(
        sample("callback-form") | {"rawPath": f"/{KEY.client}/{MESSAGE_ID}/1/01234567.{'A' * 22}"}
    )
    cloud.rotate_signing_key("the next signing key")
    path = mint_callback_url("", KEY, 1, CallbackKey("the next signing key"))
    assert acknowledged(callback(a_report(path)))
    assert cloud.row(MESSAGE_ID)["status"] == "sent"


def test_a_url_signed_before_the_key_was_rotated_still_counts(
    callback: Function, cloud: Cloud
) -> None:
    cloud.rotate_signing_key("the next signing key")
    assert acknowledged(callback(sample("callback-form")))
    assert cloud.row(MESSAGE_ID)["status"] == "sent"


def test_a_url_signed_two_keys_ago_does_not(callback: Function, cloud: Cloud) -> None:
    cloud.rotate_signing_key("the next signing key")
    cloud.rotate_signing_key("and the one after")
    assert refused(callback(sample("callback-form")), 403)


def test_a_path_that_was_percent_encoded_on_the_way_is_ours_still(
    callback: Function, cloud: Cloud
) -> None:
    path = sample("callback-form")["rawPath"].replace("order-1042", "order%2D1042")
    assert acknowledged(callback(a_report(path)))
    assert cloud.row(MESSAGE_ID)["status"] == "sent"


def test_a_repeated_report_is_acknowledged_and_changes_nothing(
    callback: Function, cloud: Cloud, output: Output
) -> None:
    callback(sample("callback-form"))
    before = cloud.row(MESSAGE_ID)
    assert acknowledged(callback(sample("callback-json")))
    assert cloud.row(MESSAGE_ID) == before
    assert output.counted() == {"ReportRecorded": 1, "ReportRepeated": 1}


def test_a_contradicting_report_is_acknowledged_and_kept_and_the_first_one_stays(
    callback: Function, cloud: Cloud, output: Output
) -> None:
    callback(sample("callback-form"))
    before = cloud.row(MESSAGE_ID)
    assert acknowledged(callback(sample("callback-error-report")))
    after = cloud.row(MESSAGE_ID)
    assert after.pop("contradictions") == 1
    assert [report["status"] for report in after.pop("contradictingReports")] == ["error"]
    assert after == before
    assert output.counted()["ReportContradicting"] == 1


def test_a_status_we_do_not_know_is_acknowledged_and_counted_and_the_table_is_not_touched(
    callback: Function, calls: Calls, output: Output
) -> None:
    assert acknowledged(callback(sample("callback-unknown-status")))
    assert calls.of("dynamodb") == []
    assert output.counted() == {"ReportDroppedUnknownStatus": 1}
    assert output.line("report dropped")["why"] == "an unknown status"


@pytest.mark.parametrize(
    ("words", "counted"),
    [
        ({"apiName": "callNotification"}, {"ReportApiNameDiffers"}),
        ({"apiName": " "}, {"ReportApiNameDiffers"}),
        ({"type": "incoming"}, {"ReportTypeDiffers"}),
        ({"type": ""}, {"ReportTypeDiffers"}),
        ({"id": ""}, {"ReportIdDiffers"}),
        ({"id": "1042", "type": ""}, {"ReportIdDiffers", "ReportTypeDiffers"}),
        ({"status": "error", "apiName": "call"}, {"ReportApiNameDiffers"}),
    ],
    ids=str,
)
def test_a_known_status_is_recorded_whatever_stands_beside_it_and_what_is_odd_is_counted(
    callback: Function, cloud: Cloud, output: Output, words: dict[str, str], counted: set[str]
) -> None:
    assert acknowledged(callback(a_report(**words)))
    assert cloud.row(MESSAGE_ID)["report"]["status"] == words.get("status", "sent")
    assert output.counted() == {"ReportRecorded": 1} | dict.fromkeys(counted, 1)


def test_a_status_alone_is_recorded(callback: Function, cloud: Cloud, output: Output) -> None:
    assert acknowledged(callback(sample("callback-status-alone")))
    assert cloud.row(MESSAGE_ID)["status"] == "sent"
    assert output.counted() == {
        "ReportRecorded": 1,
        "ReportApiNameDiffers": 1,
        "ReportTypeDiffers": 1,
        "ReportIdDiffers": 1,
    }


def test_a_notification_in_the_name_of_another_api_is_recorded(
    callback: Function, cloud: Cloud, output: Output
) -> None:
    assert acknowledged(callback(sample("callback-other-api")))
    assert cloud.row(MESSAGE_ID)["status"] == "sent"
    assert output.counted() == {"ReportRecorded": 1, "ReportApiNameDiffers": 1}


def test_two_statuses_that_contradict_each_other_are_neither_recorded_nor_acknowledged(
    callback: Function, calls: Calls, output: Output
) -> None:
    answer = callback(sample("callback-two-statuses"))
    assert refused(answer, 400)
    assert answer.body["field"] == "status"
    assert answer.body["message"] == "status says both sent and error. Send one of them."
    assert calls.of("dynamodb") == []
    assert output.counted() == {"ReportDroppedTwoStatuses": 1}


def test_a_report_about_a_message_that_is_gone_is_acknowledged_and_makes_no_row(
    callback: Function, cloud: Cloud, output: Output
) -> None:
    path = mint_callback_url("", MessageKey(API_KEY_ID, "order-0001"), 1, CallbackKey(SIGNING_KEY))
    assert acknowledged(callback(a_report(path, id="order-0001")))
    assert [row["messageId"] for row in cloud.rows()] == [MESSAGE_ID]
    assert output.counted() == {"ReportForUnknownMessage": 1}


def test_a_report_is_recorded_with_the_client_of_its_url_and_with_no_other(
    callback: Function, cloud: Cloud
) -> None:
    theirs = MessageKey(OTHER_CLIENT, MESSAGE_ID)
    cloud.store(image(1) | key_attributes(theirs))
    path = mint_callback_url("", theirs, 1, CallbackKey(SIGNING_KEY))
    assert acknowledged(callback(a_report(path)))
    assert {row["client"]: row["status"] for row in cloud.rows()} == {
        API_KEY_ID: "submitted",
        OTHER_CLIENT: "sent",
    }


def test_a_kept_report_is_recorded_with_its_own_client_and_with_no_other(
    callback: Function, cloud: Cloud
) -> None:
    cloud.store(image(1) | key_attributes(MessageKey(OTHER_CLIENT, MESSAGE_ID)))
    callback.invoke(sample("callback-kept-reports"))
    assert {row["client"]: row["status"] for row in cloud.rows()} == {
        API_KEY_ID: "sent",
        OTHER_CLIENT: "submitted",
    }


def test_a_report_that_names_another_id_is_recorded_where_its_url_says(
    callback: Function, cloud: Cloud, output: Output
) -> None:
    assert acknowledged(callback(a_report(id="ORDER-1042")))
    assert cloud.row(MESSAGE_ID)["status"] == "sent"
    assert output.counted() == {"ReportIdDiffers": 1, "ReportRecorded": 1}


def test_a_report_that_overtakes_our_own_write_stands(callback: Function, cloud: Cloud) -> None:
    cloud.store(image(0))
    assert cloud.row(MESSAGE_ID)["status"] == "sending"
    assert acknowledged(callback(sample("callback-form")))
    assert cloud.row(MESSAGE_ID)["status"] == "sent"


@pytest.mark.parametrize(
    "event", [sample("callback-without-status"), a_report(status=" ")], ids=["none", "blank"]
)
def test_a_report_without_its_status_is_refused_by_name(
    callback: Function, calls: Calls, output: Output, event: dict[str, Any]
) -> None:
    answer = callback(event)
    assert refused(answer, 400)
    assert answer.body["field"] == "status"
    assert answer.body["message"] == "status is missing. Send it with the value sent or error."
    assert calls.of("dynamodb") == []
    assert output.counted() == {"ReportDroppedNoStatus": 1}


@pytest.mark.parametrize(
    ("event", "body"),
    [
        pytest.param("callback-json", "{", id="broken JSON"),
        pytest.param(
            "callback-multipart",
            base64.b64encode(
                b"--------------------------5d7a0c1e9b3f2468\r\nno header\r\n\r\n"
            ).decode(),
            id="a broken form",
        ),
        pytest.param("callback-form", "%%%", id="not the base64 it claims to be"),
        pytest.param(
            "callback-form", base64.b64encode(b"a" * 70_000).decode(), id="a body too large"
        ),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    callback: Function, output: Output, event: str, body: str
) -> None:
    answer = callback(sample(event) | {"body": body})
    assert refused(answer, 400)
    assert answer.body["field"] == "body"
    assert output.counted() == {"ReportDroppedUnreadable": 1}


@pytest.mark.parametrize(
    "services",
    [
        pytest.param(["dynamodb", "sqs"], id="neither the table nor the fallback queue answers"),
        pytest.param(["secretsmanager"], id="nobody knows whether the URL is ours"),
    ],
)
def test_what_can_be_kept_nowhere_is_not_acknowledged(
    callback: Function, calls: Calls, output: Output, services: list[str]
) -> None:
    for service in services:
        calls.does_not_answer(service)
    assert refused(callback(sample("callback-form")), 503)
    assert output.counted() == {"CallbackUnavailable": 1}


@pytest.mark.parametrize(
    ("event", "documented"), [("callback-form", KEPT[0]), ("callback-error-report", KEPT[1])]
)
def test_a_report_that_the_table_cannot_take_is_kept_in_the_fallback_queue_and_acknowledged(
    callback: Function, cloud: Cloud, output: Output, event: str, documented: dict[str, Any]
) -> None:
    cloud.calls.does_not_answer("dynamodb")
    assert acknowledged(callback(sample(event)))
    assert output.counted() == {"ReportKept": 1}
    (kept,) = [json.loads(record["body"]) for record in cloud.waiting(cloud.fallback_queue)]
    assert kept["messageId"] == MESSAGE_ID
    assert kept["report"]["status"] == documented["report"]["status"]
    assert (set(kept), set(kept["report"])) == (set(documented), set(documented["report"]))


def test_nothing_is_kept_in_the_fallback_queue_while_the_table_answers(
    callback: Function, calls: Calls
) -> None:
    for event in ("callback-form", "callback-json", "callback-unknown-status"):
        assert acknowledged(callback(sample(event)))
    assert calls.enqueued == []


def test_what_was_kept_is_recorded_once_the_table_answers_again(
    callback: Function, calls: Calls, cloud: Cloud, output: Output
) -> None:
    calls.does_not_answer("dynamodb")
    callback(sample("callback-form"))
    assert cloud.row(MESSAGE_ID)["status"] == "submitted"
    calls.forget()
    kept = {"Records": cloud.waiting(cloud.fallback_queue)}
    assert callback.invoke(kept) == NOTHING_FAILED
    row = cloud.row(MESSAGE_ID)
    assert (row["status"], row["version"], row["report"]["attempt"]) == ("sent", 3, 1)
    assert output.counted() == {"ReportKept": 1, "ReportRecorded": 1}


def test_kept_reports_are_recorded_as_of_the_time_they_came_in(
    callback: Function, cloud: Cloud, output: Output
) -> None:
    cloud.store(image(2))
    assert callback.invoke(sample("callback-kept-reports")) == NOTHING_FAILED
    sent, failed = cloud.row(MESSAGE_ID), cloud.row("order-1043")
    assert (sent["status"], sent["updatedAt"]) == ("sent", "2026-11-22T15:00:02.456Z")
    assert (failed["status"], failed["reason"]) == ("failed", "transmission-error")
    assert failed["errorMessage"] == "The destination +40799000001 is not reachable."
    assert output.counted() == {"ReportRecorded": 2}


def test_kept_reports_that_come_again_change_nothing(
    callback: Function, cloud: Cloud, output: Output
) -> None:
    kept = {"Records": sample("callback-kept-reports")["Records"][:1]}
    callback.invoke(kept)
    before = cloud.row(MESSAGE_ID)
    assert callback.invoke(kept) == NOTHING_FAILED
    assert cloud.row(MESSAGE_ID) == before
    assert output.counted() == {"ReportRecorded": 1, "ReportRepeated": 1}


def test_a_kept_report_does_not_need_the_signing_key(callback: Function, calls: Calls) -> None:
    """Its URL was checked when it came in; the key may have been rotated twice since."""
    callback.invoke(sample("callback-kept-reports"))
    assert calls.of("secretsmanager") == []


def test_kept_reports_stay_in_the_queue_while_the_table_does_not_answer(
    callback: Function, calls: Calls, cloud: Cloud, output: Output
) -> None:
    calls.does_not_answer("dynamodb")
    event = sample("callback-kept-reports")
    assert callback.invoke(event) == failures(*event["Records"])
    assert cloud.row(MESSAGE_ID)["status"] == "submitted"
    assert calls.enqueued == [], "what is in the queue is not put there again"
    assert output.counted() == {"QueueMessageFailed": 2, "StoreUnavailable": 2}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("not JSON", id="no JSON"),
        pytest.param('{"messageId": "order-1042"}', id="no report"),
        pytest.param(json.dumps(KEPT[0]).replace("sent", "read"), id="an unknown status"),
    ],
)
def test_a_kept_report_that_cannot_be_read_fails_alone(
    callback: Function, cloud: Cloud, body: str
) -> None:
    event = sample("callback-kept-reports")
    event["Records"][1]["body"] = body
    assert callback.invoke(event) == failures(event["Records"][1])
    assert cloud.row(MESSAGE_ID)["status"] == "sent"


@pytest.mark.parametrize("method", ["PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "get"])
def test_another_method_is_refused_and_told_what_is_allowed(
    callback: Function, calls: Calls, output: Output, method: str
) -> None:
    event = sample("callback-put")
    event["requestContext"]["http"]["method"] = method
    answer = callback(event)
    assert refused(answer, 405)
    assert answer.headers["allow"] == "GET, POST"
    assert answer.headers["content-type"] == "application/json"
    assert calls.of("dynamodb") == []
    assert output.counted() == {"ReportDroppedMethod": 1}


def test_another_method_at_a_url_that_is_not_ours_learns_nothing_from_it(
    callback: Function,
) -> None:
    event = sample("callback-put") | {"rawPath": sample("callback-wrong-signature")["rawPath"]}
    assert refused(callback(event), 403)


def test_a_surprise_is_500_and_its_words_are_logged_without_the_number(
    callback: Function, calls: Calls, output: Output
) -> None:
    calls.trouble["dynamodb"] = RuntimeError(f"cannot find {NUMBER}")
    assert refused(callback(sample("callback-form")), 500)
    assert "cannot find [number]" in output.everything()
    assert output.counted() == {"UnexpectedError": 1}
