"""The parts of the function `publish`."""

from sms_gateway.adapters import aws
from sms_gateway.adapters.topic import Topic
from sms_gateway.entrypoints.settings import PublishSettings
from sms_gateway.entrypoints.stream import event_refused
from sms_gateway.entrypoints.wiring.init_phase import Wired
from sms_gateway.use_cases.publish_changes import PublishChanges


def publish_parts(settings: PublishSettings) -> Wired[PublishChanges]:
    """With the real world around it."""
    topic = Topic(aws.sns(), settings.topic_arn, event_refused)
    # Nothing ahead: SNS has no call that does nothing, and no subscriber waits for a cold start.
    return Wired(PublishChanges(topic, settings.event_source))
