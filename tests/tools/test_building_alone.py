"""Two stacks that start at once on this machine share the folder of the build."""

from pathlib import Path
from threading import Event, Thread

import pytest

from local import deploy


def test_a_build_waits_until_the_one_before_is_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploy, "LOCAL_FILES", tmp_path)
    building = Event()

    def build() -> None:
        with deploy.building_alone():
            building.set()

    other = Thread(target=build)
    with deploy.building_alone():
        other.start()
        assert not building.wait(0.2)
    other.join(20)
    assert building.is_set()
