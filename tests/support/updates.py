"""What an update of a stack from one template to another would replace or lose, before AWS does.

CloudFormation replaces a resource when a property changes that its type allows at its creation
alone. A replaced table is empty, a replaced secret has another key, a replaced function URL has
another address; the local AWS replaces less than AWS does, so a deployment there shows none of it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from tests.support.template import settled

_REGION: Final = "eu-central-1"
_MADE_ANEW: Final = {
    "AWS::ApiGateway::Deployment": "a new one is how a stage gets new routes; its id is a hash",
    "AWS::Lambda::LayerVersion": "a new one is how functions get new code; its id is a hash",
}
"""Types whose resources every update replaces, and may: they hold no state and no address."""
_KEPT_BESIDE: Final = {
    "AWS::DynamoDB::Table": {
        # A new stream has another ARN, and with it the trigger of `publish` is replaced.
        "StreamSpecification",
    },
    "AWS::SecretsManager::Secret": {
        # CloudFormation writes the secret anew when either changes.
        "GenerateSecretString",
        "SecretString",
    },
}
"""Properties that can change without a replacement, and lose something all the same."""
_KEEPS: Final = ("Retain", "RetainExceptOnCreate")


def losses(old: dict[str, Any], new: dict[str, Any], **parameters: str) -> list[str]:
    """A sentence for each; both templates are transformed and get these parameters.

    A parameter that a template does not have is left out there.
    """
    before, after = (_resources(template, parameters) for template in (old, new))
    found: list[str] = []
    for name, resource in before.items():
        if resource["Type"] in _MADE_ANEW:
            continue
        if name not in after:
            found.append(f"{name} would be deleted")
        elif after[name]["Type"] != resource["Type"]:
            found.append(f"{name} would be deleted: it is of another type")
        else:
            found += [f"{name}: {loss}" for loss in _losses_of(resource, after[name])]
    return found


def _resources(template: dict[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    known = {name: value for name, value in parameters.items() if name in template["Parameters"]}
    resources: dict[str, Any] = settled(template, **known)["Resources"]
    return resources


def _losses_of(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    kind = old["Type"]
    before, after = old.get("Properties", {}), new.get("Properties", {})
    for path in sorted(_only_at_creation(kind)):
        if _at(before, path) != _at(after, path):
            yield f"a change of {'.'.join(path)} would replace it"
    for name in sorted(_KEPT_BESIDE.get(kind, ())):
        if before.get(name) != after.get(name):
            yield f"a change of {name} would lose what it holds"
    for name in ("DeletionPolicy", "UpdateReplacePolicy"):
        if old.get(name) in _KEEPS and new.get(name) not in _KEEPS:
            yield f"it would lose its {name}"
    if kind == "AWS::DynamoDB::Table":
        yield from _losses_of_indexes(before, after)


def _only_at_creation(kind: str) -> set[tuple[str, ...]]:
    """Paths of the properties that no update can change, by the schema of the resource's type."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, kind).schema
    listed = [
        *schema.get("createOnlyProperties", ()),
        *schema.get("conditionalCreateOnlyProperties", ()),
    ]
    return {tuple(path.removeprefix("/properties/").split("/")) for path in listed}


def _at(properties: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        properties = properties.get(name) if isinstance(properties, dict) else None
    return properties


def _losses_of_indexes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    types = [
        {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
        for table in (before, after)
    ]
    # An attribute that was the key of a deleted index alone goes with it.
    used = _key_attributes(after)
    if any(name in used | types[1].keys() for name, _ in types[0].items() - types[1].items()):
        yield "attributes of its keys have gone, or have another type"
    old, new = (
        {each["IndexName"]: each for each in table.get("GlobalSecondaryIndexes", ())}
        for table in (before, after)
    )
    changed = {name for name in old.keys() & new.keys() if old[name] != new[name]}
    for name in sorted(changed):
        yield f"the index {name} differs: AWS changes no index, make one of another name"
    made_or_deleted = sorted(old.keys() ^ new.keys())
    if len(made_or_deleted) > 1:
        yield (
            f"the indexes {', '.join(made_or_deleted)} would be made or deleted in one update; AWS"
            " takes one per table and update"
        )


def _key_attributes(table: dict[str, Any]) -> set[str]:
    keyed = [table, *table.get("GlobalSecondaryIndexes", ())]
    return {key["AttributeName"] for each in keyed for key in each["KeySchema"]}
