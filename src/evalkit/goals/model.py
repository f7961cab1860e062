"""Goals as goals.csv has them: what was to be reached, how it is measured, who assessed it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from evalkit.codebook import Text
from evalkit.goals.amounts import Amount
from evalkit.goals.live import Live

Status = Literal["reached", "partly", "not_reached", "not_measured"]
STATUSES: tuple[Status, ...] = get_args(Status)

Sign = Literal[">=", "<=", ">", "<", "="]
Missing = Literal["indicator", "baseline", "outcome"]
"""What a goal lacks to be measured."""


@dataclass(frozen=True)
class Measure:
    """A baseline or an outcome: a live figure, an amount, or a text that is no figure."""

    text: Text
    live: Live | None = None
    amount: Amount | None = None

    @property
    def is_figure(self) -> bool:
        """Whether it was measured: a live figure or an amount, and not only words."""
        return self.live is not None or self.amount is not None

    def __bool__(self) -> bool:
        return bool(self.text.sv or self.text.en)


@dataclass(frozen=True)
class Target:
    """What the outcome is to be: at a level (`>= 60 %`), further on than the baseline, or in words.

    Of a change `rising` tells the way and `by` how far at least (0: any change that way).
    """

    text: Text
    sign: Sign | None = None
    level: Amount | None = None
    rising: bool | None = None
    by: Fraction = Fraction(0)

    @property
    def is_level(self) -> bool:
        """Whether the outcome is compared with a figure."""
        return self.level is not None

    @property
    def is_change(self) -> bool:
        """Whether the outcome is compared with the baseline."""
        return self.rising is not None

    def __bool__(self) -> bool:
        return bool(self.text.sv or self.text.en)


@dataclass(frozen=True)
class Evidence:
    """Where something stands: an item's table, a theme, or a document."""

    kind: Literal["table", "theme", "document"]
    name: str


@dataclass(frozen=True)
class Indicator:
    """One row of goals.csv: how a goal is measured, and what was found.

    `status` is what somebody has written, None where the cell is empty; `row` is the row's number.
    """

    label: Text
    baseline: Measure
    target: Target
    outcome: Measure
    status: Status | None
    assessed_by: Text
    evidence: tuple[Evidence, ...]
    row: int

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What it lacks to be measured; nothing where it can be.

        A level can be reached or not without a baseline, a change cannot. A live figure is an
        indicator also where nobody has named it.
        """
        found: list[Missing] = []
        if not (self.label.sv or self.label.en or self.outcome.live):
            found.append("indicator")
        if not self.baseline.is_figure and not self.target.is_level:
            found.append("baseline")
        if not self.outcome.is_figure:
            found.append("outcome")
        return tuple(found)

    @property
    def can_be_worked_out(self) -> bool:
        """Whether a status follows from the figures."""
        return not self.missing and (self.target.is_level or self.target.is_change)

    @property
    def lives(self) -> tuple[Live, ...]:
        """The live figures that it asks for."""
        both = (self.baseline.live, self.outcome.live)
        return tuple(each for each in both if each is not None)


@dataclass(frozen=True)
class Goal:
    """A goal with its indicators, one or several."""

    name: str
    label: Text
    horizon: Text
    stated_in: Text
    indicators: tuple[Indicator, ...]

    @property
    def rounds(self) -> frozenset[str]:
        """The rounds that its live figures are of."""
        return frozenset(live.round_name for each in self.indicators for live in each.lives)
