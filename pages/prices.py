"""AWS's list prices, in the one place that docs/costs.md and docs/scale.md are reckoned from.

After a new look at AWS's pages, write the month into `OF` and run `make docs`.
"""

from typing import Final

REGION: Final = "eu-central-1 (Frankfurt)"
OF: Final = "November 2026"

# US dollars for one.
WRITE_UNIT: Final = 0.7625e-6
"""DynamoDB on demand, standard class."""
READ_UNIT: Final = 0.1525e-6
API_REQUEST: Final = 3.70e-6
"""REST API, the first 333 million of a month."""
FUNCTION_CALL: Final = 0.20e-6
FUNCTION_GB_SECOND: Final = 0.0000133334
"""Lambda on arm64, the first 7.5 billion of a month."""
LOG_GB: Final = 0.63
"""CloudWatch Logs, taken in: the standard class, the first 10 TB of a month."""
TOPIC_REQUEST: Final = 0.50e-6
"""SNS: a `Publish`, or a `PublishBatch` of up to 64 KB."""
QUEUE_REQUEST: Final = 0.40e-6

# US dollars a month for one.
SECRET: Final = 0.40
ALARM_METRIC: Final = 0.10
COMPOSITE_ALARM: Final = 0.50
METRIC: Final = 0.30
"""A custom metric that has data in every hour; the first 10,000."""

# What AWS gives every account each month, whatever its age.
FREE_FUNCTION_CALLS: Final = 1_000_000
FREE_GB_SECONDS: Final = 400_000
FREE_LOG_GB: Final = 5
FREE_TOPIC_REQUESTS: Final = 1_000_000
