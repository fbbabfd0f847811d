from dataclasses import replace

from sms_gateway.domain.status import Status, Trigger
from sms_gateway.use_cases.publish_changes import PublishChanges, RowChange
from tests.fakes.builders import a_change, a_message, a_report
from tests.fakes.gateway import FakeGateway
from tests.fakes.publisher import FakePublisher

CREATED = RowChange(None, a_message())
CHANGED = RowChange(a_message(), a_message(Status.SUBMITTED))
NOTED = RowChange(
    a_message(Status.SENT), replace(a_message(Status.SENT), contradicting_reports=(a_report(),))
)


def test_a_new_message_is_told_without_a_previous_status() -> None:
    publisher = FakePublisher()

    assert PublishChanges(publisher, "//sms.test")([CREATED]) == set()

    [(event, client)] = publisher.published
    assert (event["id"], event["type"]) == ("appointment-17:1", "sms.message.sending")
    assert (event["source"], client) == ("//sms.test/clinic", "clinic")
    assert "previousStatus" not in event["data"]


def test_a_change_is_told_with_the_status_before() -> None:
    publisher = FakePublisher()

    PublishChanges(publisher, "s")([CHANGED])

    [(event, _)] = publisher.published
    assert (event["id"], event["data"]["previousStatus"]) == ("appointment-17:2", "sending")


def test_a_second_try_is_told_although_the_status_was_there_before() -> None:
    queued = a_message(Status.QUEUED)
    publisher = FakePublisher()

    PublishChanges(publisher, "s")([RowChange(queued, queued.after(a_change(Trigger.CLAIMED)))])

    assert [event["id"] for event, _ in publisher.published] == ["appointment-17:3"]


def test_a_new_version_is_told_even_if_it_has_the_same_status() -> None:
    publisher = FakePublisher()

    PublishChanges(publisher, "s")([RowChange(a_message(), a_message(version=2))])

    assert [event["id"] for event, _ in publisher.published] == ["appointment-17:2"]


def test_a_write_that_changes_no_status_is_not_told() -> None:
    publisher = FakePublisher()

    assert PublishChanges(publisher, "s")([NOTED]) == set()
    assert publisher.published == []


def test_what_was_not_published_is_named_by_its_place_among_the_changes() -> None:
    publisher = FakePublisher()
    publisher.will_lose = {"appointment-17:2"}

    assert PublishChanges(publisher, "s")([NOTED, CREATED, NOTED, CHANGED]) == {3}


def test_every_change_of_a_message_is_told_in_an_unbroken_sequence() -> None:
    gateway, publisher = FakeGateway(), FakePublisher()
    gateway.send()
    gateway.report(a_report())

    PublishChanges(publisher, "s")(gateway.messages.stream)

    assert [event["data"]["sequence"] for event, _ in publisher.published] == [1, 2, 3]
    assert [event["data"]["status"] for event, _ in publisher.published] == [
        "sending",
        "submitted",
        "sent",
    ]
