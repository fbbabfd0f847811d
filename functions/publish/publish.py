"""From the table's stream to SNS: one event per change of status."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.entrypoints.call_line import one_line
from sms_gateway.entrypoints.logs import logger
from sms_gateway.entrypoints.metrics import Metric, count
from sms_gateway.entrypoints.settings import PublishSettings
from sms_gateway.entrypoints.status_metrics import count_published
from sms_gateway.entrypoints.stream import read_changes
from sms_gateway.entrypoints.wiring.init_phase import Wired, once
from sms_gateway.entrypoints.wiring.publish import publish_parts
from sms_gateway.use_cases.publish_changes import PublishChanges


@once
def publish() -> Wired[PublishChanges]:
    """Everything that this function works with."""
    return publish_parts(PublishSettings.from_environment())


@one_line
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Entry point of the Lambda function `publish`. Answers with the records to try again."""
    batch = list(read_changes(event))
    failed = publish()([change for _, change in batch])
    if failed:
        logger.warning("changes were not published", records=len(batch), failed=len(failed))
    count(Metric.PUBLISH_FAILED, len(failed))
    # Lambda brings the first failed record again and everything behind it, so only what stands
    # before it is counted now.
    count_published(change for _, change in batch[: min(failed, default=len(batch))])
    return {"batchItemFailures": [{"itemIdentifier": batch[i][0]} for i in sorted(failed)]}
