"""The region of the AWS in memory, and answers that moto would not give."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

REGION: Final = "eu-central-1"


def answering(
    monkeypatch: pytest.MonkeyPatch, operation: str, answer: Callable[[Any], Any], *, after: int = 0
) -> None:
    """From now on, but for the first calls, this is what AWS answers to the operation."""
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001  the one place
    made = 0

    def make(client: Any, name: str, parameters: Any) -> Any:
        nonlocal made
        made += name == operation
        if name == operation and made > after:
            return answer(parameters)
        return call(client, name, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", make)


def around_every_call(
    monkeypatch: pytest.MonkeyPatch, around: Callable[[str, Callable[[], Any]], Any]
) -> None:
    """From now on, this is asked to make each call (by its name), and may raise."""
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001  the one place

    def make(client: Any, name: str, parameters: Any) -> Any:
        return around(name, lambda: call(client, name, parameters))

    monkeypatch.setattr(BaseClient, "_make_api_call", make)


def refusing(
    monkeypatch: pytest.MonkeyPatch, operation: str, error: Exception, *, after: int = 0
) -> None:
    """From now on, but for the first calls, AWS answers the operation with the error."""

    def refuse(_: Any) -> None:
        raise error

    answering(monkeypatch, operation, refuse, after=after)


def no_rights(operation: str) -> ClientError:
    """The error with which AWS refuses an operation to a user without the right."""
    sentence = f"User: arn:aws:iam::123456789012:user/ana is not authorized: {operation}"
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": sentence}}, operation)
