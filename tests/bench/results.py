"""A row of the bench: what was measured, against which baseline, and the goal. As JSON and back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from tests.bench.spread import Spread, spread


class Rule(StrEnum):
    """How a goal is compared with what was measured."""

    AT_MOST = "at most"
    """The value itself."""
    TIMES = "times the baseline"
    """At most so many times the baseline."""
    PLUS = "more than the baseline"
    """At most so much more than the baseline."""
    SPEED = "of the baseline's speed"
    """The baseline's time divided by the measured one is at least this."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What shall be reached, in the row's unit where the rule is not a ratio."""

    rule: Rule
    limit: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. ``measured`` and ``baseline`` hold a value each run, in ``unit``, in the same order."""

    part: str
    name: str
    unit: str
    measured: tuple[float, ...]
    baseline: tuple[float, ...] = ()
    goal: Goal | None = None
    against: str = ""
    """What the baseline is."""
    series: str = ""
    """The panel of the plot that this is a point of."""
    size: int = 0
    """Open issues: the point's place on the plot."""

    @property
    def ratios(self) -> tuple[float, ...]:
        """Measured by baseline, or the other way round for a speed, run by run; none where a baseline is zero."""
        pairs = list(zip(self.measured, self.baseline, strict=False))
        if self.goal is not None and self.goal.rule is Rule.SPEED:
            pairs = [(before, now) for now, before in pairs]
        return tuple(now / before for now, before in pairs) if all(before for _, before in pairs) else ()

    @property
    def is_met(self) -> bool | None:
        """Whether the medians reach the goal; None where there is none, or nothing to compare with."""
        match self.goal:
            case Goal(Rule.AT_MOST, limit):
                return spread(self.measured).median <= limit
            case Goal(Rule.PLUS, limit) if self.baseline:
                return spread(self.measured).median <= spread(self.baseline).median + limit
            case Goal(Rule.TIMES, limit) if self.ratios:
                return spread(self.ratios).median <= limit
            case Goal(Rule.SPEED, limit) if self.ratios:
                return spread(self.ratios).median >= limit
            case _:
                return None

    @property
    def allowed(self) -> float | None:
        """The goal as a value in the row's unit, as a plot draws it; None where there is none."""
        before = spread(self.baseline).median if self.baseline else None
        match self.goal:
            case Goal(Rule.AT_MOST, limit):
                return limit
            case Goal(Rule.PLUS, limit) if before is not None:
                return before + limit
            case Goal(Rule.TIMES, limit) if before is not None:
                return before * limit
            case Goal(Rule.SPEED, limit) if before is not None:
                return before / limit
            case _:
                return None

    @property
    def ratio(self) -> Spread | None:
        """The ratios' spread; None where there is nothing to compare with."""
        return spread(self.ratios) if self.ratios else None

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The row that :meth:`to_json` made this of."""
        goal = value["goal"] and Goal(Rule(value["goal"]["rule"]), value["goal"]["limit"])
        known = {name: value[name] for name in ("part", "name", "unit", "against", "series", "size")}
        return cls(**known, measured=tuple(value["measured"]), baseline=tuple(value["baseline"]), goal=goal)

    def to_json(self) -> dict[str, Any]:
        """Every field by its name, and what follows from them for whoever reads only the file."""
        ratio = self.ratio
        return {**asdict(self), "ratio": ratio and asdict(ratio), "met": self.is_met}


@dataclass(frozen=True, slots=True)
class Report:
    """Rows, and where and when they were measured."""

    surroundings: Mapping[str, str]
    rows: Sequence[Row]

    def to_json(self) -> str:
        """As text, Hangul left as it is."""
        value = {"surroundings": dict(self.surroundings), "rows": [row.to_json() for row in self.rows]}
        return json.dumps(value, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The report that :meth:`to_json` wrote."""
        value = json.loads(text)
        return cls(value["surroundings"], [Row.from_json(row) for row in value["rows"]])


def merged(reports: Sequence[Report]) -> Report:
    """One report of several: a row that is in more than one is taken from the last."""
    rows = {(row.part, row.name): row for report in reports for row in report.rows}
    surroundings = {name: text for report in reports for name, text in report.surroundings.items()}
    return Report(surroundings, list(rows.values()))
