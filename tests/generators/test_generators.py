"""Programs that make clients read the contract without a warning, and their clients are sound."""

import json
import os
import shutil
import sys
from collections import deque
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pages import client_models
from pages.contract import SOURCE, contract
from tests.support.gateway_server import (
    API_KEY,
    BAD_GATEWAY,
    CUT_AFTER_STORING,
    TOO_MANY,
    GatewayServer,
)
from tests.support.generators import (
    FOLDER,
    GENERATORS,
    MISSING,
    NODE,
    PYTHON,
    USES,
    compiled,
    made,
    page_files,
    page_program,
    python_path,
    run,
)

BETA = (
    "[main] WARN  o.o.codegen.DefaultCodegen - OpenAPI 3.1 support is still in beta. To report an"
    " issue related to 3.1 spec, please kindly open an issue in the Github repo:"
    " https://github.com/openAPITools/openapi-generator."
)
ANY_PARAMETER = "[main] WARN  o.o.codegen.utils.ModelUtils - Failed to get the schema name: null"
"""openapi-generator 7.26 says it of every document in OpenAPI 3.1 that has a parameter."""
ONE_PARAMETER: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "One parameter", "version": "1"},
    "servers": [{"url": "https://api.example"}],
    "paths": {
        "/": {
            "get": {
                "operationId": "get",
                "parameters": [{"name": "a", "in": "query", "schema": {"type": "integer"}}],
                "responses": {"204": {"description": "Done"}},
            }
        }
    },
}

JAVA = FOLDER / "java"

pytestmark = pytest.mark.skipif(MISSING is not None and "CI" not in os.environ, reason=str(MISSING))


def test_the_generators_are_installed() -> None:
    assert MISSING is None


@pytest.mark.parametrize("name", GENERATORS)
def test_a_client_is_made_without_a_warning(name: str) -> None:
    of_its_own = "openapi-generator-cli" in GENERATORS[name].command[0]

    assert made(name).warnings <= ({BETA, ANY_PARAMETER} if of_its_own else set())


def test_a_warning_about_the_contract_would_be_noticed(tmp_path: Path) -> None:
    relative = contract() | {"servers": [{"url": "."}]}

    assert GENERATORS["openapi-generator"].make(relative, tmp_path / "made") - {BETA, ANY_PARAMETER}


def test_the_line_that_is_let_through_is_about_no_contract(tmp_path: Path) -> None:
    warned = GENERATORS["openapi-generator"].make(ONE_PARAMETER, tmp_path / "made")

    assert warned == {BETA, ANY_PARAMETER}


def test_the_python_clients_have_the_types_that_their_users_need() -> None:
    uses = [str(use) for use in sorted(USES.glob("*.py"))]
    mypy = str(Path(sys.executable).with_name("mypy"))
    options = ["--strict", "--follow-imports=silent", f"--python-executable={PYTHON / 'python'}"]

    for use in uses:
        run([mypy, *options, use], MYPYPATH=python_path())


def test_the_models_of_datamodel_code_generator_read_every_example() -> None:
    folder = made("datamodel-code-generator").folder
    program = (
        "import json, models, sys; contract = json.load(open(sys.argv[1]));"
        "examples = contract['components']['examples'].values();"
        "problems = [each['value'] for each in examples if 'x-answered-by' in each];"
        "print(len([models.Problem.model_validate(each) for each in problems]))"
    )
    source = str(folder.with_suffix(".json"))

    read = run([str(PYTHON / "python"), "-c", program, source], PYTHONPATH=str(folder))

    assert int(read) > 20


def test_the_typescript_clients_compile_with_the_programs_that_use_them() -> None:
    scripts = {script.stem for script in compiled().glob("with_*.js")}

    assert scripts == {use.stem for use in USES.glob("*.ts")}


def test_the_models_of_the_python_client_are_those_of_the_contract() -> None:
    """After a change of openapi.yaml: `make docs`."""
    assert client_models.MODELS.read_text(encoding="utf-8") == client_models.models()


def on_the_page(gateway: GatewayServer) -> str:
    where = {"SMS_GATEWAY_URL": gateway.url, "SMS_GATEWAY_API_KEY": API_KEY}
    return run([*page_program(), "order-1", "0721 234 567", "Bună ziua"], **where)


def test_the_recipe_for_typescript_sends_once_whatever_the_network_does() -> None:
    gateway = GatewayServer()
    gateway.troubles.extend([CUT_AFTER_STORING, TOO_MANY, BAD_GATEWAY])
    gateway.statuses["0721 234 567"] = "sent"

    with gateway.listening():
        assert on_the_page(gateway) == "sent\nsent\n"

    program = page_files()["send.ts"].splitlines()[1:]
    assert len(list(filter(None, program))) <= 10
    assert set(page_files()) == {"gateway.ts", "send.ts"}
    assert len(gateway.batches) == 3
    assert gateway.accepted.total() == 1


@pytest.mark.parametrize("message_id", ["undefined", "null"])
def test_a_message_without_an_id_gets_one_for_all_tries_of_the_recipe(message_id: str) -> None:
    """An id that a caller has left undefined must not take the place of the recipe's own."""
    module = json.dumps(str(Path(page_program()[1]).with_name("gateway.js")))
    gateway = GatewayServer()
    gateway.troubles.append(CUT_AFTER_STORING)

    with gateway.listening():
        program = (
            f"import({module}).then(({{ connect, send }}) => send("
            f"connect({json.dumps(gateway.url)}, {json.dumps(API_KEY)}), "
            f"{{ messageId: {message_id}, phoneNumber: '0721234567', message: 'Da' }}, 10))"
        )
        run(["node", "--eval", program])

    first, second = ([each["messageId"] for each in batch] for batch in gateway.batches)
    assert first == second == [str(UUID(first[0]))]
    assert gateway.accepted.total() == 1


def test_the_recipe_for_typescript_repeats_no_refusal() -> None:
    gateway = GatewayServer()
    gateway.problems["0721 234 567"] = deque([(422, "suppressed")])

    with gateway.listening(), pytest.raises(AssertionError, match=r"It is suppressed\."):
        on_the_page(gateway)

    assert (len(gateway.batches), gateway.accepted.total()) == (1, 0)


@pytest.mark.skipif(
    shutil.which("javac") is None and "CI" not in os.environ,
    reason="There is no javac (Debian: openjdk-17-jdk-headless).",
)
def test_the_java_models_compile(tmp_path: Path) -> None:
    """With the Jackson that openapi-generator's own jar carries."""
    (jar,) = PYTHON.parent.glob("lib/python*/site-packages/openapi_generator_cli/*.jar")
    sources = [*made("java").folder.glob("src/main/java/**/*.java"), *JAVA.glob("**/*.java")]

    assert len(sources) > 30
    run(["javac", "-proc:none", "-cp", str(jar), "-d", str(tmp_path), *map(str, sources)])


@pytest.mark.parametrize(
    "command",
    [
        [str(NODE / "redocly"), "lint", "--extends=recommended", str(SOURCE)],
        [
            str(NODE / "spectral"),
            "lint",
            f"--ruleset={FOLDER / 'spectral.yaml'}",
            "--fail-severity=hint",
            str(SOURCE),
        ],
    ],
    ids=["redocly", "spectral"],
)
def test_a_linter_of_contracts_finds_nothing(command: list[str]) -> None:
    run(command)
