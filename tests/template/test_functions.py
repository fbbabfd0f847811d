"""What each function runs with: logs, settings, time."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from aws_lambda_powertools.shared import constants

from sms_gateway.adapters import aws
from sms_gateway.adapters.voipit.transport import CONNECT_TIMEOUT, READ_TIMEOUT
from sms_gateway.domain.due import LEASE
from sms_gateway.domain.queue_progress import SLOWEST_TRY
from sms_gateway.entrypoints.settings import (
    CallbackSettings,
    DispatchSettings,
    PublishSettings,
    SendSettings,
    StatusSettings,
    WatchSettings,
)
from sms_gateway.entrypoints.wiring import init_phase
from sms_gateway.use_cases.hand_over import SECONDS_TO_RECORD
from sms_gateway.use_cases.watch import RUNS_EVERY, SECONDS_FOR_THE_QUEUE, SECONDS_TO_STOP
from tests.support.template import TEMPLATE, named, properties, settled
from tools.repository import ROOT

FUNCTIONS = properties(TEMPLATE, "AWS::Serverless::Function")
GLOBALS: dict[str, Any] = TEMPLATE["Globals"]["Function"]
LOG_GROUPS = properties(TEMPLATE, "AWS::Logs::LogGroup")

API_GATEWAY_WAITS: Final = 29
LAMBDAS_INIT: Final = 10
"""Seconds: a longer init phase is begun again, inside the first call and on its time."""
LONGEST_PAUSE: Final = 1.0
"""Before its first repetition botocore's standard mode waits up to a second."""
READ_SETTINGS: Final[dict[str, Callable[["Asked"], object]]] = {
    "SendFunction": SendSettings.from_environment,
    "StatusFunction": StatusSettings.from_environment,
    "CallbackFunction": CallbackSettings.from_environment,
    "DispatchFunction": DispatchSettings.from_environment,
    "WatchFunction": WatchSettings.from_environment,
    "PublishFunction": PublishSettings.from_environment,
}
CLAIMING: Final = {"SendFunction", "DispatchFunction"}
"""The functions that call Voipit for a message, and hold its claim while they do."""
WITHOUT_SETTINGS: Final = "WebFunction"
BEHIND_THE_API: Final = {"SendFunction", "StatusFunction"}
"""Those with routes of the contract. `WebFunction` is behind the API as well."""


CHOSEN: Final = {
    "DEFAULT_REGION": "RO",
    "ALLOWED_COUNTRIES": "RO",
    "ALLOWED_NUMBER_TYPES": "mobile",
    "UNKNOWN_NUMBERS": "refuse",
    "ALLOWED_PREFIXES": "",
    "REFUSED_PREFIXES": "",
    "LONG_TEXT": "refuse",
    "SUPPRESSION_LIST": "on",
    "VOIPIT_NUMBER_FORMAT": "e164",
    "ALLOWED_ORIGINS": "https://crm.example.com",
    "BASE_PATH": "/sms",
}
"""Settings that not every value will do for."""


class Asked(dict[str, str]):
    """An environment that has everything and remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return CHOSEN.get(name, "1")

    def get(self, name: str, _: object = None) -> str:
        return self[name]


def timeout(function: str) -> int:
    seconds: int = FUNCTIONS[function].get("Timeout", GLOBALS["Timeout"])
    return seconds


def variables_of(function: dict[str, Any]) -> dict[str, Any]:
    """The variables of the function's own, beside those of all functions."""
    variables: dict[str, Any] = function.get("Environment", {}).get("Variables", {})
    return variables


def source_of(function: str) -> str:
    module = FUNCTIONS[function]["Handler"].partition(".")[0]
    folder: str = FUNCTIONS[function]["CodeUri"]
    return (ROOT / folder / f"{module}.py").read_text(encoding="utf-8")


def slowest_aws_call() -> float:
    config = aws.CONFIG
    attempts: int = config.retries["total_max_attempts"]  # type: ignore[attr-defined]
    once: float = config.connect_timeout + config.read_timeout  # type: ignore[attr-defined]
    return attempts * once + (attempts - 1) * LONGEST_PAUSE


def test_every_function_has_a_log_group_of_its_own_that_expires() -> None:
    groups = [named(function["LoggingConfig"]["LogGroup"]) for function in FUNCTIONS.values()]
    assert sorted(groups) == sorted(LOG_GROUPS)
    for group in groups:
        assert LOG_GROUPS[group]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_the_functions_alone_decide_what_is_logged() -> None:
    """Lambda would filter under the format JSON (`tests/handlers/test_log_levels.py`)."""
    for name, function in FUNCTIONS.items():
        assert function["LoggingConfig"].keys() == {"LogFormat", "LogGroup"}, name
        assert function["LoggingConfig"]["LogFormat"] == "Text", name
    assert GLOBALS["Environment"]["Variables"]["POWERTOOLS_LOG_LEVEL"] == {"Ref": "LogLevel"}


def test_the_metrics_of_two_stacks_are_told_apart_by_their_dimension() -> None:
    """Powertools makes the service name a dimension of every metric (`tests/unit/test_logs.py`)."""
    variables = GLOBALS["Environment"]["Variables"]
    assert variables["POWERTOOLS_SERVICE_NAME"] == {"Ref": "AWS::StackName"}
    assert not [
        name
        for name, function in FUNCTIONS.items()
        if "POWERTOOLS_SERVICE_NAME" in variables_of(function)
    ]


def test_only_the_function_that_feeds_its_own_queue_may_go_round_in_a_loop(
    cloudformation: dict[str, Any],
) -> None:
    """After some 16 rounds Lambda would drop the message."""
    functions = properties(cloudformation, "AWS::Lambda::Function")
    assert {name: f.get("RecursiveLoop") for name, f in functions.items()} == {
        name: "Allow" if name == "DispatchFunction" else None for name in functions
    }


@pytest.mark.parametrize("name", ["Callback", "Web"])
def test_executions_are_set_aside_for_a_function_if_whoever_deploys_says_so(
    cloudformation: dict[str, Any], name: str
) -> None:
    """A young account cannot set any aside: it would not deploy."""
    parameter = f"{name}ReservedConcurrency"

    def reserved(template: dict[str, Any]) -> dict[str, Any]:
        functions = properties(template, "AWS::Lambda::Function")
        return {
            name: f["ReservedConcurrentExecutions"]
            for name, f in functions.items()
            if "ReservedConcurrentExecutions" in f
        }

    assert reserved(settled(cloudformation)) == {}
    assert reserved(settled(cloudformation, **{parameter: "5"})) == {
        f"{name}Function": {"Ref": parameter}
    }


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_functions_handler_is_where_the_template_says(function: str) -> None:
    name = FUNCTIONS[function]["Handler"].rpartition(".")[2]
    assert f"\ndef {name}(" in source_of(function)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_given_the_settings_it_reads_and_no_others(
    function: str,
) -> None:
    asked = Asked()
    if function != WITHOUT_SETTINGS:
        READ_SETTINGS[function](asked)
    assert set(variables_of(FUNCTIONS[function])) == asked.names


def test_the_functions_behind_the_api_are_those_that_have_routes() -> None:
    building = {name for name in FUNCTIONS if "routes = Routes()" in source_of(name)}
    assert building == BEHIND_THE_API


def test_what_all_functions_are_given_is_read_by_powertools() -> None:
    known = {value for value in vars(constants).values() if isinstance(value, str)}
    assert set(GLOBALS["Environment"]["Variables"]) <= known


def test_no_setting_holds_a_secret_itself() -> None:
    given = {
        named(value)
        for function in FUNCTIONS.values()
        for value in variables_of(function).values()
        if isinstance(value, dict) and set(value) <= {"Ref", "Fn::GetAtt"}
    }
    assert {"VoipitAccount", "CallbackSigningKey"} <= given, "only where the secrets are kept"


@pytest.mark.parametrize("function", CLAIMING)
def test_the_call_of_voipit_and_what_comes_after_it_fit_into_the_functions_time(
    function: str,
) -> None:
    call = CONNECT_TIMEOUT + READ_TIMEOUT
    assert call + SECONDS_TO_RECORD < timeout(function)


def test_the_functions_that_hold_claims_are_those_that_can_call_voipit_for_a_message() -> None:
    """Only with the signing key and the account is there anything to call it with."""
    wanted = {"VOIPIT_SECRET_ARN", "CALLBACK_KEY_SECRET_ARN"}
    able = {name for name, f in FUNCTIONS.items() if wanted <= set(variables_of(f))}
    assert able == CLAIMING


def test_a_claim_outlives_whoever_holds_it_and_whoever_waits_for_the_answer() -> None:
    """What is taken over from a dead function must not be in the hands of a living one."""
    lease = LEASE.total_seconds()
    assert {name: timeout(name) < lease for name in CLAIMING} == dict.fromkeys(CLAIMING, True)
    assert lease > API_GATEWAY_WAITS


def test_the_work_before_the_call_and_the_call_itself_fit_into_dispatchs_time() -> None:
    """Even while every single request of AWS takes as long as it may before one is repeated."""
    asked_before = 4  # the message, the circuit, the claim, the secret that signs
    config = aws.CONFIG
    once: float = config.connect_timeout + config.read_timeout  # type: ignore[attr-defined]
    call = CONNECT_TIMEOUT + READ_TIMEOUT
    assert asked_before * once + call + SECONDS_TO_RECORD < timeout("DispatchFunction")


def test_watch_runs_every_minute_and_is_over_before_the_next_run(
    cloudformation: dict[str, Any],
) -> None:
    (rule,) = properties(cloudformation, "AWS::Events::Rule").values()
    assert rule["ScheduleExpression"] == "rate(1 minute)"
    assert rule.get("State", "ENABLED") == "ENABLED"
    (target,) = rule["Targets"]
    assert named(target["Arn"]) == "WatchFunction.Arn"
    assert timedelta(minutes=1) == RUNS_EVERY
    assert timeout("WatchFunction") < RUNS_EVERY.total_seconds()


def test_a_run_of_watch_that_could_not_start_does_not_wait_for_the_next_one(
    cloudformation: dict[str, Any],
) -> None:
    """Events that Lambda has to hold back are kept for six hours, and come out together."""
    (config,) = properties(cloudformation, "AWS::Lambda::EventInvokeConfig").values()
    assert named(config["FunctionName"]) == "WatchFunction"
    assert config["MaximumEventAgeInSeconds"] == RUNS_EVERY.total_seconds()
    assert config["MaximumRetryAttempts"] == 0


PROCESSOR_SECONDS_OF_A_MESSAGE: Final = 0.002
"""What `watch` needs for one: docs/decisions/2026-11-27-watch-reads-what-it-lets-in.md."""


def test_watch_is_not_asked_to_let_in_more_than_it_can() -> None:
    """A third of the time in which a run begins anything is left to overdue claims and reports."""
    parameter = TEMPLATE["Parameters"]["DrainPerSecond"]
    share_of_a_processor = TEMPLATE["Globals"]["Function"]["MemorySize"] / 1769
    messages = parameter["MaxValue"] * RUNS_EVERY.total_seconds()
    seconds_of_work = messages * PROCESSOR_SECONDS_OF_A_MESSAGE / share_of_a_processor
    seconds_of_a_run = timeout("WatchFunction") - SECONDS_TO_STOP
    assert seconds_of_work <= seconds_of_a_run * 2 / 3
    assert seconds_of_a_run / 3 == SECONDS_FOR_THE_QUEUE
    assert parameter["Default"] <= parameter["MaxValue"]


def test_a_call_of_voipit_fits_into_the_slowest_try_that_watch_reckons_with() -> None:
    assert SLOWEST_TRY.total_seconds() > CONNECT_TIMEOUT + READ_TIMEOUT


def test_watchs_ping_fits_into_its_time_and_it_stops_before_a_message_would_not() -> None:
    """The circuit, the secret, the claim of the ping, the ping, its end; then what it looks at."""
    ping = 4 * slowest_aws_call() + CONNECT_TIMEOUT + READ_TIMEOUT
    assert ping < timeout("WatchFunction")
    assert 3 * slowest_aws_call() <= SECONDS_TO_STOP


def test_an_outcome_can_be_recorded_by_the_slowest_table_in_the_time_kept_for_it() -> None:
    assert slowest_aws_call() <= SECONDS_TO_RECORD


def test_a_list_is_answered_however_slow_each_store_is() -> None:
    """The key's client, the index, the rows, and the secret that signs the cursor."""
    assert 4 * slowest_aws_call() <= timeout("StatusFunction")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_outlives_its_slowest_call_of_aws(function: str) -> None:
    assert slowest_aws_call() < timeout(function)


def test_a_function_behind_the_api_answers_before_api_gateway_gives_up() -> None:
    behind = BEHIND_THE_API | {WITHOUT_SETTINGS}
    assert {name: timeout(name) < API_GATEWAY_WAITS for name in behind} == dict.fromkeys(
        behind, True
    )


def test_init_is_over_before_lambda_starts_it_again_or_a_sender_gets_no_answer() -> None:
    init = 1.5 * init_phase.SECONDS  # what is done ahead, and half as long again for the imports
    assert init < LAMBDAS_INIT / 2
    assert init + timeout("SendFunction") < API_GATEWAY_WAITS


def test_the_gateways_own_variables_are_read_in_one_place() -> None:
    """`aws.py` looks for a variable that botocore reads."""
    code = [*(ROOT / "layers/sms_gateway/src").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    reading = {path.name for path in code if re.search(r"environ\b|getenv", path.read_text())}
    assert reading == {"settings.py", "aws.py"}
