"""The account at Voipit that the deployed stack has, and what is tried apart from the rest."""

from typing import Final

PASSWORD: Final = "Only-Voipit+may%41see&this"
ACCOUNT_NUMBER: Final = "400123"
ELSEWHERE: Final = {
    "401", "403.6", "404", "429", "401-cut", "404-too-long", "403-page", "429-bad-chunk"
}  # fmt: skip
"""What stops all messages, or is tried again for long: test_delivery.py."""
