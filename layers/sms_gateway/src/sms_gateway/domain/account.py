"""The Voipit account, as far as the rules need to know it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """Account number and API password. Neither is ever shown by `repr`.

    `version` names this very pair and the address it is used at, and gives nothing of it away: it
    changes when the operator corrects the secret or the address.
    """

    number: str
    password: str
    version: str
