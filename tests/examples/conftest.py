from collections.abc import Iterator
from random import Random

import pytest
from moto import mock_aws

from tests.support.aws_region import REGION
from tests.support.lives import Life, lives


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in memory."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield


@pytest.fixture
def random() -> Random:
    """The same in every run."""
    return Random(4711)  # noqa: S311  it shuffles, and keeps no secret


@pytest.fixture
def hundred_lives(random: Random) -> list[Life]:
    return lives(random, 100)


@pytest.fixture
def as_they_arrive(random: Random, hundred_lives: list[Life]) -> Life:
    """All events of the hundred lives, in any order, every third of them more than once."""
    events = [event for life in hundred_lives for event in life]
    arriving = events + random.choices(events, k=len(events) // 3)
    random.shuffle(arriving)
    return arriving


@pytest.fixture
def right(hundred_lives: list[Life]) -> dict[tuple[str, str], str]:
    """Where each of the hundred messages stands in the end, by source and id."""
    return {
        (life[-1]["source"], life[-1]["subject"]): life[-1]["data"]["status"]
        for life in hundred_lives
    }
