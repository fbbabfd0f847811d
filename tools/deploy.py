"""The gateway onto AWS: `make deploy` runs this.

It asks for a stack's name and region, and for an e-mail address for the alarms if the stack has no
answer to that yet. Then it builds, deploys, asks for the account at Voipit if the stack has none
yet, and shows the commands for a first message. For each of the template's parameters it takes the
value from `--parameters`, or else the one that the stack has already, or else the one that
samconfig.toml has for the environment, or else the template's default. Tags go by the same rule. It
writes no tracked file.
"""

import argparse
import json
import os
import re
import shlex
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import boto3
from rich.markup import escape
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from sms_gateway.domain.account import Account
from sms_gateway.domain.guards import Suppression
from tools.account import AccountSecret, fill
from tools.logs import tail
from tools.old_tables import OldTables
from tools.progress import console, step
from tools.questions import NoAnswerError, agrees, ask
from tools.repository import LOCAL_FILES, ROOT, SAM_CONFIG, TEMPLATE
from tools.sam import SAM, forget_layer_without_byte_code, layer_has_byte_code, run_sam
from tools.stacks import DeployedStack, ToolError, a_session, aws_errors, find, look_up

_BUILT: Final = ROOT / ".aws-sam" / "build"
_STACK_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_TAG: Final = re.compile(r"[\w .:/+@-]+")
_REGION: Final = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")
_TABLES: Final = ("MessagesTable", "GuardsTable")
_ALARM_EMAIL: Final = "AlarmEmail"
_KEY: Final = "EncryptionKeyArn"
_SECOND_KEY: Final = "SecondKeyArn"
_SECRET: Final = "VoipitSecretArn"  # noqa: S105  the name of an output


@dataclass(frozen=True, slots=True)
class Before:
    """What there was before the deployment.

    `account`: what the stack's secret held. `to_copy`: numbers on old do-not-contact lists.
    """

    stack: DeployedStack | None
    account: Account | None = field(repr=False)
    tables: OldTables
    to_copy: list[Suppression]


@dataclass(frozen=True, slots=True)
class Told:
    """What the deployment is given: parameters of the template, and the stack's tags."""

    parameters: Mapping[str, str]
    tags: Mapping[str, str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.deploy", description=__doc__)
    parser.add_argument("--config-env", default="default", help="the environment in samconfig.toml")
    parser.add_argument("--stack-name", help="do not ask for it")
    parser.add_argument("--region", help="do not ask for it")
    parser.add_argument(
        "--parameters", default="", help="of the template: 'LogLevel=DEBUG AllowedCountries=RO,MD'"
    )
    parser.add_argument(
        "--tags", default="", help="of everything in the stack: 'cost-center=4711 owner=crm-team'"
    )
    asked = parser.parse_args(arguments)
    try:
        return _deploy(
            asked.config_env, asked.parameters, asked.tags, asked.stack_name, asked.region
        )
    except ToolError as error:
        console.print(f"[bold red]The command failed.[/bold red] {escape(str(error))}")
    except NoAnswerError:
        console.print("[bold red]It was not deployed[/bold red]: a question was not answered.")
    return 1


def _deploy(
    config_env: str, given: str, given_tags: str, stack_name: str | None, region: str | None
) -> int:
    config = deploy_config(SAM_CONFIG, config_env)
    parameters = read_overrides(given, _known_parameters())
    tags = read_tags(given_tags)
    if not SAM.exists():
        raise ToolError("The SAM CLI is missing: `make clean`, and then this again.")
    stack_name = _checked(stack_name, "Name of the stack", config["stack_name"], _STACK_NAME)
    region = _checked(region, "Region", config["region"], _REGION)
    session = a_session(region)
    console.print(f"Account {_account_id(session)}, {region}, stack {stack_name}.")
    before = _look_at(session, stack_name)
    told = effective_overrides(config, before.stack, parameters)
    if _ALARM_EMAIL not in told and not _was_asked_for_alarms(before.stack):
        told[_ALARM_EMAIL] = _ask_for_alarms()
    if before.stack is not None:
        check_keys(before.stack.parameters, told)
    _build(config_env)
    tags = effective_tags(config, before.stack, tags)
    _sam_deploy(config_env, config, stack_name, region, Told(told, tags))
    stack = look_up(session, stack_name)
    if before.to_copy:
        before.tables.copy(before.to_copy, stack.output("GuardsTable"))
    has_account = _ensure_account(session, stack, before.account)
    _show_what_comes_next(stack, has_account=has_account)
    return 0


# --- before ----------------------------------------------------------------------------------


def deploy_config(path: Path, config_env: str) -> dict[str, Any]:
    """What samconfig.toml says for an environment's `sam deploy`. Raises `ToolError`."""
    environments = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        config: dict[str, Any] = environments[config_env]["deploy"]["parameters"]
    except KeyError as error:
        known = ", ".join(name for name, each in environments.items() if isinstance(each, dict))
        raise ToolError(
            f"samconfig.toml has no [{config_env}.deploy.parameters]; it has {known}."
        ) from error
    return {"stack_name": "voipit-sms-gateway", "region": "eu-central-1"} | config


def read_overrides(text: str | Sequence[str], known: Mapping[str, Any]) -> dict[str, str]:
    """`A=b C=d`, a value with spaces quoted as for a shell. Raises `ToolError`."""
    overrides = _named_values(text, "parameter")
    for name in overrides:
        if name not in known:
            raise ToolError(f"The template has no parameter {name}. It has {', '.join(known)}.")
    return overrides


def read_tags(text: str | Sequence[str]) -> dict[str, str]:
    """The same for tags, by any name that AWS takes. Raises `ToolError`."""
    tags = _named_values(text, "tag")
    for name, value in tags.items():
        if not _TAG.fullmatch(name) or not _TAG.fullmatch(value) or name.lower().startswith("aws:"):
            raise ToolError(
                f'AWS takes no tag "{name}={value}". Name and value are made of letters, digits,'
                " spaces and _ . : / + - @, and no name begins with aws:."
            )
    return tags


def _named_values(text: str | Sequence[str], what: str) -> dict[str, str]:
    try:
        words = shlex.split(text) if isinstance(text, str) else list(text)
    except ValueError as error:
        raise ToolError(f"The {what}s cannot be read ({error}): {text}") from error
    values: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise ToolError(f'A {what} is given as Name=value; "{word}" is not.')
        values[name] = value
    return values


def effective_overrides(
    config: Mapping[str, Any], stack: DeployedStack | None, parameters: Mapping[str, str]
) -> dict[str, str]:
    """What is given to `sam deploy`, whose command line takes the place of samconfig.toml's list.

    What is not in it keeps the value that the stack has, or gets the template's default.
    """
    told = read_overrides(config.get("parameter_overrides", ()), _known_parameters())
    for name, value in told.items():
        current = stack.parameters.get(name) if stack else None
        if current is None or name in parameters:
            continue
        if current != value:
            console.print(
                escape(
                    f"{name} stays {current}, as the stack has it; samconfig.toml says {value}."
                    f" To change it: PARAMETERS='{name}={value}'"
                )
            )
        told[name] = current
    return {**told, **parameters}


def effective_tags(
    config: Mapping[str, Any], stack: DeployedStack | None, given: Mapping[str, str]
) -> dict[str, str]:
    """The tags of the deployment, which take the place of all that the stack has."""
    return {
        **read_tags(config.get("tags", ())),
        **(stack.tags if stack else {}),
        **given,
    }


def check_keys(has: Mapping[str, str], told: Mapping[str, str]) -> None:
    """Whether the functions can do their work during a change of the key and after it.

    CloudFormation switches tables, queues and secrets first and changes the roles after them, so a
    key has to be usable one deployment before, and as long as a queue can hold what it encrypted.
    Raises `ToolError`.
    """
    usable = {has.get(_KEY, ""), has.get(_SECOND_KEY, ""), ""}
    key = told.get(_KEY, has.get(_KEY, ""))
    if key not in usable:
        raise ToolError(
            f"The functions are not allowed to use the key {key} yet, and could read no row from"
            " the moment that the tables are switched to it. Deploy twice: first with"
            f" PARAMETERS='{_SECOND_KEY}={key}', and then as now."
        )
    former = has.get(_KEY, "")
    if former not in {key, told.get(_SECOND_KEY, has.get(_SECOND_KEY, "")), ""}:
        raise ToolError(
            f"The queues might hold messages that only the key {former} can decrypt, for up to 14"
            f" days. Let the functions go on using it: add {_SECOND_KEY}={former}."
        )


def _was_asked_for_alarms(stack: DeployedStack | None) -> bool:
    """Also if the answer was that alarms go to no address."""
    return stack is not None and _ALARM_EMAIL in stack.parameters


def _ask_for_alarms() -> str:
    form = re.compile(_known_parameters()[_ALARM_EMAIL]["AllowedPattern"])
    return _checked(None, "E-mail address for alarms (Enter for none)", "", form)


def _known_parameters() -> dict[str, Any]:
    text = TEMPLATE.read_text(encoding="utf-8")
    known: dict[str, Any] = yaml_parse(text)["Parameters"]
    return known


def _checked(given: str | None, question: str, default: str, form: re.Pattern[str]) -> str:
    """What was given, or what is answered, once it has this form. Raises `ToolError`."""
    if given is not None:
        if not form.fullmatch(given):
            raise ToolError(f'{question}: "{given}" cannot be one.')
        return given
    while not form.fullmatch(answer := ask(question, default)):
        console.print(escape(f'"{answer}" cannot be one.'))
    return answer


def _account_id(session: boto3.session.Session) -> str:
    try:
        with aws_errors():
            return session.client("sts").get_caller_identity()["Account"]
    except ToolError as error:
        raise ToolError(
            f"{error} AWS does not know this machine, or not any more: `aws configure` or"
            " `aws sso login` gives it credentials, and AWS_PROFILE names which."
        ) from error


def _look_at(session: boto3.session.Session, stack_name: str) -> Before:
    stack = find(session, stack_name)
    account: Account | None = None
    in_use: list[str] = []
    if stack is not None and stack.status != "REVIEW_IN_PROGRESS":
        _check_usable(stack)
        in_use = [stack.outputs[name] for name in _TABLES if name in stack.outputs]
        if _SECRET in stack.outputs:
            account = AccountSecret.of_stack(session, stack).get()
    else:
        stack = None
    tables = OldTables.of_stack(session, stack_name, in_use)
    guards = stack.outputs.get("GuardsTable") if stack else None
    return Before(stack, account, tables, _to_copy(tables, guards) if tables.names else [])


def _check_usable(stack: DeployedStack) -> None:
    name, region = stack.name, stack.region
    if stack.status.endswith("_IN_PROGRESS"):
        raise ToolError(f"AWS is still busy with the stack {name} ({stack.status}). Wait for it.")
    if stack.status in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"}:
        raise ToolError(
            f"The stack {name} is the rest of a deployment or a deletion that failed"
            f" ({stack.status}) and cannot be deployed again. `aws cloudformation delete-stack"
            f" --region {region} --stack-name {name}` removes it; its tables stay."
        )
    if "MessagesTable" not in stack.outputs:
        raise ToolError(f"The stack {name} in {region} is not this gateway. Choose another name.")


def _to_copy(tables: OldTables, guards: str | None) -> list[Suppression]:
    """What of old do-not-contact lists is to be copied, as the person at the keyboard decides."""
    entries = tables.do_not_contact()
    missing = tables.missing_from(guards, entries) if guards else list(entries.values())
    console.print(
        "[bold yellow]An earlier stack of this name has left tables behind[/bold yellow], which"
        f" this one does not use: {escape(', '.join(tables.names))}. (docs/keeping-tables.md says"
        " how a new stack takes whole tables along.)"
    )
    if not missing:
        console.print("Their do-not-contact lists have no number that is not on the stack's own.")
        return []
    console.print(
        f"Their do-not-contact lists have {len(missing)} numbers that would be missing from the new"
        " one: the gateway would text these people again."
    )
    if agrees("Copy them after the deployment, before the first message?", default=True):
        return missing
    console.print("They are not copied; the next `make deploy` offers it again.")
    return []


# --- build and deploy ------------------------------------------------------------------------


def _build(config_env: str) -> None:
    forget_layer_without_byte_code(_BUILT)
    with step("building the gateway (sam build)"):
        _sam(["build", "--config-env", config_env])
    if not layer_has_byte_code(_BUILT):
        console.print(
            "[bold red]WARNING: the layer has no byte code[/bold red], because this machine has no"
            " python3.13 and could not get one. All works the same, but each cold start takes about"
            " 0.6 s longer. `uv python install 3.13` (or pyenv, apt-get, brew), and then `make"
            " deploy` again, shortens them."
        )


def _sam_deploy(
    config_env: str,
    config: Mapping[str, Any],
    stack_name: str,
    region: str,
    told: Told,
) -> None:
    with (
        _parameters_file(told.parameters) as parameters,
        step("deploying the gateway (sam deploy); the first time takes some minutes"),
    ):
        _sam(
            [
                "deploy",
                *("--config-env", config_env),
                *("--template-file", str(_BUILT / "template.yaml")),
                *("--stack-name", stack_name),
                *("--region", region),
                *([] if "s3_bucket" in config else ["--resolve-s3"]),
                *("--s3-prefix", stack_name),
                *("--capabilities", "CAPABILITY_IAM"),
                "--no-confirm-changeset",
                "--no-fail-on-empty-changeset",
                *_tags_option(told.tags),
                *parameters,
            ]
        )


def _tags_option(tags: Mapping[str, str]) -> list[str]:
    """Quoted, for SAM takes a space for the end of a tag."""
    return ["--tags", *(f'"{name}"="{value}"' for name, value in tags.items())] if tags else []


@contextmanager
def _parameters_file(overrides: Mapping[str, str]) -> Iterator[list[str]]:
    """The options that hand these over as they are: SAM has rules of its own for quotes."""
    if not overrides:
        yield []
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "parameters.yaml"
        path.write_text(json.dumps(overrides), encoding="utf-8")  # JSON is YAML
        yield ["--parameter-overrides", f"file://{path}"]


def _sam(arguments: Sequence[str]) -> None:
    LOCAL_FILES.mkdir(exist_ok=True)
    log = LOCAL_FILES / f"make-deploy-{arguments[0]}.log"
    if run_sam(arguments, env=os.environ, log=log) != 0:
        raise ToolError(f"`sam {arguments[0]}` failed, and says why:\n{tail(log)}")


# --- after -----------------------------------------------------------------------------------


def _ensure_account(
    session: boto3.session.Session, stack: DeployedStack, before: Account | None
) -> bool:
    """Whether the stack has an account at Voipit, after asking for one if need be."""
    secret = AccountSecret.of_stack(session, stack)
    if secret.get() is not None:
        return True
    if before is not None:
        # The account used to be a parameter; the update from such a release empties the secret.
        secret.put(before)
        console.print("The deployment has emptied the account's secret; its content is back.")
        return True
    return fill(session, stack)


def _show_what_comes_next(stack: DeployedStack, *, has_account: bool) -> None:
    where = f"STACK={stack.name} REGION={stack.region}"
    url = stack.output("ApiUrl")
    console.print(f"\n[green]The stack {stack.name} is deployed.[/green]")
    if not has_account:
        console.print(
            "It has no account at Voipit yet, so messages wait. Give it one:\n\n"
            f"  make account {where}"
        )
    console.print("\nThe key, and a first message:\n")
    key_id = stack.output("ApiKeyId")
    get_key = f"aws apigateway get-api-key --region {stack.region} --include-value"
    for line in (
        f"{get_key} --query value --output text --api-key {key_id}",
        f"curl -s {url}/messages -H 'x-api-key: <key>' -H 'content-type: application/json' \\",
        '     -d \'{"phoneNumber": "<your mobile>", "message": "Hello from the gateway"}\'',
    ):
        console.print(f"  {escape(line)}")
    console.print(f"\nA key for each further client: make client NAME=crm {where}")
    console.print(
        f"The console for operators: {escape(stack.output('ConsoleUrl'))} It asks for a key of"
        f" theirs: make client NAME=ana ROLE=operator {where}"
    )
    if stack.parameters.get(_ALARM_EMAIL):
        console.print(
            "Alarms go to the address that you gave once the link in AWS's mail to it is clicked."
        )
    else:
        console.print(
            "Alarms go to no address. To get them by mail:"
            f" make deploy {where} PARAMETERS='{_ALARM_EMAIL}=<address>'"
        )


if __name__ == "__main__":
    sys.exit(main())
