"""The environments of functions that would start, for tests that change one variable."""

from collections.abc import Mapping

from sms_gateway.entrypoints.settings import ApiSettings, StatusSettings

DELIVERY = {
    "MESSAGES_TABLE": "Messages",
    "GUARDS_TABLE": "Guards",
    "DISPATCH_QUEUE_URL": "https://sqs.test/dispatch",
    "VOIPIT_BASE_URL": "https://voipit.test/",
    "VOIPIT_SECRET_ARN": "arn:voipit",
    "REPORT_DEADLINE_MINUTES": "90",
}
DISPATCH = {
    **DELIVERY,
    "CALLBACK_KEY_SECRET_ARN": "arn:key",
    "CALLBACK_URL": "https://callback.test/",
    "SUPPRESSION_LIST": "on",
    "RECIPIENT_HOURLY_LIMIT": "10",
    "RECIPIENT_DAILY_LIMIT": "0",
    "CLIENT_DAILY_LIMIT": "2000",
    "DEFAULT_REGION": "RO",
    "VOIPIT_NUMBER_FORMAT": "00",
}
RULES = {
    "DEFAULT_REGION": "RO",
    "ALLOWED_COUNTRIES": "RO, MD,",
    "ALLOWED_NUMBER_TYPES": "mobile, voip",
    "UNKNOWN_NUMBERS": "accept",
    "LONG_TEXT": "cut",
}
SEND = {
    **DISPATCH,
    **RULES,
    "MESSAGE_RETENTION_DAYS": "400",
    "DOUBLE_CLICK_SECONDS": "15",
    "TOKEN_KEY_SECRET_ARN": "arn:token",
}
WATCH = {**DELIVERY, "DRAIN_PER_SECOND": "5", "DISPATCH_CONCURRENCY": "4"}
CALLBACK = {
    "MESSAGES_TABLE": "Messages",
    "CALLBACK_KEY_SECRET_ARN": "arn:key",
    "REPORT_FALLBACK_QUEUE_URL": "https://sqs.test/reports",
}
PUBLISH = {"TOPIC_ARN": "arn:topic", "EVENT_SOURCE": "//sms.test"}
STATUS = {
    "MESSAGES_TABLE": "Messages",
    "GUARDS_TABLE": "Guards",
    "CURSOR_KEY_SECRET_ARN": "arn:cursor",
    "TOKEN_KEY_SECRET_ARN": "arn:token",
    "SUPPRESSION_LIST": "on",
    "CLIENT_DAILY_LIMIT": "2000",
    **RULES,
}


def api_settings(variables: Mapping[str, str]) -> ApiSettings:
    """The settings of the API in an environment that is good apart from these variables."""
    return StatusSettings.from_environment({**STATUS, **variables}).api
