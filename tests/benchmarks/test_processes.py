"""The stubs' process, and the peers on it: each does its job, and is counted."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest

from benchmarks import builds, events, processes, world
from benchmarks.builds import PEERS, Version
from benchmarks.certificates import make_certificates
from benchmarks.cold import cpu_of
from benchmarks.environments import HOSTS, lambda_variables
from benchmarks.processes import MeasurementError, Stubs
from benchmarks.world import World, check, running_world
from layers.sms_gateway.roots import write_folder
from tools.repository import ROOT

CALLS: Final = {
    "lean": {"PutItem": 1, "Voipit": 1, "UpdateItem": 1},
    "tutorial": {"PutItem": 2, "Voipit": 1, "UpdateItem": 2},
}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificates(tmp_path_factory.mktemp("certificates"), HOSTS)


@pytest.fixture(params=sorted(CALLS))
def peer(
    request: pytest.FixtureRequest,
    certificates: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[World]:
    """A peer on this Python, unpacked; variables tell it to trust the stubs."""
    root, chain = certificates
    bundles = {"AWS_CA_BUNDLE": str(root), "REQUESTS_CA_BUNDLE": str(root)}

    def trusting(function: str, stubs: Stubs, *, memory: int) -> Mapping[str, str]:
        return lambda_variables(function, stubs, memory=memory) | bundles

    monkeypatch.setattr(world, "lambda_variables", trusting)
    monkeypatch.setattr(processes, "RUNTIME", Path(sys.executable))
    monkeypatch.setattr(processes, "FILES", tmp_path)
    source = PEERS / request.param
    tasks = {path.stem: source for path in source.glob("*.py")}
    with running_world(Version(request.param, ROOT, tasks, None), chain) as running:
        yield running


def test_a_peer_does_its_job_and_each_call_is_counted(peer: World) -> None:
    sent = peer.call("send", events.send(ROOT, 7))
    assert sent.cpu > 0
    assert sent.logged > 0
    tally = peer.stubs("tally")
    assert tally["calls"] == CALLS[peer.name]
    assert tally["connections"] >= 2

    peer.call("send", events.send(ROOT, 7))  # the same id again
    heard = peer.stubs("heard")
    (form,) = heard["forms"]
    assert form["phoneNumber"] == events.phone_number(7)

    peer.call("callback", events.report(ROOT, form["sendResultTo"], form["messageId"]))
    (row,) = peer.stubs("rows", table="Messages")
    assert row["status"] == {"S": "sent"}

    assert peer.stubs("close_resting") >= 1
    peer.call("send", events.send(ROOT, 8))
    assert peer.stubs("tally")["connections"] >= 1


def test_the_processor_time_of_another_process_is_its_own_clocks() -> None:
    busy = "import time\nwhile time.process_time() < 0.2: pass\nprint(flush=True)\ninput()"
    with subprocess.Popen(  # noqa: S603  our own Python, and a program of our own
        [sys.executable, "-c", busy], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        assert 0.2 <= cpu_of(process.pid) < 1
        process.kill()
    assert cpu_of(os.getpid()) == pytest.approx(time.process_time(), abs=0.05)


@pytest.mark.parametrize("answer", [{"statusCode": 500}, {"batchItemFailures": [{}]}])
def test_a_call_that_fails_ends_the_measurement(answer: dict[str, Any]) -> None:
    with pytest.raises(MeasurementError, match="send of lean"):
        check("lean", "send", answer)
    check("lean", "send", answer, is_refused=True)


def test_a_call_that_had_to_be_refused_and_was_not_ends_it_too() -> None:
    with pytest.raises(MeasurementError):
        check("today", "callback", {"statusCode": 200}, is_refused=True)


def test_a_copy_trusts_the_stubs_and_the_build_stays_as_it_is(
    certificates: tuple[Path, Path], tmp_path: Path
) -> None:
    packed = tmp_path / "packed"
    (packed / "certifi").mkdir(parents=True)
    bundle = packed / "certifi" / "cacert.pem"
    bundle.write_bytes(certificates[0].read_bytes())
    before = bundle.read_bytes()
    folder = packed / "sms_gateway" / "adapters" / "voipit" / "roots"
    folder.parent.mkdir(parents=True)
    write_folder(bundle.read_text(), folder)

    copy = builds.trusting(
        Version("lean", ROOT, {"send": packed}, None), certificates[0], tmp_path / "run"
    )

    copied = copy.tasks["send"] / "certifi" / "cacert.pem"
    assert copied.read_text().count("BEGIN CERTIFICATE") == 2
    assert bundle.read_bytes() == before
    assert len(list(folder.iterdir())) == 1
    there = copy.tasks["send"] / folder.relative_to(packed)
    assert len(list(there.iterdir())) == 2, "the same root, numbered"


def test_a_shallow_clone_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(builds, "_BUILDS", tmp_path)
    monkeypatch.setattr(builds, "OLD_COMMIT", "0" * 40)

    with pytest.raises(MeasurementError, match="git fetch --unshallow"):
        builds.then()


def test_a_build_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    target = tmp_path / "build"
    with suppress(KeyboardInterrupt), builds._whole(target) as folder:  # noqa: SLF001
        (folder / "half").touch()
        raise KeyboardInterrupt

    assert not target.exists()
    with builds._whole(target) as folder:  # noqa: SLF001
        assert list(folder.iterdir()) == []
    assert target.exists()
    shutil.rmtree(target)
