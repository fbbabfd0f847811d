from copy import deepcopy

from sms_gateway.entrypoints.contract import Check, nullable_fields, schema


def test_a_check_leaves_the_schema_that_it_is_made_of_as_it_is() -> None:
    of = schema("SendRequest")
    before = deepcopy(of)
    assert nullable_fields(of), "or there would be nothing to leave"

    Check(of).load()

    assert of == before
