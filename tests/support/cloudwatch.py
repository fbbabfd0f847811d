"""CloudWatch's alarms, as far as the template uses them: what was recorded, and what rings then.

After CloudWatch's User Guide, "Evaluating an alarm", "Configuring how CloudWatch alarms treat
missing data" and "Using metric math": an alarm over N periods looks at N + 2, takes the N latest
points that are there, and fills what is missing of N by `TreatMissingData`. In an expression a
series that has no point where another has one counts as 0 there.
"""

import ast
import operator
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from tests.support.template import named, properties, settled

Series: TypeAlias = Mapping[int, float]
"""Values by the number of their period."""
Dimensions: TypeAlias = frozenset[tuple[str, str]]

LOOKS_FURTHER_BACK: Final = 2
STACK: Final = "AWS::StackName"
_STATISTICS: Final[Mapping[str, Callable[[list[float]], float]]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
}
_COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
}


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as an alarm or a widget names it; a dimension's value by `template.named`."""

    namespace: str
    name: str
    dimensions: Dimensions

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> "Metric":
        """As the properties of an alarm describe it."""
        dimensions = described.get("Dimensions", [])
        return cls(
            described["Namespace"],
            described["MetricName"],
            frozenset((each["Name"], named(each["Value"])) for each in dimensions),
        )


@dataclass(slots=True)
class Recorded:
    """What CloudWatch was told, by metric: (second, value)."""

    points: dict[Metric, list[tuple[float, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, metric: Metric, second: float, value: float) -> None:
        """One value of a metric."""
        self.points[metric].append((second, value))

    def series(self, metric: Metric, statistic: str, period: int) -> Series:
        """One value for each period that has any."""
        by_period: dict[int, list[float]] = defaultdict(list)
        for second, value in self.points.get(metric, ()):
            by_period[int(second // period)].append(value)
        return {number: _STATISTICS[statistic](values) for number, values in by_period.items()}


@dataclass(frozen=True, slots=True)
class Statistic:
    """A metric's statistic over a period, in seconds."""

    metric: Metric
    name: str
    period: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm of the template. `heading` is its name without the stack's."""

    heading: str
    description: str
    statistics: Mapping[str, Statistic]
    expression: str
    periods: int
    points_to_alarm: int
    threshold: float
    comparison: str
    breaches_if_missing: bool

    @classmethod
    def of(cls, described: Mapping[str, Any], parameters: Mapping[str, str]) -> "Alarm":
        """As its properties describe it."""
        statistics, expression = _watched(described, parameters)
        assert len({each.period for each in statistics.values()}) == 1, (
            "points that belong together"
        )
        return cls(
            heading=heading_of(described),
            description=described["AlarmDescription"],
            statistics=statistics,
            expression=expression,
            periods=described["EvaluationPeriods"],
            points_to_alarm=described.get("DatapointsToAlarm", described["EvaluationPeriods"]),
            threshold=described["Threshold"],
            comparison=described["ComparisonOperator"],
            breaches_if_missing={"breaching": True, "notBreaching": False}[
                described["TreatMissingData"]
            ],
        )

    @property
    def period(self) -> int:
        """In seconds."""
        return next(iter(self.statistics.values())).period

    def rings(self, recorded: Recorded, second: float) -> bool:
        """Whether it is in the state ALARM, by the periods that are over at this second."""
        series = {
            ident: recorded.series(each.metric, each.name, each.period)
            for ident, each in self.statistics.items()
        }
        points = calculated(self.expression, series)
        current = int(second // self.period)
        window = range(current - self.periods - LOOKS_FURTHER_BACK, current)
        breaching = [
            _COMPARISONS[self.comparison](points[number], self.threshold)
            for number in window
            if number in points
        ]
        return in_alarm(
            breaching[-self.periods :],
            self.periods,
            self.points_to_alarm,
            breaches_if_missing=self.breaches_if_missing,
        )


def in_alarm(
    latest: Sequence[bool], periods: int, points_to_alarm: int, *, breaches_if_missing: bool
) -> bool:
    """Whether an alarm rings whose latest points, at most `periods` of them, breach or do not."""
    missing = periods - len(latest)
    return sum(latest) + missing * breaches_if_missing >= points_to_alarm


def heading_of(described: Mapping[str, Any]) -> str:
    """An alarm's name without the stack's."""
    name: str = described["AlarmName"]["Fn::Sub"]
    assert name.startswith(f"${{{STACK}}}-")
    return name.removeprefix(f"${{{STACK}}}-")


def alarms(template: dict[str, Any], **parameters: str) -> dict[str, Alarm]:
    """The alarms of a template with these parameters, by heading; no composite is among them."""
    described = properties(settled(template, **parameters), "AWS::CloudWatch::Alarm")
    every = [Alarm.of(each, parameters) for each in described.values()]
    return {each.heading: each for each in every}


def composites(template: dict[str, Any], **parameters: str) -> dict[str, str]:
    """The rules of the composite alarms, by heading; alarms in them are named by their headings."""
    deployed = settled(template, **parameters)
    headings = {
        logical: heading_of(each)
        for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
        for logical, each in properties(deployed, kind).items()
    }
    described = properties(deployed, "AWS::CloudWatch::CompositeAlarm").values()
    return {heading_of(each): _text(each["AlarmRule"], headings) for each in described}


def ringing(
    single: Mapping[str, Alarm], gathered: Mapping[str, str], recorded: Recorded, second: float
) -> set[str]:
    """The headings of all alarms that are in the state ALARM, the composites' too."""
    now = {heading for heading, alarm in single.items() if alarm.rings(recorded, second)}
    waiting = dict(gathered)
    while waiting:
        heading = next(
            each for each, rule in waiting.items() if not set(alarms_in(rule)) & waiting.keys()
        )
        if _holds(waiting.pop(heading), now):
            now.add(heading)
    return now


def alarms_in(rule: str) -> list[str]:
    """The headings that a composite's rule names."""
    return re.findall(r'ALARM\("([^"]+)"\)', rule)


def calculated(expression: str, series: Mapping[str, Series]) -> Series:
    """What an expression of metric math comes to, period by period; x/0 is no point."""
    tree = ast.parse(re.sub(r"\b(AND|OR)\b", lambda word: word[0].lower(), expression), mode="eval")
    points = {}
    for number in set().union(*series.values()):
        values = {ident: each.get(number, 0.0) for ident, each in series.items()}
        try:
            points[number] = float(_value(tree.body, values))
        except ZeroDivisionError:
            continue
    return points


_ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARED: Final[Mapping[type[ast.cmpop], Callable[[float, float], bool]]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}


def _value(node: ast.expr, values: Mapping[str, float]) -> float:  # noqa: PLR0911  one per form
    """One point of an expression. Python's grammar is wider than metric math's: see the raise."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=ident):
            return values[ident]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return _ARITHMETIC[type(op)](_value(left, values), _value(right, values))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARED:
            return _COMPARED[type(op)](_value(left, values), _value(right, values))
        case ast.BoolOp(op=op, values=several):
            every = [bool(_value(each, values)) for each in several]
            return all(every) if isinstance(op, ast.And) else any(every)
        case ast.Call(func=ast.Name(id="IF"), args=[condition, if_true, if_false]):
            return _value(if_true if _value(condition, values) else if_false, values)
        case ast.Call(func=ast.Name(id="SUM"), args=[ast.List(elts=several)]):
            return sum(_value(each, values) for each in several)
    raise AssertionError(f"not in the metric math that is used here: {ast.unparse(node)}")


def _holds(rule: str, now: set[str]) -> bool:
    python = re.sub(r"\b(AND|OR|NOT)\b", lambda word: word[0].lower(), rule)
    return _rule_value(ast.parse(python, mode="eval").body, now)


def _rule_value(node: ast.expr, now: set[str]) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="ALARM"), args=[ast.Constant(value=str() as heading)]):
            return heading in now
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _rule_value(operand, now)
        case ast.BoolOp(op=op, values=several):
            every = [_rule_value(each, now) for each in several]
            return all(every) if isinstance(op, ast.And) else any(every)
    raise AssertionError(f"not in the rules that are used here: {ast.unparse(node)}")


def _watched(
    described: Mapping[str, Any], parameters: Mapping[str, str]
) -> tuple[dict[str, Statistic], str]:
    if "Metrics" not in described:
        statistic = Statistic(Metric.of(described), described["Statistic"], described["Period"])
        return {"m": statistic}, "m"
    statistics, expressions = {}, []
    for each in described["Metrics"]:
        if "Expression" in each:
            expressions.append(_text(each["Expression"], parameters))
            continue
        assert each["ReturnData"] is False
        stat = each["MetricStat"]
        statistics[each["Id"]] = Statistic(Metric.of(stat["Metric"]), stat["Stat"], stat["Period"])
    (expression,) = expressions
    return statistics, expression


def _text(node: Any, values: Mapping[str, str]) -> str:
    """A text of the template, put together; references stand for these values."""
    if isinstance(node, str):
        return node
    ((function, argument),) = node.items()
    if function == "Fn::Join":
        separator, parts = argument
        joined: str = separator.join(_text(part, values) for part in parts)
        return joined
    assert function == "Fn::Sub", node
    return re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], argument)
