"""Break the deployed stack, one thing at a time: its alarm rings, the runbook cures it.

A stack of its own with the name on the page, so that the page's commands run word for word.
How time is mapped says `monitored_stack.py`. Here it is shown that what the deployed functions
really write makes the template's alarms ring; each alarm by itself is in tests/handlers.
"""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import requests
from botocore.exceptions import ClientError
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from local.deploy import mend_concurrency
from local.gateway import wait_until
from local.ministack import aws_environment
from local.simulator.settings import Settings
from local.stack import Provider, running_stack
from tests.e2e.circumstances import ACCOUNT_NUMBER, PASSWORD
from tests.e2e.monitored_stack import QUARTER, MonitoredStack
from tests.e2e.stream_reader import FailingBatch
from tests.e2e.unused_numbers import a_number
from tests.support import raw
from tests.support.aws_command import AwsCommand
from tests.support.cloudwatch import alarms, composites
from tests.support.refusing_service import EVENTS, WRITES, Service, between
from tests.support.runbook import REGION, STACK, commands, entries
from tests.support.simulator import Simulator
from tests.support.template import transformed
from tools.repository import ROOT

NEW_PASSWORD: Final = "Another-1+may%41see&this"
FORGED: Final = 150
SCHEDULED_WITHIN: Final = 90.0
"""Seconds, real ones: a minute, and how late the local AWS can be."""
WARM_UP: Final = 6
"""Minutes until `watch-missing`, which rings while a stack is new, is quiet."""


@pytest.fixture(scope="session", autouse=True)
def message_ids() -> Mapping[str, str]:
    """Not those of the other tests here: they need a stack that these do without."""
    return {}


@pytest.fixture(autouse=True)
def _every_call_is_allowed() -> None:
    """Is asked of that stack, too: to look here would deploy it."""


@pytest.fixture(scope="module")
def voipit() -> Iterator[Simulator]:
    simulator = Simulator(
        Settings(account_number=ACCOUNT_NUMBER, password=PASSWORD, carrier_delay=0.3)
    )
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture(scope="module")
def sns() -> Iterator[Service]:
    with between(EVENTS) as service:
        yield service


@pytest.fixture(scope="module")
def gateway(voipit: Simulator, sns: Service) -> Iterator[MonitoredStack]:
    """The stack, well and warm. Its schedule is off: the test is the schedule."""
    provider = Provider(voipit.url, ACCOUNT_NUMBER, PASSWORD)
    template = transformed()
    address = {"AWS_ENDPOINT_URL_SNS": sns.url}
    with running_stack(provider, inherited=address, stack_name=STACK) as stack:
        sns.aws = stack.aws_endpoint_url
        stack.aws("events").disable_rule(Name=stack.stack_outputs["WatchRuleName"])
        stack.aws("sqs").set_queue_attributes(  # two and a half minutes are too long for a test
            QueueUrl=stack.stack_outputs["ReportFallbackQueueUrl"],
            Attributes={"VisibilityTimeout": "2"},
        )
        monitored = MonitoredStack(
            stack, STACK, alarms(template), composites(template), repeated=sns.repeated
        )
        monitored.post()
        monitored.minutes(WARM_UP, messages=0)
        yield monitored


@pytest.fixture(autouse=True)
def environment(gateway: MonitoredStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """That of the person on call. With a failed test stands what functions have said of errors."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "MAKEFLAGS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in aws_environment(gateway.stack.aws_endpoint_url).items():
        monkeypatch.setenv(name, value)
    gateway.errors.clear()
    yield
    print(*gateway.errors, sep="\n")  # noqa: T201  pytest shows it with a failed test


# --- the commands of the page ----------------------------------------------------------------


def filled_in(gateway: MonitoredStack, text: str, **given: str) -> str:
    """A command with what stands for the names in angle brackets on this stack."""
    stack = gateway.stack
    # On AWS these two have host names; here they are paths below MiniStack's one address.
    known = stack.stack_outputs | {"ApiUrl": stack.api_url, "CallbackUrl": stack.callback_url}
    known |= {"key": stack.api_key} | given
    return re.sub(r"<(\w+)>", lambda found: known[found[1]], text)


def aws(gateway: MonitoredStack, heading: str, begin: str, **given: str) -> Any:
    """Run the one command of an entry that begins like this; what AWS answers."""
    (text,) = [each for each in commands("aws", entries()[heading]) if each.startswith(begin)]
    return AwsCommand.read(filled_in(gateway, text, **given)).run()


def make(gateway: MonitoredStack, text: str, *answers: str) -> str:
    """Run a command; what it says."""
    ran = subprocess.run(  # noqa: S602  the page's own words
        # The virtual environment is there, however old its mark is.
        text.replace("make ", "make -o .venv/ready ", 1),
        shell=True,
        cwd=ROOT,
        env=dict(os.environ),
        input="".join(f"{answer}\n" for answer in answers),
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "The command failed" not in ran.stdout, ran.stdout
    mend_concurrency(gateway.stack.aws_endpoint_url)
    return ran.stdout


def make_of(gateway: MonitoredStack, heading: str, begin: str, *answers: str) -> str:
    """Run the one command of an entry that begins like this; what it says."""
    (text,) = [each for each in commands("make", entries()[heading]) if each.startswith(begin)]
    return make(gateway, text, *answers)


# --- one thing at a time ---------------------------------------------------------------------


def is_well(gateway: MonitoredStack) -> bool:
    """No alarm rings, with traffic, once the slowest has looked back far enough; nothing is lost.

    All that was taken is sent, and each change of status was told once.
    """
    gateway.until_sent()
    quiet = gateway.minutes(20, every=4)[-1] == set()
    gateway.until_sent()
    gateway.until_told()
    return quiet


def change_trigger_of_publish(gateway: MonitoredStack, **attributes: Any) -> None:
    functions = gateway.stack.aws("lambda")
    (mapping,) = functions.list_event_source_mappings(
        FunctionName=gateway.stack.stack_outputs["PublishFunctionName"]
    )["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], **attributes)


def look_at_trigger(gateway: MonitoredStack) -> dict[str, Any]:
    """As the entry `events-stopped` has it."""
    (found,) = aws(gateway, "events-stopped", "aws lambda list-event-source-mappings")[
        "EventSourceMappings"
    ]
    return dict(found)


def switch_trigger_on(gateway: MonitoredStack) -> None:
    """The cure of that entry, after its look."""
    found = look_at_trigger(gateway)
    assert found["State"] == "Disabled"
    aws(gateway, "events-stopped", "aws lambda update-event-source-mapping", UUID=found["UUID"])
    gateway.events_come = True


def given_up(gateway: MonitoredStack) -> int:
    """So many positions wait in the failure queue of `publish`."""
    attributes = gateway.stack.aws("sqs").get_queue_attributes(
        QueueUrl=gateway.stack.stack_outputs["PublishFailuresQueueUrl"],
        AttributeNames=["ApproximateNumberOfMessages"],
    )["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"])


def deploy_badly(gateway: MonitoredStack, change: Callable[[dict[str, Any]], object]) -> None:
    """A deployment of a template with a change in it, as of a bad commit."""
    cloudformation = gateway.stack.aws("cloudformation")
    original = cloudformation.get_template(StackName=STACK, TemplateStage="Original")
    template = yaml_parse(original["TemplateBody"])
    change(template)
    body = json.dumps(template).encode()
    gateway.stack.aws("s3").put_object(Bucket="sam-artifacts", Key="bad.json", Body=body)
    (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    names = [each["ParameterKey"] for each in stack["Parameters"]]
    cloudformation.update_stack(
        StackName=STACK,
        TemplateURL=f"{gateway.stack.aws_endpoint_url}/sam-artifacts/bad.json",
        Parameters=[{"ParameterKey": name, "UsePreviousValue": True} for name in names],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 1}
    )
    mend_concurrency(gateway.stack.aws_endpoint_url)


def test_a_wrong_password_rings_until_the_right_one_is_stored(
    gateway: MonitoredStack, voipit: Simulator
) -> None:
    assert is_well(gateway)
    voipit.change(password=NEW_PASSWORD)
    voipit.settings = replace(voipit.settings, password=NEW_PASSWORD)  # when it starts again

    rung = gateway.minutes(8, every=2)

    assert rung[-1] == {"circuit-open", "wake"}
    assert [r["answer"] for r in voipit.requests() if r["answer"] == 401] == [401]
    said = make_of(gateway, "circuit-open", "make account", ACCOUNT_NUMBER, NEW_PASSWORD)
    assert "The account is stored" in said
    assert is_well(gateway)


def test_voipit_out_of_reach_rings_until_it_is_back(
    gateway: MonitoredStack, voipit: Simulator
) -> None:
    """The page says that there is nothing to do."""
    voipit.stop()
    try:
        rung = gateway.minutes(14)
    finally:
        voipit.start()

    assert rung[0] == set()
    assert rung[-1] == {"voipit-unreachable", "wake"}
    assert is_well(gateway)


def test_a_trigger_of_publish_that_is_off_rings_until_it_is_on(gateway: MonitoredStack) -> None:
    gateway.until_a_quarter_begins()
    change_trigger_of_publish(gateway, Enabled=False)
    gateway.events_come = False

    rung = gateway.minutes(2 * QUARTER, every=2)

    assert rung[0] == set()
    assert rung[-1] == {"events-stopped", "wake"}
    switch_trigger_on(gateway)
    assert is_well(gateway)


def test_sns_that_refuses_every_event_rings_until_it_takes_them(
    gateway: MonitoredStack, sns: Service
) -> None:
    """`publish` runs, and names each record as one to bring again."""
    gateway.until_a_quarter_begins()
    change_trigger_of_publish(gateway, Enabled=False)
    gateway.events_come, gateway.batch = False, FailingBatch(gateway.stack)
    sns.refuses = True

    rung = gateway.minutes(2 * QUARTER, every=2)

    assert rung[0] == set()
    assert rung[-1] == {"events-late", "events-stopped", "wake"}
    topic = aws(gateway, "events-late", "aws sns get-topic-attributes")["Attributes"]
    assert topic["TopicArn"] == gateway.stack.topic_arn
    sns.refuses, gateway.batch = False, None
    switch_trigger_on(gateway)
    assert is_well(gateway)


def test_an_event_that_sns_has_refused_for_a_while_is_told_once(
    gateway: MonitoredStack, sns: Service
) -> None:
    """Lambda brings it again, with what has been written behind it."""
    sns.refuses, gateway.events_come = True, False
    before = sns.refused
    gateway.post()
    wait_until(lambda: sns.refused > before, lambda: "no event came to SNS", timeout=60)
    gateway.post()
    sns.refuses, gateway.events_come = False, True
    assert is_well(gateway)


def test_a_publish_that_breaks_off_rings_until_the_commit_before_is_deployed(
    gateway: MonitoredStack,
) -> None:
    """What Lambda has given up by then is published from the rows, what it has not by Lambda."""
    gateway.until_a_quarter_begins()

    def forget_the_topic(template: dict[str, Any]) -> None:
        environment = template["Resources"]["PublishFunction"]["Properties"]["Environment"]
        del environment["Variables"]["TOPIC_ARN"]

    before = len(gateway.taken)
    deploy_badly(gateway, forget_the_topic)
    gateway.events_come = False
    change_trigger_of_publish(gateway, MaximumRecordAgeInSeconds=1)  # on AWS 23 1/2 hours
    first_ones = gateway.minutes(QUARTER, every=2)
    wait_until(lambda: given_up(gateway) > 0, lambda: "nothing was given up", timeout=90)
    change_trigger_of_publish(gateway, MaximumRecordAgeInSeconds=84600)
    rung = gateway.minutes(QUARTER, every=2)

    def rings() -> bool:
        """A run that breaks off can take longer than some of these minutes."""
        rung.extend(gateway.minutes(2, every=2))
        return rung[-1] == {"events-stopped", "unexpected-errors", "dead-letters", "wake"}

    assert first_ones[0] <= {"unexpected-errors", "day"}
    wait_until(rings, lambda: f"{rung[-1]} ring", timeout=90)
    assert look_at_trigger(gateway)["State"] == "Enabled"  # so the page goes on at events-late
    make_of(gateway, "unexpected-errors", "make deploy")
    make_of(gateway, "events-late", "make redrive", STACK)
    gateway.events_come, gateway.republished = True, set(gateway.taken[before:])
    assert is_well(gateway)


def test_a_table_that_refuses_writes_rings_until_the_commit_before_is_deployed(
    gateway: MonitoredStack, voipit: Simulator
) -> None:
    """Clients repeat what was answered with 503; a report that came meanwhile is recorded."""
    waiting = gateway.post(
        {"phoneNumber": "+40799000002", "message": "Delivered", "messageId": "waiting"}
    )
    report_to = voipit.send_result_to(waiting["messageId"])
    with between(WRITES) as table:
        table.aws, table.refuses = gateway.stack.aws_endpoint_url, True

        def call_another_table(template: dict[str, Any]) -> None:
            variables = template["Globals"]["Function"]["Environment"]["Variables"]
            variables["AWS_ENDPOINT_URL_DYNAMODB"] = table.url

        deploy_badly(gateway, call_another_table)
        report = {"apiName": "sms", "type": "deliveryReport", "status": "sent", "id": "waiting"}
        assert requests.post(report_to, data=report, timeout=40).status_code == 200

        rung = gateway.minutes(11, messages=5)

        assert rung[0] <= {"report-fallback", "day"}
        assert rung[-1] == {"store-failing", "api-failing", "report-fallback", "wake"}
        assert len(gateway.refused) == 11 * 5
        assert raw.get(gateway.api, "waiting").json()["status"] == "submitted"
        make_of(gateway, "store-failing", "make deploy")
    gateway.post_again()
    assert is_well(gateway)


def test_forged_callbacks_ring_and_harm_no_message(gateway: MonitoredStack) -> None:
    """The 10,000 are in tests/handlers; these go through the function's URL, beside messages."""
    base = gateway.stack.callback_url

    def forge(number: int) -> int:
        path = f"crm/m-{number}/1/{number:08x}.{'A' * 22}" if number % 2 else f"{number}/.env"
        answer = requests.post(f"{base}/{path}", data={"status": "sent"}, timeout=40)
        return answer.status_code

    with ThreadPoolExecutor(4) as strangers:
        answers = strangers.map(forge, range(FORGED))
        for _ in range(5):
            gateway.post()
        assert set(answers) == {403}
    rung = gateway.minutes(6, messages=0)

    assert rung[-1] == {"forged-callbacks", "day"}
    assert is_well(gateway)


def test_watch_that_is_switched_off_rings_until_it_is_on(gateway: MonitoredStack) -> None:
    """Its schedule has been off all the time; here the test does not take its place."""
    gateway.watch_is_invoked = False
    soon = (datetime.now(UTC) + timedelta(seconds=30)).isoformat()
    scheduled = gateway.post(
        {
            "phoneNumber": a_number(),
            "message": "Delivered",
            "messageId": "scheduled",
            "sendAt": soon,
        }
    )
    assert scheduled["status"] == "queued"
    queue = gateway.stack.stack_outputs["DispatchQueueUrl"]
    gateway.stack.aws("sqs").purge_queue(QueueUrl=queue)  # so watch alone knows of it
    gateway.hurry()

    rung = gateway.minutes(6, messages=0)

    assert rung[0] == set()
    assert rung[-1] == {"watch-missing", "wake"}
    assert raw.get(gateway.api, "scheduled").json()["status"] == "queued"
    aws(gateway, "watch-missing", "aws events enable-rule")
    rule = gateway.stack.stack_outputs["WatchRuleName"]
    assert gateway.stack.aws("events").describe_rule(Name=rule)["State"] == "ENABLED"
    wait_until(  # for the schedule alone: the test has not invoked watch
        lambda: gateway.minutes(1, messages=0)[-1] == set(),
        lambda: "watch has not run by itself",
        timeout=SCHEDULED_WITHIN,
    )
    gateway.until_sent()
    gateway.watch_is_invoked = True
    assert is_well(gateway)


# --- every command of the page ---------------------------------------------------------------

NOT_HERE: Final = {
    "request-service-quota-increase": "the local AWS has no Service Quotas",
}
"""Commands that are held against AWS's models only: tests/docs/test_runbook.py."""
AWS: Final = sorted(set(commands("aws")))
PLACED: Final = {"UUID": "", "messageId": "scheduled", "client": "default"}


@pytest.mark.parametrize("text", AWS)
def test_a_command_of_aws_is_answered(gateway: MonitoredStack, text: str) -> None:
    """Word for word. If the local AWS learns one that is not here, this fails."""
    begin = f"aws lambda list-event-source-mappings --region {REGION} --function-name"
    (mapping,) = aws(gateway, "events-stopped", begin)["EventSourceMappings"]
    given = PLACED | {"UUID": mapping["UUID"]}
    command = AwsCommand.read(filled_in(gateway, text, **given))
    if text.split()[2] in NOT_HERE:
        with pytest.raises(ClientError):
            command.run()
    else:
        command.run()


def test_a_command_of_curl_is_answered(gateway: MonitoredStack) -> None:
    said = {
        text: subprocess.run(  # noqa: S602  the page's own words
            filled_in(gateway, text, **PLACED),
            shell=True,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
        for text in sorted(set(commands("curl")))
    }
    (of_callback,) = said.values()
    assert of_callback == "403"
