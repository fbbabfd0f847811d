"""What the pages on upgrading and deleting say is so. (tests/upgrade runs their commands.)"""

from typing import Any, Final

import pytest

from tests.support.aws_command import AwsCommand, CommandError
from tests.support.pages import block_commands, filled_in, page
from tests.support.template import TEMPLATE, transformed

PAGES: Final = ("upgrading.md", "keeping-tables.md")
AWS: Final = [
    command
    for name in PAGES
    for command in block_commands(page(name).read_text(encoding="utf-8"), "aws")
]
VALUES: Final = {
    "stack": "voipit-sms-gateway",
    "region": "eu-central-1",
    "table": "voipit-sms-gateway-Guards-1ABC2DEF3GHI",
    "messages_table": "voipit-sms-gateway-Messages-1ABC2DEF3GHI",
    "guards_table": "voipit-sms-gateway-Guards-1ABC2DEF3GHI",
    "key": "k3y1d0f5am",
}
UPGRADING: Final = page("upgrading.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", AWS, ids=lambda text: " ".join(text.split()[1:4]))
def test_a_command_of_aws_is_one_that_its_command_line_takes(text: str) -> None:
    assert AwsCommand.read(filled_in(text, **VALUES)).options["region"] == "eu-central-1"


@pytest.mark.parametrize(
    "text",
    [
        "aws cloudformation wait stack-to-come --region r --stack-name s",
        "aws cloudformation wait stack-delete-complete --region r --stack s",
        "aws dynamodb update-table --region r --table-name t --no-table-class",
    ],
)
def test_a_command_that_there_is_not_is_noticed(text: str) -> None:
    with pytest.raises(CommandError):
        AwsCommand.read(text)


def test_a_command_goes_on_after_a_backslash_and_until_its_quotes_are_closed() -> None:
    text = (
        "```\naws a b \\\n  --c d\naws e '[\n  1]'\nsam f\nmake g\n```\n  ```\n  aws a h\n  ```\n"
    )
    assert block_commands(text, "aws", "sam") == [
        "aws a b    --c d",
        "aws e '[\n  1]'",
        "sam f",
        "aws a h",
    ]


def test_what_outlives_the_stack_is_what_the_page_says() -> None:
    kept = {
        name
        for name, resource in transformed()["Resources"].items()
        if resource.get("DeletionPolicy", "Delete") != "Delete"
    }
    (row,) = [line for line in UPGRADING.splitlines() if line.startswith("| the tables ")]
    assert kept == {name for name in TEMPLATE["Resources"] if f"`{name}`" in row}


def test_a_secret_or_a_queue_that_is_added_is_among_what_is_gone_at_once() -> None:
    """The page counts them."""
    kinds: list[Any] = [resource["Type"] for resource in TEMPLATE["Resources"].values()]
    (gone,) = [each for each in UPGRADING.split("\n\n") if each.startswith("**Gone at once")]
    numbers = {2: "both", 3: "the three", 4: "the four"}
    assert f"{numbers[kinds.count('AWS::SecretsManager::Secret')]} secrets" in gone
    assert f"{numbers[kinds.count('AWS::SNS::Topic')]} topics" in gone
