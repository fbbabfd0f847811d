"""What the program that runs MiniStack adds to it."""

import io
import zipfile
from collections.abc import Iterator

import pytest

from local.emulator import RUN_FAILED
from local.log_lines import LogLines
from local.ministack import client, running_ministack

FUNCTIONS = {
    "well": "def handler(*_): print('[INFO] done')",
    "raising": "def handler(*_): raise ValueError",
    "late": "import time\ndef handler(*_): time.sleep(30)",
    "exiting": "import os\ndef handler(*_): os._exit(1)",
    "missing": "import a_module_that_is_not_there",
    "broken-and-silent": "import sys\nsys.exit()",
}
FAILING = FUNCTIONS.keys() - {"well"}


@pytest.fixture(scope="module")
def endpoint_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_ministack(tmp_path_factory.mktemp("local") / "ministack.log") as endpoint_url:
        yield endpoint_url


def zipped(code: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("it.py", code)
    return file.getvalue()


def test_the_log_tells_each_run_that_ended_in_an_error(endpoint_url: str) -> None:
    functions = client("lambda", endpoint_url)
    for name, code in FUNCTIONS.items():
        functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role="arn:aws:iam::000000000000:role/any",
            Handler="it.handler",
            Code={"ZipFile": zipped(code)},
            Timeout=2,
        )
        for _ in range(2):
            functions.invoke(FunctionName=name, Payload=b"{}")

    lines = list(LogLines(client("logs", endpoint_url)).new())

    assert {line.function for line in lines} == FUNCTIONS.keys()
    failed = [line for line in lines if line.text == RUN_FAILED]
    assert len({line.run for line in failed}) == len(failed)
    assert sorted(line.function for line in failed) == sorted([*FAILING, *FAILING])
