"""Links to a phone number: `tel:` (RFC 3966) and `sms:` (RFC 5724), and the parts they can have.

What a text message cannot do with a part of a link is said by name, and not left out in silence:
a number without its extension is another number.
"""

import re
from typing import Final

_SCHEMES: Final = ("tel:", "sms:")
_CONTEXT: Final = "phone-context"
_BODY: Final = "body"
_REFUSED: Final = {
    "ext": "An extension (;ext=) cannot be texted. Give the number of a mobile phone.",
    "isub": "A subaddress (;isub=) cannot be texted. Give the number of a mobile phone.",
    _BODY: "The number comes with a text (body=). Put that into the field message.",
}
_NAME: Final = re.compile(r"[a-z-]{1,20}")
"""A name that may be shown: it cannot be a number."""
_GLOBAL_CONTEXT: Final = re.compile(r"\+[-.()0-9]*[0-9][-.()0-9]*")
_DOMAIN: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?\.?"
)
_VISUAL_SEPARATORS: Final = re.compile(r"[-.()]")


class BadLinkError(ValueError):
    """A part of a link that a text message can do nothing with; the sentence says what to do."""


def plain_number(written: str) -> str:
    """The number in the link, as people write numbers, or what was written if it is no link.

    A number that belongs to a country by its `phone-context` gets the country code. `written` has
    no white space.

    Raises:
        BadLinkError: the link has several numbers, a text, or a parameter that is not understood.
    """
    number = written
    is_link = number[:4].lower() in _SCHEMES
    if is_link:
        number = number[4:]
    number, *fields = re.split("[?&]", number) if is_link else [number]
    number, *parameters = number.split(";")
    if is_link and "," in number:
        raise BadLinkError("The link has several numbers. Send each of them a message of its own.")
    for field in fields:
        raise _refused(field.partition("=")[0], "?")
    context = ""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.lower() != _CONTEXT:
            raise _refused(name, ";")
        if context or not value:
            raise _bad_context()
        context = value.lower()
    return _in_context(number, context) if context else number


def _in_context(number: str, context: str) -> str:
    """The number with the country code that its context has; a domain has none."""
    if _DOMAIN.fullmatch(context):
        return number
    if not _GLOBAL_CONTEXT.fullmatch(context):
        raise _bad_context()
    context = _VISUAL_SEPARATORS.sub("", context)
    if not number.startswith("+"):
        return context + number
    if not _VISUAL_SEPARATORS.sub("", number).startswith(context):
        raise BadLinkError(
            "The number has one country code, its phone-context another. Leave out the wrong one."
        )
    return number


def _bad_context() -> BadLinkError:
    return BadLinkError(
        "phone-context= has to be there once, with a country code (+40) or a domain. Leave it out "
        "if the number has its country code."
    )


def _refused(name: str, sign: str) -> BadLinkError:
    name = name.lower()
    if name in _REFUSED:
        return BadLinkError(_REFUSED[name])
    shown = f" ({sign}{name}=)" if _NAME.fullmatch(name) else ""
    return BadLinkError(f"The number has a parameter{shown} that cannot be used. Leave it out.")
