import pytest

from sms_gateway.domain.errors import MessageNotFoundError, StoreUnavailableError
from sms_gateway.use_cases.read_message import ReadMessage
from tests.fakes.builders import a_message
from tests.fakes.messages import InMemoryMessages


def test_a_client_reads_its_own_message() -> None:
    message = a_message()

    assert ReadMessage(InMemoryMessages(message))("clinic", "appointment-17") == message


def test_anothers_message_looks_like_one_that_does_not_exist() -> None:
    read = ReadMessage(InMemoryMessages(a_message()))

    with pytest.raises(MessageNotFoundError) as others:
        read("stranger", "appointment-17")
    with pytest.raises(MessageNotFoundError) as unknown:
        read("clinic", "unknown")

    assert str(others.value) == str(unknown.value)


def test_a_table_that_does_not_answer_is_not_an_unknown_message() -> None:
    messages = InMemoryMessages(a_message())
    messages.be_unavailable("get")

    with pytest.raises(StoreUnavailableError):
        ReadMessage(messages)("clinic", "appointment-17")


def test_what_cannot_be_an_id_is_not_looked_for() -> None:
    messages = InMemoryMessages()
    messages.be_unavailable("get")

    with pytest.raises(MessageNotFoundError):
        ReadMessage(messages)("clinic", "x" * 3000)
