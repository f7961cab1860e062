"""What may be shown of goals: the part of disclosure control that looks at live figures.

A live figure is that of a table, and is shown where the table is. In the published edition

- a figure of a table that is kept back is not shown, nor its interval, nor the change that it is
  part of;
- the status of its indicator is then not shown either, whoever set it, nor whether two statuses go
  apart: a status would tell on which side of the target the figure lies. The same holds of its
  goal, and no number of goals tells what is left out, since those kept back are counted apart;
- the interval of a mean of few numbers would tell their spread, so it goes where the table has
  none. What is left is whether a difference is more than chance.

Figures that somebody has written are no answers of respondents, and neither is a budget.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evalkit.analysis.budget import Spending
from evalkit.analysis.goals import Attained, Attainment, Figure
from evalkit.analysis.numeric import Numeric
from evalkit.codebook import Text
from evalkit.goals import Goal, Indicator, Live, Missing, Status
from evalkit.release.tables import Released, ReleasedTables, Rule

ShownStatus = Literal["reached", "partly", "not_reached", "not_measured", "withheld"]
STATUSES: tuple[ShownStatus, ...] = (
    "reached", "partly", "not_reached", "not_measured", "withheld",
)  # fmt: skip
"""In the order in which they are told; `withheld`: kept back, since too few answered."""


@dataclass(frozen=True)
class ShownIndicator:
    """An indicator as it may be shown; `hidden` tells which figures are kept back.

    `by_hand` is whether the status is one that somebody wrote; `written` is that, where another
    follows from the figures. `spread_hidden` is whether an interval is kept back.
    """

    indicator: Indicator
    found: Attained
    status: ShownStatus
    by_hand: bool
    written: Status | None
    hidden: tuple[bool, bool]
    spread_hidden: bool = False

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What it lacks to be measured."""
        return self.indicator.missing


@dataclass(frozen=True)
class ShownGoal:
    """A goal as it may be shown; `number` is its place in the list, from 1.

    `goal` is without its indicators: those that may be shown are `indicators`.
    """

    goal: Goal
    number: int
    indicators: tuple[ShownIndicator, ...]
    status: ShownStatus

    @property
    def measurable(self) -> bool:
        """Whether an indicator of it can be measured."""
        return any(not each.missing for each in self.indicators)

    @property
    def by_hand(self) -> bool:
        """Whether somebody set the status of any of its indicators."""
        return any(each.by_hand for each in self.indicators)


@dataclass(frozen=True)
class HorizonCounts:
    """How many goals of a horizon have each status; the last one is of all goals."""

    horizon: Text | None
    goals: int
    by_status: Mapping[ShownStatus, int]


@dataclass(frozen=True)
class ShownGoals:
    """All goals as they may be shown.

    `with_indicator` and `with_baseline` are how many goals have one set, and one measured;
    `written` how many have a status that somebody wrote, and `contradicting` how many of those
    shown are at odds with their figures.
    """

    goals: tuple[ShownGoal, ...]
    horizons: tuple[HorizonCounts, ...]
    total: HorizonCounts
    with_indicator: int
    with_baseline: int
    measurable: int
    written: int
    contradicting: int

    @property
    def statuses(self) -> tuple[ShownStatus, ...]:
        """The statuses that any goal has, in their order."""
        return tuple(each for each in STATUSES if self.total.by_status.get(each))


def release_goals(
    found: Sequence[Attainment], rounds: Mapping[str, ReleasedTables], rule: Rule
) -> Released[ShownGoals]:
    """Decide what of each goal may be shown; `rounds` has the released tables of each round."""
    shown = tuple(_goal(each, at, rounds, rule) for at, each in enumerate(found, start=1))
    named = dict.fromkeys(each.goal.horizon for each in shown)
    horizons = tuple(
        _counted(horizon, [each for each in shown if each.goal.horizon == horizon])
        for horizon in named
    )
    content = ShownGoals(
        shown,
        horizons if len(horizons) > 1 else (),
        _counted(None, shown),
        sum(_any_without(each, "indicator") for each in shown),
        sum(any(i.indicator.baseline.is_figure for i in each.indicators) for each in shown),
        sum(each.measurable for each in shown),
        sum(each.by_hand for each in shown),
        sum(any(i.written for i in each.indicators) for each in shown),
    )
    return Released(content, rule)


def _any_without(goal: ShownGoal, lack: Missing) -> bool:
    return any(lack not in each.missing for each in goal.indicators)


def _counted(horizon: Text | None, goals: Sequence[ShownGoal]) -> HorizonCounts:
    return HorizonCounts(horizon, len(goals), Counter(each.status for each in goals))


def _goal(
    found: Attainment, at: int, rounds: Mapping[str, ReleasedTables], rule: Rule
) -> ShownGoal:
    indicators = tuple(_indicator(each, rounds, rule) for each in found.indicators)
    goal = replace(found.goal, indicators=())  # with what was written, also where it is kept back
    return ShownGoal(goal, at, indicators, _together(indicators, found.status))


def _together(indicators: Iterable[ShownIndicator], status: Status) -> ShownStatus:
    return "withheld" if any(each.status == "withheld" for each in indicators) else status


def _indicator(found: Attained, rounds: Mapping[str, ReleasedTables], rule: Rule) -> ShownIndicator:
    hidden = (_hidden(found.baseline, rounds), _hidden(found.outcome, rounds))
    indicator = found.indicator
    by_hand = found.worked_out is None and indicator.status is not None
    if any(hidden):
        kept = replace(
            found,
            indicator=_without_written(indicator),
            baseline=None if hidden[0] else found.baseline,
            outcome=None if hidden[1] else found.outcome,
            moved=None,
            moved_digits=0,
            change=None,
            worked_out=None,
            target_sure=None,
            change_sure=None,
        )
        return ShownIndicator(kept.indicator, kept, "withheld", False, None, hidden)
    few = [_few(each, rounds, rule) for each in (found.baseline, found.outcome)]
    if any(few):
        found = replace(
            found,
            baseline=_without_interval(found.baseline, few[0]),
            outcome=_without_interval(found.outcome, few[1]),
            change=None,
        )
    written = indicator.status if found.contradicts else None
    return ShownIndicator(indicator, found, found.status, by_hand, written, hidden, any(few))


def _without_written(indicator: Indicator) -> Indicator:
    """The indicator without the status that somebody wrote, and without who did."""
    return replace(indicator, status=None, assessed_by=Text())


def _hidden(figure: Figure | None, rounds: Mapping[str, ReleasedTables]) -> bool:
    if figure is None or figure.live is None:
        return False
    return _table(figure.live, rounds) is None


def _table(live: Live, rounds: Mapping[str, ReleasedTables]) -> object:
    released = rounds[live.round_name].questions.get(live.item)
    return None if released is None else released.content


def _few(figure: Figure | None, rounds: Mapping[str, ReleasedTables], rule: Rule) -> bool:
    """Whether a mean is of so few numbers that its interval would tell them."""
    if figure is None or figure.live is None or rule.edition == "internal":
        return False
    table = _table(figure.live, rounds)
    return isinstance(table, Numeric) and table.bases.valid < 2 * rule.min_respondents


def _without_interval(figure: Figure | None, few: bool) -> Figure | None:
    return replace(figure, interval=None) if figure is not None and few else figure


def release_budget(found: Spending, rule: Rule) -> Released[Spending]:
    """A budget is about money and not about respondents: it is shown whole in both editions."""
    return Released(found, rule)
