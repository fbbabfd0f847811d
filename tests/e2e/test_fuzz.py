"""A fuzzer that has read the contract tries to break it, against the deployed stack.

Schemathesis sends what the schemas allow and what they forbid, follows the links between the
operations, and judges every answer: no 5xx, no status, content type, header or body beside the
contract, nothing accepted without a key, and so on.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from local.stack import LocalStack
from tests.support.contract import CONTRACT
from tools.repository import LAYER_SOURCE, ROOT

EXAMPLES: Final = 50
"""For each operation, in each phase."""
CASES: Final = 1000
NOT_ASKED: Final = "use_after_free,unsupported_method"
"""DELETE takes a message back: it will not be sent, and stays to be seen as cancelled. That a
number is off the do-not-contact list after its DELETE is tested in test_front_door.py.
To a method that a path does not have API Gateway answers 404, or 403 without a key: never 405."""
SEED: Final = os.environ.get("FUZZ_SEED", "7")
"""The same cases in each run, unless somebody wants others."""


def test_no_request_gets_an_answer_that_the_contract_does_not_know(
    stack: LocalStack, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    contract = tmp_path / "contract.json"
    contract.write_text(json.dumps(CONTRACT), encoding="utf-8")
    with stack.gateway() as api:
        answer = api.raw("POST", "/tokens", {"maxMessages": 20, "expiresInSeconds": 3600})
        token = answer.json()["token"]
    fuzzer = subprocess.run(  # noqa: S603  a program of ours, with arguments of ours
        [
            str(Path(sys.executable).with_name("schemathesis")),
            "--config-file",
            "tests/e2e/schemathesis.toml",
            "--no-color",
            "run",
            str(contract),
            f"--url={stack.api_url}",
            f"--header=x-api-key: {stack.api_key}",
            f"--header=Authorization: Bearer {token}",
            "--header=Origin: https://crm.example",
            "--phases=examples,coverage,fuzzing,stateful",
            "--checks=all",
            f"--exclude-checks={NOT_ASKED}",
            f"--max-examples={EXAMPLES}",
            f"--seed={SEED}",
            "--continue-on-failure",
            "--report=json",
            f"--report-json-path={report}",
        ],
        cwd=ROOT,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.e2e.fuzz_hooks", "PYTHONPATH": _path()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert fuzzer.returncode == 0, fuzzer.stdout
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    assert found["complete"]
    assert (found["failures"], found["errors"]) == ([], [])
    assert {phase["status"] for phase in found["phases"].values()} == {"success"}
    assert found["test_cases"]["generated"] >= CASES


def _path() -> str:
    return os.pathsep.join([str(ROOT), str(LAYER_SOURCE)])
