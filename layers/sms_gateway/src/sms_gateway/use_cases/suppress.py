"""The do-not-contact list: enter a number, look it up, take it off.

It is the company's list: every client sees and changes the same one. Any number can be on it,
whether the rules would let it be texted or not.
"""

from dataclasses import dataclass

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.errors import SuppressionNotFoundError
from sms_gateway.domain.guards import Suppression
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.use_cases.ports import PhoneNumbers, Suppressions


@dataclass(frozen=True, slots=True)
class Suppress:
    """`PUT /suppressions/{phoneNumber}`."""

    suppressions: Suppressions
    phone_numbers: PhoneNumbers
    now: Clock

    def __call__(self, client: str, phone_number: str) -> PhoneNumber:
        """The number, which is not texted from now on; entering it twice is entering it once.

        Raises:
            InvalidValueError: `invalid-phone-number`.
            StoreUnavailableError: the table did not answer.
        """
        number = self.phone_numbers.read(phone_number)
        self.suppressions.put(Suppression(number, self.now(), client))
        return number


@dataclass(frozen=True, slots=True)
class Unsuppress:
    """`DELETE /suppressions/{phoneNumber}`."""

    suppressions: Suppressions
    phone_numbers: PhoneNumbers

    def __call__(self, phone_number: str) -> PhoneNumber:
        """The number that may be texted again, or could be before.

        Raises:
            InvalidValueError: `invalid-phone-number`.
            StoreUnavailableError: the table did not answer.
        """
        number = self.phone_numbers.read(phone_number)
        self.suppressions.delete(number)
        return number


@dataclass(frozen=True, slots=True)
class ReadSuppression:
    """`GET /suppressions/{phoneNumber}`."""

    suppressions: Suppressions
    phone_numbers: PhoneNumbers

    def number(self, phone_number: str) -> PhoneNumber:
        """The number that is meant. Raises `InvalidValueError` (`invalid-phone-number`)."""
        return self.phone_numbers.read(phone_number)

    def __call__(self, number: PhoneNumber) -> Suppression:
        """The number's entry.

        Raises:
            SuppressionNotFoundError: it is not on the list.
            StoreUnavailableError: the table did not answer.
        """
        entry = self.suppressions.get(number)
        if entry is None:
            raise SuppressionNotFoundError(
                "This number is not on the do-not-contact list. A PUT to the same address puts it"
                " there."
            )
        return entry
