"""From the table's stream to SNS: one event per change of status."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.entrypoints import wiring
from sms_gateway.entrypoints.logs import count, logger, metrics
from sms_gateway.entrypoints.settings import PublishSettings
from sms_gateway.entrypoints.stream import read_changes
from sms_gateway.use_cases.publish_changes import PublishChanges


@cache
def publish_changes() -> PublishChanges:
    """The use case, wired once per execution environment."""
    return wiring.publish_changes(PublishSettings.from_environment())


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Entry point of the Lambda function `publish`. Answers with the records to try again."""
    batch = list(read_changes(event))
    failed = publish_changes()([change for _, change in batch])
    logger.info("changes published", records=len(batch), failed=len(failed))
    count("PublishFailed", len(failed))
    return {"batchItemFailures": [{"itemIdentifier": batch[i][0]} for i in sorted(failed)]}


if wiring.IN_LAMBDA:
    publish_changes()
