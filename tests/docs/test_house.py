"""The files that GitHub, editors and pre-commit read: what they lean on is there."""

import json
import re
from typing import Any

import pytest
import yaml

from tests.support.template import TEMPLATE
from tools.repository import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DEPENDABOT = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))
HOOKS = [
    hook
    for repository in yaml.safe_load(
        (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    )["repos"]
    for hook in repository["hooks"]
    if repository["repo"] == "local"
]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
LOCKED = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PYTHON = TEMPLATE["Globals"]["Function"]["Runtime"].removeprefix("python")
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def jobs() -> list[dict[str, Any]]:
    return [
        job
        for path in WORKFLOWS
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    ]


def test_an_action_is_pinned_to_a_commit_and_says_its_version() -> None:
    used = [
        line.partition("uses: ")[2]
        for path in WORKFLOWS
        for line in path.read_text(encoding="utf-8").splitlines()
        if "uses: " in line
    ]

    assert len(used) >= 2
    assert [action for action in used if not _PINNED.fullmatch(action)] == []


def test_a_workflow_may_read_the_repository_and_nothing_else() -> None:
    for path in WORKFLOWS:
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))

        assert workflow["permissions"] == {"contents": "read"}
        assert "concurrency" in workflow
    for job in jobs():
        assert "permissions" not in job
        assert job["timeout-minutes"] <= 60


def test_what_github_runs_is_what_everybody_runs() -> None:
    commands = [step["run"] for job in jobs() for step in job["steps"] if "run" in step]

    assert ".ci/run" in commands
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o100


def test_github_and_the_dev_container_have_the_python_of_the_functions() -> None:
    versions = {
        step["with"]["python-version"]
        for job in jobs()
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/setup-python@")
    }
    container = json.loads(
        (ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    )

    assert versions == {PYTHON}
    assert f"-{PYTHON}-" in container["image"]
    assert container["postCreateCommand"] == "make setup"
    assert re.search(r"^setup:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_calls_a_locked_tool_or_make(hook: dict[str, Any]) -> None:
    program, *arguments = hook["entry"].split()

    assert hook["language"] == "system"
    if program == "make":
        assert re.search(rf"^{arguments[0]}:", MAKEFILE, re.MULTILINE)
    else:
        assert program.startswith(".venv/bin/")
        tool = arguments[1] if program.endswith("/python") else program.removeprefix(".venv/bin/")
        program_of_ours = ROOT / f"{tool.replace('.', '/')}.py"
        assert program_of_ours.exists() or re.search(rf"^{tool}==", LOCKED, re.MULTILINE)


def test_every_hook_is_local() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")

    assert len(HOOKS) >= 3
    assert set(re.findall(r"- repo: (\S+)", text)) == {"local"}


def test_dependabot_looks_where_there_is_something_to_update() -> None:
    assert {update["package-ecosystem"] for update in DEPENDABOT["updates"]} == {
        "github-actions",
        "uv",
    }
    for update in DEPENDABOT["updates"]:
        if update["package-ecosystem"] == "uv":
            for folder in update["directories"]:
                assert list((ROOT / folder.lstrip("/")).glob("*.in"))
        else:
            assert update["cooldown"]["default-days"] >= 7


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_an_issue_form_has_what_github_asks_for(form: Any) -> None:
    content = yaml.safe_load(form.read_text(encoding="utf-8"))
    asked = [field for field in content["body"] if field["type"] != "markdown"]

    assert {"name", "description", "body"} <= content.keys()
    assert asked
    assert len({field["id"] for field in asked}) == len(asked)
    for field in asked:
        assert field["type"] in {"checkboxes", "dropdown", "input", "textarea"}
        assert field["attributes"]["label"]
