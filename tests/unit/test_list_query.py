import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.client import Client, Role
from sms_gateway.domain.errors import MalformedRequestError, OperatorOnlyError
from sms_gateway.domain.search import Search
from sms_gateway.entrypoints.list_query import ListQuery, read_list_query, read_owner

NUMBER = "+40721234567"


def refusal(**parameters: list[str]) -> MalformedRequestError:
    with pytest.raises(MalformedRequestError) as refused:
        read_list_query(parameters)
    return refused.value


def test_the_number_suffices_and_twenty_are_shown() -> None:
    assert read_list_query({"phoneNumber": [NUMBER]}) == ListQuery(NUMBER, 20, None, Search())


def test_everything_a_caller_may_say_is_read() -> None:
    parameters = {"phoneNumber": [NUMBER], "limit": ["7"], "cursor": ["abc"]}

    assert read_list_query(parameters) == ListQuery(NUMBER, 7, "abc", Search())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" 40721234567", NUMBER),
        ("0721 234 567", "0721 234 567"),
        (" 0721 234 567", " 0721 234 567"),
        ("40 721 234 567", "40 721 234 567"),
        ("  40721234567", "  40721234567"),
        (" ", " "),
    ],
    ids=["a plus", "none", "a space before", "no plus", "two spaces", "nothing else"],
)
def test_a_plus_that_became_a_space_on_its_way_is_a_plus_again(written: str, read: str) -> None:
    assert read_list_query({"phoneNumber": [written]}).phone_number == read


@pytest.mark.parametrize(("text", "limit"), [("1", 1), ("100", 100), ("020", 20)])
def test_the_limit_is_a_whole_number(text: str, limit: int) -> None:
    assert read_list_query({"phoneNumber": [NUMBER], "limit": [text]}).limit == limit


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0", "limit must not be less than 1."),
        ("-1", "limit must not be less than 1."),
        ("101", "limit must not be more than 100."),
        ("9" * 5000, "limit must be of type integer."),
        ("ten", "limit must be of type integer."),
        ("1.0", "limit must be of type integer."),
        ("1e1", "limit must be of type integer."),
        ("²", "limit must be of type integer."),
        ("٣", "limit must be of type integer."),
        ("10\n", "limit must be of type integer."),
        ("", "limit must be of type integer."),
    ],
)
def test_another_limit_is_refused(text: str, sentence: str) -> None:
    error = refusal(phoneNumber=[NUMBER], limit=[text])

    assert (error.field, str(error)) == ("limit", sentence)


@pytest.mark.parametrize(
    ("parameters", "field", "sentence"),
    [
        ({"phoneNumber": [""]}, "phoneNumber", "phoneNumber must not be empty."),
        (
            {"phoneNumber": ["1" * 65]},
            "phoneNumber",
            "phoneNumber must not be longer than 64 characters.",
        ),
        ({"phoneNumber": [NUMBER], "cursor": [""]}, "cursor", "cursor must not be empty."),
        (
            {"phoneNumber": [NUMBER], "cursor": ["x" * 1001]},
            "cursor",
            "cursor must not be longer than 1000 characters.",
        ),
        (
            {"phoneNumber": [NUMBER], "Limit": ["1"]},
            "Limit",
            (
                "Unknown parameter. Known are phoneNumber, limit, cursor, messageId, status,"
                " client, since, until. Correct its name, or leave it out."
            ),
        ),
        (
            {"phoneNumber": [NUMBER, NUMBER]},
            "phoneNumber",
            "A parameter is given twice. Give it once.",
        ),
        ({"x" * 99: ["1", "2"]}, "x" * 64, "A parameter is given twice. Give it once."),
    ],
)
def test_a_query_that_cannot_be_read_is_refused_and_the_parameter_named(
    parameters: dict[str, list[str]], field: str, sentence: str
) -> None:
    error = refusal(**parameters)

    assert (error.field, str(error)) == (field, sentence)


def test_neither_the_query_nor_a_refusal_shows_the_number() -> None:
    assert NUMBER not in repr(read_list_query({"phoneNumber": [NUMBER]}))
    assert NUMBER not in str(refusal(phoneNumber=[NUMBER * 9]))


NAMES = st.sampled_from(["phoneNumber", "limit", "cursor"]) | st.text()


@given(st.dictionaries(NAMES, st.lists(st.text(), min_size=1, max_size=2)))
def test_no_query_is_too_strange_to_be_read_or_refused(parameters: dict[str, list[str]]) -> None:
    try:
        limit, named = read_list_query(parameters).limit, ""
    except MalformedRequestError as error:
        limit, named = 1, error.field
    assert 1 <= limit <= 100
    assert len(named) <= 64


CRM = Client("crm")
ANA = Client("ana", Role.OPERATOR)


def test_a_client_names_a_number_and_nothing_of_what_operators_name() -> None:
    assert read_list_query({"phoneNumber": [NUMBER]}).number_for(CRM) == NUMBER
    own = read_list_query({"phoneNumber": [NUMBER], "client": ["crm"]})
    assert own.number_for(CRM) == NUMBER
    with pytest.raises(MalformedRequestError) as refused:
        read_list_query({}).number_for(CRM)
    assert refused.value.field == "phoneNumber"


@pytest.mark.parametrize(
    "more",
    [
        {"client": ["shop"]},
        {"client": ["crm"], "status": ["sent"]},
        {"messageId": ["order-1"]},
        {"status": ["failed"]},
        {"since": ["2026-11-22T00:00:00Z"]},
        {"until": ["2026-11-22T00:00:00Z"]},
    ],
)
def test_what_only_operators_see_a_client_is_refused(more: dict[str, list[str]]) -> None:
    for number in ({}, {"phoneNumber": [NUMBER]}):
        with pytest.raises(OperatorOnlyError):
            read_list_query({**number, **more}).number_for(CRM)


def test_one_message_is_the_clients_own_or_that_of_the_client_an_operator_names() -> None:
    assert read_owner({}, CRM) == "crm"
    assert read_owner({"client": ["crm"], "_": ["1"]}, CRM) == "crm"
    assert read_owner({"client": ["crm"]}, ANA) == "crm"
    with pytest.raises(OperatorOnlyError):
        read_owner({"client": ["shop"]}, CRM)
    for wrong in ({}, {"client": ["a b"]}, {"client": ["crm", "shop"]}):
        with pytest.raises(MalformedRequestError) as refused:
            read_owner(wrong, ANA)
        assert refused.value.field == "client"
