"""`make account`: asks, tries with a few pings, stores; and says what a refusal means."""

import io
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest

from local.processes import free_port
from local.simulator.server import running_simulator
from local.simulator.settings import Settings
from sms_gateway.adapters.secrets import RememberedSecret, VoipitAccounts
from tests.support.simulator import Simulator
from tests.support.template import TEMPLATE
from tools import account as program
from tools import questions
from tools.account import PINGS, main
from tools.progress import console

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

STACK: Final = "voipit-sms-gateway"
NUMBER: Final = "400123"
PASSWORD: Final = 'a "quoted" \\ pass+word%41'


class Stack:
    """A deployed stack, with the account's secret as the template makes it."""

    def __init__(self, voipit_url: str, name: str = STACK) -> None:
        self.secrets: SecretsManagerClient = boto3.client("secretsmanager")
        text = TEMPLATE["Resources"]["VoipitAccount"]["Properties"]["SecretString"]
        self.arn = self.secrets.create_secret(Name=name, SecretString=text)["ARN"]
        boto3.client("cloudformation").create_stack(
            StackName=name,
            TemplateBody=json.dumps(
                {
                    "Parameters": {"VoipitBaseUrl": {"Type": "String"}},
                    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
                    "Outputs": {"VoipitSecretArn": {"Value": self.arn}},
                }
            ),
            Parameters=[{"ParameterKey": "VoipitBaseUrl", "ParameterValue": voipit_url}],
        )

    @property
    def text(self) -> str:
        return self.secrets.get_secret_value(SecretId=self.arn)["SecretString"]


@pytest.fixture
def voipit() -> Iterator[Simulator]:
    simulator = Simulator(Settings(account_number=NUMBER, password=PASSWORD))
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def stack(aws: None, voipit: Simulator) -> Stack:
    assert aws is None
    return Stack(voipit.url)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Run it with these answers, one a line; the exit code, and everything that was written."""
    monkeypatch.setattr(program, "PAUSE", 0.0)

    def with_answers(*answers: str, stack: str = STACK) -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in answers)))
        with console.capture() as capture:
            code = main(["--stack-name", stack])
        return code, " ".join(capture.get().split())

    return with_answers


def test_an_account_that_voipit_knows_is_stored_as_the_gateway_reads_it(
    stack: Stack, run: Callable[..., tuple[int, str]], voipit: Simulator
) -> None:
    code, said = run(NUMBER, PASSWORD)

    assert code == 0
    read = VoipitAccounts(RememberedSecret(stack.secrets, stack.arn), "").current()
    assert (read.number, read.password) == (NUMBER, PASSWORD)
    assert len(voipit.requests()) == 1
    assert PASSWORD not in said


def test_a_refused_account_is_explained_not_stored_and_asked_for_again(
    stack: Stack, run: Callable[..., tuple[int, str]]
) -> None:
    code, said = run(NUMBER, "wrong", NUMBER, PASSWORD)

    assert code == 0
    assert "does not know the account number, or the account's API module is off" in said
    assert "counted as an invalid request against the address of this machine" in said
    assert json.loads(stack.text)["password"] == PASSWORD


def test_there_are_three_pings_in_all(
    stack: Stack, run: Callable[..., tuple[int, str]], voipit: Simulator
) -> None:
    code, said = run(*[NUMBER, "wrong"] * 9)

    assert code == 1
    assert len(voipit.requests()) == PINGS == 3
    assert "Nothing was stored." in said
    assert stack.text == "{}"


def test_a_blocked_address_tells_nothing_about_the_account(
    stack: Stack, run: Callable[..., tuple[int, str]], voipit: Simulator
) -> None:
    voipit.change(blocked=True)

    code, said = run(NUMBER, PASSWORD, "n")

    assert code == 1
    assert "has blocked the address of this machine (403.6)" in said
    assert len(voipit.requests()) == 1
    assert stack.text == "{}"


@pytest.mark.parametrize(("answer", "stored"), [("y", True), ("", False), ("n", False)])
def test_without_any_answer_it_asks_before_it_stores(
    aws: None, run: Callable[..., tuple[int, str]], answer: str, *, stored: bool
) -> None:
    assert aws is None
    stack = Stack(f"http://127.0.0.1:{free_port()}")

    code, said = run(NUMBER, PASSWORD, answer)

    assert said.count("no clear answer") == PINGS
    assert (code == 0) is stored
    assert (stack.text != "{}") is stored


def test_an_address_that_voipit_does_not_know_is_not_tried_twice(
    aws: None, run: Callable[..., tuple[int, str]]
) -> None:
    assert aws is None
    with running_simulator(Settings(account_number=NUMBER, password=PASSWORD)) as url:
        stack = Stack(f"{url}/elsewhere")
        code, said = run(NUMBER, PASSWORD, NUMBER, PASSWORD)

    assert code == 1
    assert "VoipitBaseUrl" in said
    assert stack.text == "{}"


def test_what_cannot_be_an_account_number_or_a_password_is_asked_for_again(
    stack: Stack, run: Callable[..., tuple[int, str]], voipit: Simulator
) -> None:
    code, _ = run("400/123", "", NUMBER, "", "x" * 129, PASSWORD)

    assert code == 0
    assert len(voipit.requests()) == 1
    assert json.loads(stack.text)["accountNumber"] == NUMBER


@pytest.mark.parametrize("answers", [[], [NUMBER]])
def test_without_answers_nothing_is_called_and_nothing_stored(
    stack: Stack, run: Callable[..., tuple[int, str]], voipit: Simulator, answers: list[str]
) -> None:
    code, said = run(*answers)

    assert code == 1
    assert "Nothing was stored." in said
    assert voipit.requests() == []
    assert stack.text == "{}"


def test_a_stack_that_is_not_there_is_said_before_anything_is_asked(
    stack: Stack, run: Callable[..., tuple[int, str]]
) -> None:
    code, said = run(NUMBER, PASSWORD, stack="another")

    assert code == 1
    assert "There is no stack another in eu-central-1." in said
    assert "Account number" not in said
    assert stack.text == "{}"


def test_a_password_is_not_shown_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    hidden: list[Any] = []

    def getpass(question: str) -> str:
        hidden.append(question)
        return PASSWORD

    monkeypatch.setattr("sys.stdin", Terminal("shown\n"))
    monkeypatch.setattr(questions, "getpass", getpass)

    assert questions.ask_secretly("API password") == PASSWORD
    assert len(hidden) == 1
