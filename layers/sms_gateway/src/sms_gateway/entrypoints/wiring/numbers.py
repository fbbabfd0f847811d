"""The rules for phone numbers: for the functions behind the API."""

from sms_gateway.adapters.phone_numbers import PhoneNumberRules
from sms_gateway.entrypoints.settings import RulesSettings


def phone_numbers(rules: RulesSettings) -> PhoneNumberRules:
    """Which numbers may be texted."""
    return PhoneNumberRules(
        default_region=rules.default_region,
        allowed_countries=rules.allowed_countries,
        allowed_types=rules.allowed_types,
        accepts_unknown=rules.accepts_unknown,
        allowed_prefixes=rules.allowed_prefixes,
        refused_prefixes=rules.refused_prefixes,
    )
