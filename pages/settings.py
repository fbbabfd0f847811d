"""The settings of a stack: docs/settings.md, made from the parameters of template.yaml.

What a parameter is for, its default and its bounds come from the template; the resources that it
reaches are read off it too. What a change costs stands in `COSTS`, since no template can hold it.
A test fails when a parameter has no cost, or when the page says something else than the template.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from pages.markdown import anchor, head, row
from tools.repository import ROOT, TEMPLATE

Json = Mapping[str, Any]

_MANY: Final = 20
PAGE: Final = ROOT / "docs" / "settings.md"
_INTRODUCTION: Final = """\
# Settings

Made from [template.yaml](../template.yaml) and `pages/settings.py` by `make docs`; do not edit.

A setting is a parameter of the template. This changes two and leaves the others as they are:

```
make deploy PARAMETERS='AllowedCountries=RO,MD LogLevel=WARN'
```

**Every change is a deployment.** It takes some minutes. CloudFormation changes the functions and
the other resources that the setting reaches; a function starts anew then, so its next request takes
about a second longer. Requests that are being answered are finished, and messages that wait stay in
their table. No setting replaces a table, a queue, the topic, a secret or an API key, and none
changes the address of the API. A value that the template does not allow is refused before anything
is changed. What a setting costs beyond that is said under *Changing it*.

The account at Voipit and the signing keys are no settings: `make account` and `make rotate` change
them, without a deployment.
"""
_NEW_REQUESTS: Final = (
    "Holds for requests that come in from then on. Messages that wait were checked when they were"
    " taken, and are sent."
)
_LESS_COUNTED: Final = (
    "Counts go on: a lower limit holds from then on and does not undo what was sent. After 0 the"
    " count begins with what a smaller limit has kept. Messages that were stored for later wait"
    " until there is room."
)
_NO_FUNCTION: Final = "API Gateway takes the number over; no function starts anew."
_FIXED_ADDRESS: Final = (
    "Give SubnetIds and SecurityGroupIds in one deployment. Voipit sees another address from then"
    " on: tell Voipit before, if it lets in known addresses only. The deployment takes minutes"
    " longer, until Lambda has its network interfaces. A NAT gateway costs about 40 USD a month"
    " ([list prices](fixed-address.md#what-it-costs))."
)
COSTS: Final[Mapping[str, str]] = {
    "VoipitBaseUrl": (
        "The account counts as unproven at the new address: one message at a time is sent until"
        " Voipit has answered one. Delivery reports about earlier messages still come in."
    ),
    "VoipitNumberFormat": "Messages that wait go out in the new form.",
    "DefaultRegion": (
        "A number without a country code is another number from then on, and so is one in a"
        " repeated request. Stored messages keep the number that they were taken for."
    ),
    "AllowedCountries": (
        f"{_NEW_REQUESTS} Money: each country more is one that a leaked API key can send to."
    ),
    "AllowedNumberTypes": _NEW_REQUESTS,
    "UnknownNumbers": _NEW_REQUESTS,
    "AllowedPrefixes": _NEW_REQUESTS,
    "RefusedPrefixes": _NEW_REQUESTS,
    "SuppressionList": (
        'With "off", waiting messages to suppressed numbers are sent too. The list itself stays,'
        ' and holds again with "on".'
    ),
    "RecipientHourlyLimit": _LESS_COUNTED,
    "RecipientDailyLimit": _LESS_COUNTED,
    "ClientDailyLimit": (
        "Messages are counted also with 0, so a limit holds from then on for what the day has had"
        " already, and does not undo what was sent. Second tries (onUnconfirmed: resend) wait until"
        " there is room. Money: this is the most that a leaked key can send in a day."
    ),
    "DoubleClickSeconds": (
        "Holds for requests that come in from then on. With 0 a click too many is a second SMS."
    ),
    "LongText": (
        "Holds for requests that come in from then on. A repeated request with a long text is"
        " possibly answered otherwise than the first."
    ),
    "AllowedOrigins": (
        "A browser that has asked before goes by the earlier answer for up to two hours."
    ),
    "ApiRateLimit": _NO_FUNCTION,
    "ApiBurstLimit": _NO_FUNCTION,
    "ApiDailyQuota": _NO_FUNCTION,
    "RouteRateLimit": _NO_FUNCTION,
    "RouteBurstLimit": _NO_FUNCTION,
    "PreflightRateLimit": _NO_FUNCTION,
    "PageRateLimit": (
        f"{_NO_FUNCTION} Money: it bounds what strangers without a token can cost, about 4 USD for"
        " a million requests (API Gateway and Lambda)."
    ),
    "PageBurstLimit": _NO_FUNCTION,
    "WebRateLimit": (
        f"{_NO_FUNCTION} A lower one can leave pages without the component, since a browser does"
        " not ask again for a script that was refused. Money: it bounds what strangers can cost,"
        " about 4 USD for a million requests (API Gateway and Lambda)."
    ),
    "WebBurstLimit": _NO_FUNCTION,
    "BasePath": (
        "Requests under another base path are answered 404: change the mapping of the custom domain"
        " at the same time."
    ),
    "MessageRetentionDays": (
        "Messages that are in the table keep the time that they were stored with. Money: the"
        " table's storage grows with it."
    ),
    "TableDeletionProtection": ("Nothing. The tables stay as they are; no function starts anew."),
    "LogRetentionDays": (
        "With a shorter time CloudWatch deletes what is older, for good. Money: the logs' storage"
        " grows with it. No function starts anew."
    ),
    "LogLevel": (
        "Every function starts anew. Money: CloudWatch charges for each line, and DEBUG writes the"
        " most."
    ),
    "ReportDeadlineMinutes": (
        "Messages that Voipit has taken keep the deadline that they got. With a shorter one more"
        " messages become `no_report` before their report comes, and more of those with"
        " `onUnconfirmed: resend` are sent twice."
    ),
    "DispatchConcurrency": (
        "Messages that are being handed to Voipit are finished. More at a time means more load on"
        " Voipit, which throttles at some point."
    ),
    "DrainPerSecond": "Holds from the next run of `watch`, which comes every minute.",
    "CallbackReservedConcurrency": (
        "The executions are taken from the account's other functions. The deployment fails, and is"
        " rolled back, if AWS says that too few are left to them."
    ),
    "WebReservedConcurrency": (
        "The executions are taken from the account's other functions. The deployment fails, and is"
        " rolled back, if AWS says that too few are left to them. With few of them a burst of"
        " requests is answered 503 in part, which `api-failing` counts."
    ),
    "AlarmEmail": (
        "The earlier address gets no more alarms. The new one gets none before the link in AWS's"
        " mail is clicked. No function starts anew."
    ),
    "AccountConcurrency": (
        "Nothing but the alarm. Money: 0.10 USD a month with it. No function starts anew."
    ),
    "Tracing": (
        "Every function starts anew. Money: X-Ray charges for each trace it keeps and for each that"
        " is read. With off, traces that are there stay for 30 days."
    ),
    "OutputParameters": (
        'With "off" the parameters are deleted, and what looks them up fails from then on. No'
        " function starts anew."
    ),
    "EncryptionKeyArn": (
        "A stack that exists goes by two deployments, first SecondKeyArn and then this one:"
        " [what happens to what is there](encryption.md#an-existing-stack). Tables, topics, queues,"
        " secrets and log groups stay the same ones. Money: about 1.50 USD a month."
    ),
    "SecondKeyArn": (
        "Only the functions' rights. Take a key out when no queue can hold what it has encrypted:"
        " 14 days after EncryptionKeyArn has changed."
    ),
    "SubnetIds": _FIXED_ADDRESS,
    "SecurityGroupIds": _FIXED_ADDRESS,
    "FunctionUrlBase": (
        "Not on AWS: Voipit could not deliver the reports about what is sent meanwhile."
    ),
}
"""What a change costs beside the deployment: keys, messages under way, money, what is lost."""


def page(template: Json) -> str:
    """The whole page, in Markdown. Raises `KeyError` for a parameter without a cost."""
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    parameters = template["Parameters"]
    lines = [_INTRODUCTION, *head("setting", "default", "reaches")]
    for group in groups:
        lines += [
            row(f"[{name}](#{anchor(name)})", _default(parameters[name]), _reach(template, name))
            for name in group["Parameters"]
        ]
    for group in groups:
        lines += ["", f"## {group['Label']['default']}"]
        for name in group["Parameters"]:
            parameter = parameters[name]
            lines += [
                "",
                f"### {name}",
                "",
                " ".join(parameter["Description"].split()),
                "",
                f"- Default: {_default(parameter)}",
                f"- Allowed: {_allowed(parameter)}",
                f"- Reaches: {_reach(template, name)}",
                f"- Changing it: {COSTS[name]}",
            ]
    return "\n".join(lines) + "\n"


def load() -> dict[str, Any]:
    """The template as it is written."""
    template: dict[str, Any] = yaml_parse(TEMPLATE.read_text(encoding="utf-8"))
    return template


def write() -> None:
    """Make the page anew."""
    PAGE.write_text(page(load()), encoding="utf-8")


def reached(template: Json, parameter: str) -> list[str]:
    """The logical ids of the resources that the parameter changes, itself or by a condition."""
    conditions = {
        name
        for name, condition in template["Conditions"].items()
        if parameter in set(_names(condition))
    }
    named = conditions | {parameter}
    every_function = bool(named & set(_names(template["Globals"])))
    return [
        name
        for name, each in template["Resources"].items()
        if named & set(_names(each)) or (every_function and _is_function(each))
    ]


def _names(node: Any) -> Iterator[str]:
    """The parameters and conditions that are named in a part of the template."""
    if isinstance(node, list):
        for each in node:
            yield from _names(each)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name in {"Ref", "Condition"} and isinstance(value, str):
                yield value
            elif name == "Fn::If":
                yield value[0]
            elif name == "Fn::Sub":
                yield from re.findall(r"\$\{(\w+)\}", value if isinstance(value, str) else value[0])
            yield from _names(value)


def _is_function(resource: Json) -> bool:
    return bool(resource["Type"] == "AWS::Serverless::Function")


def _reach(template: Json, parameter: str) -> str:
    """In a few words: functions by their names, other resources by their logical ids.

    If there are many, the number of each type.
    """
    resources = template["Resources"]
    names = reached(template, parameter)
    if len(names) > _MANY:
        kinds = Counter(resources[name]["Type"] for name in names)
        return ", ".join(f"`{kind}` ({number})" for kind, number in kinds.items())
    return ", ".join(
        f"`{name.removesuffix('Function').lower()}`"
        if _is_function(resources[name])
        else f"`{name}`"
        for name in names
    )


def _default(parameter: Json) -> str:
    return f"`{parameter['Default']}`" if parameter["Default"] != "" else "empty"


def _allowed(parameter: Json) -> str:
    if "AllowedValues" in parameter:
        return ", ".join(f"`{value}`" for value in parameter["AllowedValues"])
    if parameter["Type"] == "Number":
        least, most = parameter["MinValue"], parameter.get("MaxValue")
        return f"{least} or more" if most is None else f"{least} to {most}"
    return " ".join(parameter["ConstraintDescription"].split()).rstrip(".")


if __name__ == "__main__":
    write()
