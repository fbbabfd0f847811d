"""The region of the AWS in memory."""

from typing import Final

REGION: Final = "eu-central-1"
