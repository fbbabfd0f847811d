"""What a rule says of a request, when all of them are asked and not only the first to refuse."""

from dataclasses import dataclass

from sms_gateway.domain.errors import InvalidValueError


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rule` is the code of the problem it would give; `problem` is that problem, if it does.

    Not `checked` is a rule that has nothing to look at, because another one has failed before it.
    """

    rule: str
    problem: InvalidValueError | None = None
    checked: bool = True

    @classmethod
    def not_checked(cls, rule: str) -> "Verdict":
        """The verdict of a rule that had nothing to look at."""
        return cls(rule, checked=False)
