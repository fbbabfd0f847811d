"""What the functions' roles allow, beside what is asked of AWS: the two have to be the same set.

Rights are read from the template, and recorded where functions run: in the handlers' tests, each of
which fails if its function asks for more than its role allows, and on the deployed stack.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from tests.support.template import TEMPLATE, named, properties, settled, several

OPTIONS: Final = {
    "Tracing": "on",
    "SubnetIds": "subnet-0a1b2c3d",
    "SecurityGroupIds": "sg-0a1b2c3d",
    "EncryptionKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/one",
    "SecondKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/another",
}
"""Every parameter that gives a role more, switched on."""


class Right(NamedTuple):
    """What the function's role allows, or what is asked of AWS on the function's behalf.

    The resource is its logical id: `Messages`, `Messages/index/due`, `Messages.StreamArn`.
    """

    function: str
    action: str
    resource: str

    def __str__(self) -> str:
        """As reports name it."""
        return f"{self.function}: {self.action} on {self.resource}"


_CALLING_VOIPIT: Final = ("SendFunction", "DispatchFunction", "WatchFunction")
_FUNCTIONS: Final = tuple(properties(TEMPLATE, "AWS::Serverless::Function"))
WITHOUT_DATA: Final = frozenset({"WebFunction"})
"""The functions whose code asks AWS for nothing."""
_MANAGED: Final = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/"
_LAMBDA: Final = "https://docs.aws.amazon.com/lambda/latest/dg/"
_SQS: Final = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"


def _demanded() -> Iterator[tuple[Iterable[str], str, Iterable[str], str]]:
    """(functions, what they are asked for, the actions, the page that demands them)."""
    for function in _FUNCTIONS:
        logs = function.removesuffix("Function") + "Logs"
        # Without logs:CreateLogGroup, which the page has as well: the groups are the template's.
        writes_logs = ("logs:CreateLogStream", "logs:PutLogEvents")
        yield [function], logs, writes_logs, f"{_MANAGED}AWSLambdaBasicExecutionRole.html"
    for function, queue in (
        ("DispatchFunction", "DispatchQueue"),
        ("CallbackFunction", "ReportFallbackQueue"),
    ):
        reads_a_queue = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
        yield [function], queue, reads_a_queue, f"{_SQS}sqs-configure-lambda-function-trigger.html"
    reads_a_stream = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
    of_streams = f"{_MANAGED}AWSLambdaDynamoDBExecutionRole.html"
    yield ["PublishFunction"], "Messages.StreamArn", reads_a_stream, of_streams
    yield ["PublishFunction"], "*", ["dynamodb:ListStreams"], of_streams
    given_up = f"{_LAMBDA}services-dynamodb-errors.html"
    yield ["PublishFunction"], "PublishFailures", ["sqs:SendMessage"], given_up
    keys = ("EncryptionKeyArn", "SecondKeyArn")
    tables = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
    asking = [function for function in _FUNCTIONS if function not in WITHOUT_DATA]
    for key in keys:
        yield asking, key, ["kms:Decrypt"], f"{tables}encryption.usagenotes.html"
        sending = [function for function in asking if function != "StatusFunction"]
        yield sending, key, ["kms:GenerateDataKey"], f"{_SQS}sqs-key-management.html"
    traces = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")
    yield _FUNCTIONS, "*", traces, f"{_LAMBDA}services-xray.html"
    network = (
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
    )
    yield _CALLING_VOIPIT, "*", network, f"{_MANAGED}AWSLambdaVPCAccessExecutionRole.html"


DEMANDED: Final[Mapping[Right, str]] = {
    Right(function, action, resource): page
    for functions, resource, actions, page in _demanded()
    for function in functions
    for action in actions
}
"""What AWS does in a function's name, where no local run can see it, with AWS's page that demands
it."""


def allowed(template: Mapping[str, Any] = TEMPLATE) -> list[Right]:
    """Everything that the functions' roles allow, with every option switched on."""
    needed = ("AWS::IAM::Role", "AWS::Serverless::Function")
    resources = {name: r for name, r in template["Resources"].items() if r["Type"] in needed}
    decided = settled({**template, "Resources": resources}, **OPTIONS)
    roles = properties(decided, "AWS::IAM::Role")
    return [
        Right(function, action, logical_id(resource))
        for function, given in properties(decided, "AWS::Serverless::Function").items()
        for policy in roles[named(given["Role"]).removesuffix(".Arn")]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
        for action in several(statement["Action"])
        for resource in several(statement["Resource"])
    ]


def logical_id(resource: Any) -> str:
    """What a statement names as its resource, in the words of `Right`."""
    return named(resource).removesuffix(".Arn").replace(".Arn/", "/")


ALLOWED: Final = frozenset(allowed())
OURS: Final = ALLOWED - DEMANDED.keys()
"""What is allowed for our own code: each of these has to be asked for."""


ONLY_IN_HANDLERS: Final[Mapping[Right, str]] = {
    Right("CallbackFunction", "sqs:SendMessage", "ReportFallbackQueue"): (
        "test_callback.py::test_a_report_that_the_table_cannot_take_is_kept_in_the_fallback_queue_"
        "and_acknowledged"
    ),
    Right("DispatchFunction", "dynamodb:ConditionCheckItem", "Guards"): (
        "test_suppressions.py::test_nor_is_one_that_waits_for_its_second_try"
    ),
}
"""What no end-to-end test asks for, with the test of the handlers that does."""


def differences(allowed: Iterable[Right], recorded: Collection[Right]) -> list[str]:
    """A sentence for each right that is asked for and not allowed, or allowed for no reason."""
    given = set(allowed)
    needed = {*recorded, *DEMANDED}
    return [
        *(f"{right} is asked for, and no policy allows it." for right in sorted(needed - given)),
        *(
            f"{right} is allowed, and nothing asks for it. Take it out of the role."
            for right in sorted(given - needed)
        ),
    ]


def not_allowed(recorded: Iterable[Right]) -> list[str]:
    """A sentence for each right that was asked for and that no policy allows."""
    return [
        f"{right} is asked for, and no policy allows it. Add it to the role in template.yaml, "
        "or do without the call."
        for right in sorted(set(recorded) - ALLOWED)
    ]


def called(resource: str, names: Mapping[str, str]) -> str:
    """The logical id of what a call names, with its index; `names` are those of the resources."""
    table, slash, index = resource.partition("/index/")
    return f"{names[table]}{slash}{index}" if slash else names.get(resource, resource)
