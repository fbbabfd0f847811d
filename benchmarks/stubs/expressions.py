"""DynamoDB's expressions: read once, then held against items in DynamoDB's own JSON.

As much of the language as is used here: conditions, key conditions and updates. Anything else
raises `ExpressionError`, so that a figure never rests on a condition that was not understood.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeAlias

Value: TypeAlias = dict[str, Any]
Item: TypeAlias = dict[str, Value]

_TOKEN: Final = re.compile(r"\s*([:#]?\w+|<>|<=|>=|[=<>+\-(),.\[\]])")
_CLAUSE: Final = re.compile(r"\b(SET|REMOVE|ADD|DELETE)\b")
_COMPARES: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    ">=": lambda left, right: bool(left >= right),
}


class ExpressionError(Exception):
    """The stub does not know this expression."""


@dataclass(frozen=True, slots=True)
class Given:
    """What an expression's placeholders stand for."""

    names: Mapping[str, str]
    values: Mapping[str, Value]


Operand: TypeAlias = Callable[[Item, Given], Value | None]
Condition: TypeAlias = Callable[[Item, Given], bool]
Path: TypeAlias = tuple[str | int, ...]


def comparable(value: Value) -> tuple[str, Any]:
    """Type and content of a value, so that two of one type can be compared and sorted."""
    ((kind, content),) = value.items()
    if kind == "N":
        return kind, Decimal(content)
    if kind == "S":
        return kind, content.encode()
    if kind in {"SS", "NS", "BS"}:
        return kind, frozenset(content)
    if kind == "L":
        return kind, [comparable(each) for each in content]
    if kind == "M":
        return kind, {name: comparable(each) for name, each in content.items()}
    return kind, content


@dataclass(slots=True)
class _Tokens:
    tokens: list[str]
    at: int = 0

    @classmethod
    def of(cls, text: str) -> "_Tokens":
        tokens, at, text = [], 0, text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if not found:
                raise ExpressionError(text)
            tokens.append(found[1])
            at = found.end()
        return cls(tokens)

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.next
        if not token or (expected and token.upper() != expected):
            raise ExpressionError(f"{' '.join(self.tokens)}: {expected or 'more'} at {self.at}")
        self.at += 1
        return token

    def takes(self, word: str) -> bool:
        if self.next.upper() != word:
            return False
        self.at += 1
        return True

    def list_of(self, read: Callable[["_Tokens"], Any]) -> list[Any]:
        found = [read(self)]
        while self.takes(","):
            found.append(read(self))
        return found


def _path(tokens: _Tokens) -> Path:
    steps: list[str | int] = [tokens.take()]
    while tokens.next in {".", "["}:
        if tokens.take() == ".":
            steps.append(tokens.take())
        else:
            steps.append(int(tokens.take()))
            tokens.take("]")
    return tuple(steps)


def _step(step: str | int, given: Given) -> str | int:
    return given.names[step] if isinstance(step, str) and step.startswith("#") else step


def _found(item: Item, path: Path, given: Given) -> Value | None:
    at: Value | None = {"M": item}
    for step in path:
        name = _step(step, given)
        if at is None:
            return None
        if isinstance(name, int):
            inside = at.get("L", ())
            at = inside[name] if name < len(inside) else None
        else:
            at = at.get("M", {}).get(name)
    return at


def _operand(tokens: _Tokens) -> Operand:
    if tokens.next.startswith(":"):
        name = tokens.take()
        return lambda _, given: given.values[name]
    if tokens.next == "size":
        tokens.take()
        tokens.take("(")
        measured = _path(tokens)
        tokens.take(")")
        return lambda item, given: _size(_found(item, measured, given))
    path = _path(tokens)
    return lambda item, given: _found(item, path, given)


def _size(value: Value | None) -> Value | None:
    if value is None:
        return None
    ((_, content),) = value.items()
    return {"N": str(len(content))}


def _disjunction(tokens: _Tokens) -> Condition:
    parts = [_conjunction(tokens)]
    while tokens.takes("OR"):
        parts.append(_conjunction(tokens))
    return lambda item, given: any(part(item, given) for part in parts)


def _conjunction(tokens: _Tokens) -> Condition:
    parts = [_negation(tokens)]
    while tokens.takes("AND"):
        parts.append(_negation(tokens))
    return lambda item, given: all(part(item, given) for part in parts)


def _negation(tokens: _Tokens) -> Condition:
    if tokens.takes("NOT"):
        inner = _negation(tokens)
        return lambda item, given: not inner(item, given)
    if tokens.takes("("):
        inner = _disjunction(tokens)
        tokens.take(")")
        return inner
    if tokens.next in {"attribute_exists", "attribute_not_exists"}:
        expected = tokens.take() == "attribute_exists"
        tokens.take("(")
        path = _path(tokens)
        tokens.take(")")
        return lambda item, given: (_found(item, path, given) is not None) is expected
    if tokens.takes("BEGINS_WITH"):
        tokens.take("(")
        whole = _operand(tokens)
        tokens.take(",")
        start = _operand(tokens)
        tokens.take(")")
        return lambda item, given: _begins(whole(item, given), start(item, given))
    return _comparison(tokens)


def _begins(whole: Value | None, start: Value | None) -> bool:
    return "S" in (whole or {}) and str((whole or {})["S"]).startswith(str((start or {})["S"]))


def _comparison(tokens: _Tokens) -> Condition:
    left = _operand(tokens)
    if tokens.takes("IN"):
        tokens.take("(")
        choices = tokens.list_of(_operand)
        tokens.take(")")
        return lambda item, given: any(
            _equal(left(item, given), choice(item, given)) for choice in choices
        )
    if tokens.takes("BETWEEN"):
        low = _operand(tokens)
        tokens.take("AND")
        high = _operand(tokens)
        return lambda item, given: (
            _ordered(">=", left(item, given), low(item, given))
            and _ordered("<=", left(item, given), high(item, given))
        )
    sign = tokens.take()
    right = _operand(tokens)
    if sign == "=":
        return lambda item, given: _equal(left(item, given), right(item, given))
    if sign == "<>":
        return lambda item, given: not _equal(left(item, given), right(item, given))
    if sign not in _COMPARES:
        raise ExpressionError(f"{' '.join(tokens.tokens)}: {sign}")
    return lambda item, given: _ordered(sign, left(item, given), right(item, given))


def _equal(left: Value | None, right: Value | None) -> bool:
    if left is None or right is None:
        return False
    return comparable(left) == comparable(right)


def _ordered(sign: str, left: Value | None, right: Value | None) -> bool:
    if left is None or right is None:
        return False
    (kind, a), (other, b) = comparable(left), comparable(right)
    return kind == other and _COMPARES[sign](a, b)


@cache
def _condition(text: str) -> Condition:
    tokens = _Tokens.of(text)
    condition = _disjunction(tokens)
    if tokens.next:
        raise ExpressionError(text)
    return condition


def holds(text: str | None, item: Item | None, given: Given) -> bool:
    """Whether a condition holds of an item; of one that is not there it is asked as of an empty."""
    return not text or _condition(text)(item or {}, given)


Assign: TypeAlias = Callable[[Item, Item, Given], None]
"""Changes the second item by what the first one, as it was before, holds."""


def _set_operand(tokens: _Tokens) -> Operand:
    if tokens.takes("IF_NOT_EXISTS"):
        tokens.take("(")
        path = _path(tokens)
        tokens.take(",")
        otherwise = _set_operand(tokens)
        tokens.take(")")
        return lambda item, given: _found(item, path, given) or otherwise(item, given)
    if tokens.takes("LIST_APPEND"):
        tokens.take("(")
        first = _set_operand(tokens)
        tokens.take(",")
        second = _set_operand(tokens)
        tokens.take(")")
        return lambda item, given: {
            "L": [*_present(first(item, given))["L"], *_present(second(item, given))["L"]]
        }
    return _operand(tokens)


def _present(value: Value | None) -> Value:
    if value is None:
        raise ExpressionError("An update reads an attribute that is not there.")
    return value


def _assignment(tokens: _Tokens) -> Assign:
    path = _path(tokens)
    tokens.take("=")
    value = _set_operand(tokens)
    if tokens.next in {"+", "-"}:
        value = _sum(value, tokens.take(), _set_operand(tokens))
    return lambda before, after, given: _put(after, path, _present(value(before, given)), given)


def _sum(first: Operand, sign: str, second: Operand) -> Operand:
    def value(item: Item, given: Given) -> Value:
        left, right = (Decimal(_present(each(item, given))["N"]) for each in (first, second))
        return {"N": str(left + right if sign == "+" else left - right)}

    return value


def _put(item: Item, path: Path, value: Value, given: Given) -> None:
    (*_, last) = names = [_step(step, given) for step in path]
    if len(names) > 1 or not isinstance(last, str):
        raise ExpressionError(f"The stub writes top-level attributes only, not {path}.")
    item[last] = value


def _removal(tokens: _Tokens) -> Assign:
    path = _path(tokens)

    def remove(_: Item, after: Item, given: Given) -> None:
        if len(path) > 1:
            raise ExpressionError(f"The stub removes top-level attributes only, not {path}.")
        after.pop(str(_step(path[0], given)), None)

    return remove


def _addition(tokens: _Tokens) -> Assign:
    path, value = _path(tokens), _operand(tokens)

    def add(before: Item, after: Item, given: Given) -> None:
        ((kind, content),) = _present(value(before, given)).items()
        old = _found(before, path, given)
        if kind == "N":
            total: Any = str(Decimal(old["N"] if old else 0) + Decimal(content))
        else:
            total = sorted({*(old[kind] if old else ()), *content})
        _put(after, path, {kind: total}, given)

    return add


def _deletion(tokens: _Tokens) -> Assign:
    path, value = _path(tokens), _operand(tokens)

    def delete(before: Item, after: Item, given: Given) -> None:
        ((kind, content),) = _present(value(before, given)).items()
        old = _found(before, path, given)
        left = sorted(set(old[kind] if old else ()) - set(content))
        if left:
            _put(after, path, {kind: left}, given)
        else:
            after.pop(str(_step(path[0], given)), None)

    return delete


_READ_CLAUSE: Final[Mapping[str, Callable[[_Tokens], Assign]]] = {
    "SET": _assignment,
    "REMOVE": _removal,
    "ADD": _addition,
    "DELETE": _deletion,
}


@cache
def _update(text: str) -> Sequence[Assign]:
    before, *clauses = _CLAUSE.split(text)
    if before.strip() or not clauses:
        raise ExpressionError(text)
    assigns: list[Assign] = []
    for word, rest in zip(clauses[::2], clauses[1::2], strict=True):
        tokens = _Tokens.of(rest)
        assigns += tokens.list_of(_READ_CLAUSE[word])
        if tokens.next:
            raise ExpressionError(text)
    return assigns


def updated(text: str | None, item: Item, given: Given) -> Item:
    """A new item: this one after the update."""
    after = dict(item)
    for assign in _update(text) if text else ():
        assign(item, after, given)
    return after
