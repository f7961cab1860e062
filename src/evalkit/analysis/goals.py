"""Goals with their figures: what was reached, worked out from baseline, outcome and target.

The status follows from the figures as they are: reached where the outcome is at the target, partly
where it is not but has moved from the baseline towards it, else not reached. How sure that is
stands apart: the interval that `certainty` has of the share or mean, beside the target; Newcombe's
or Welch's interval of the change, beside no change. Figures that somebody has written have no
interval. A goal of several indicators is reached if all are, not reached if none of those that were
measured is nearer, not measured if none was, and else partly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evalkit.analysis.certainty import sure_mean, sure_share
from evalkit.analysis.changes import Measured
from evalkit.analysis.frequency import Frequency, Share
from evalkit.codebook import Item, Text
from evalkit.goals import Goal, Indicator, Live, Measure, Status, Target
from evalkit.rounding import half_up
from evalkit.statistics.intervals import difference_of_means, difference_of_proportions
from evalkit.statistics.outcome import LEVEL, Interval, Reason

_MOST_DIGITS = 3


@dataclass(frozen=True)
class Surveys:
    """The rounds that live figures are of, and whom each stands for: how many, None for many."""

    rounds: Mapping[str, Measured]
    populations: Mapping[str, int | None]


@dataclass(frozen=True)
class Figure:
    """A baseline or an outcome in figures: per cents 0–100, or numbers.

    `share` is there of a live share, `n` answers of a live mean. `value` is None where nobody
    answered. `digits` are the decimals by which it can be told on which side of the target it is.
    """

    value: Fraction | None
    live: Live | None = None
    item: Item | None = None
    labels: tuple[Text, ...] = ()
    share: Share | None = None
    n: int | None = None
    interval: Interval | None = None
    digits: int = 0


@dataclass(frozen=True)
class Attained:
    """An indicator with its figures, None where it has none.

    `change` is the outcome less the baseline, as a part of 1 of shares, where both are of the
    study; `moved` the same of any figures, as they are shown, with `moved_digits` decimals by which
    its way can be told. `worked_out` is the status that follows from the figures. `target_sure` and
    `change_sure` tell whether that stands outside the margin of error; None where it is not known,
    or nothing hangs on it.
    """

    indicator: Indicator
    baseline: Figure | None
    outcome: Figure | None
    moved: Fraction | None = None
    moved_digits: int = 0
    change: Interval | None = None
    worked_out: Status | None = None
    target_sure: bool | None = None
    change_sure: bool | None = None

    @property
    def status(self) -> Status:
        """The status that follows from the figures, else the one that somebody wrote."""
        return self.worked_out or self.indicator.status or "not_measured"

    @property
    def sure(self) -> bool | None:
        """Whether the status that was worked out stands outside the margin of error.

        Of what it hangs on: a level on the level, one that is missed and nearer also on the change.
        """
        if self.worked_out is None:
            return None
        by_level = self.indicator.target.is_level
        flags = [self.target_sure] if by_level or self.indicator.target.by else [self.change_sure]
        if by_level and self.worked_out == "partly":
            flags.append(self.change_sure)
        return None if None in flags else all(flags)

    @property
    def contradicts(self) -> bool:
        """Whether somebody wrote another status than the one that follows from the figures."""
        written = self.indicator.status
        return None not in (written, self.worked_out) and written != self.worked_out


@dataclass(frozen=True)
class Attainment:
    """A goal with its indicators and the status that they give together."""

    goal: Goal
    indicators: tuple[Attained, ...]

    @property
    def status(self) -> Status:
        """The goal's status."""
        return together([each.status for each in self.indicators])


def together(statuses: Sequence[Status]) -> Status:
    """The status that several indicators give their goal."""
    measured = {each for each in statuses if each != "not_measured"}
    if not measured:
        return "not_measured"
    if measured == {"not_reached"}:
        return "not_reached"
    return "reached" if set(statuses) == {"reached"} else "partly"


def attainments(goals: Iterable[Goal], surveys: Surveys) -> tuple[Attainment, ...]:
    """Every goal with its figures."""
    return tuple(
        Attainment(goal, tuple(_attained(each, surveys) for each in goal.indicators))
        for goal in goals
    )


def _attained(indicator: Indicator, surveys: Surveys) -> Attained:
    target = indicator.target
    baseline = _figure(indicator.baseline, target, surveys)
    outcome = _figure(indicator.outcome, target, surveys)
    moved = _moved(baseline, outcome)
    change = _change(baseline, outcome, surveys)
    worked_out = None
    if indicator.can_be_worked_out and outcome is not None and outcome.value is not None:
        before = None if baseline is None else baseline.value
        worked_out = _status(target, outcome.value, before, moved)
    return Attained(
        indicator,
        baseline,
        outcome,
        moved,
        _moved_digits(moved, target, outcome),
        change,
        worked_out,
        _target_sure(target, outcome, change) if worked_out else None,
        _apart(change, Fraction(0)) if worked_out else None,
    )


def _figure(measure: Measure, target: Target, surveys: Surveys) -> Figure | None:
    if measure.amount is not None:
        return Figure(measure.amount.number)
    if measure.live is None:
        return None
    live = measure.live
    table = surveys.rounds[live.round_name].tables.get(live.item)
    if table is None:
        return Figure(None, live)
    if live.function == "percent" and isinstance(table, Frequency):
        share = table.share(live.answers)
        value = Fraction(100 * share.n, share.base) if share.base else None
        chosen = [row.label for row in table.rows if row.key in live.answers]
        invited = surveys.populations[live.round_name]
        interval = _share_interval(table, live.answers, share, invited)
        digits = _digits(value, target, 0)
        return Figure(value, live, table.item, tuple(chosen), share, None, interval, digits)
    values, counts = _numbers(surveys.rounds[live.round_name], live.item)
    n = sum(counts)
    total = sum((Fraction(str(v)) * c for v, c in zip(values, counts, strict=True)), Fraction(0))
    value = total / n if n else None
    pairs = list(zip(values, counts, strict=True))
    interval = sure_mean(table, pairs, surveys.populations[live.round_name]).interval
    digits = _digits(value, target, 2)
    return Figure(value, live, table.item, (), None, n, interval, digits)


def _share_interval(
    table: Frequency, keys: Sequence[str], share: Share, invited: int | None
) -> Interval:
    """How sure a share is; of ticks among a known number of units it is what it is."""
    if table.answered_known:
        rows = [row for row in table.rows if row.key in keys]
        return sure_share(table, rows, invited).interval
    estimate = share.n / share.base if share.base else None
    reason = Reason.EVERYBODY_ANSWERED if share.base else Reason.NO_ANSWERS
    return Interval(method="census", level=LEVEL, estimate=estimate, reason=reason)


def _numbers(measured: Measured, item: str) -> tuple[list[float], list[int]]:
    """The opinions or numbers that were given, and how often."""
    given = [
        (level.value, n)
        for level, n in measured.counted[item].items()
        if level.status == "valid" and level.value is not None and n
    ]
    return [float(value) for value, _ in given], [n for _, n in given]


def _digits(value: Fraction | None, target: Target, least: int) -> int:
    """Decimals by which the rounded figure is on the same side of the target as the exact one."""
    if value is None or target.level is None or target.sign is None:
        return least
    wanted = target.level.number
    for digits in range(least, _MOST_DIGITS):
        rounded = Fraction(half_up(value, digits))
        if _meets(rounded, target.sign, wanted) == _meets(value, target.sign, wanted):
            return digits
    return _MOST_DIGITS


def _meets(value: Fraction, sign: str, wanted: Fraction) -> bool:
    return {
        ">=": value >= wanted,
        "<=": value <= wanted,
        ">": value > wanted,
        "<": value < wanted,
        "=": value == wanted,
    }[sign]


def _moved(baseline: Figure | None, outcome: Figure | None) -> Fraction | None:
    if baseline is None or outcome is None or baseline.value is None or outcome.value is None:
        return None
    return outcome.value - baseline.value


def _moved_digits(moved: Fraction | None, target: Target, outcome: Figure | None) -> int:
    least = 0 if outcome is None or outcome.live is None or outcome.share is not None else 2
    if moved is None:
        return least
    for digits in range(least, _MOST_DIGITS):
        rounded = Fraction(half_up(moved, digits))
        if (rounded > 0, rounded < 0) == (moved > 0, moved < 0) and (
            (abs(rounded) >= target.by) == (abs(moved) >= target.by)
        ):
            return digits
    return _MOST_DIGITS


def _change(baseline: Figure | None, outcome: Figure | None, surveys: Surveys) -> Interval | None:
    """The outcome less the baseline with its interval, where both are of the study."""
    if baseline is None or outcome is None or baseline.live is None or outcome.live is None:
        return None
    if baseline.share is not None and outcome.share is not None:
        both = (outcome.share, baseline.share)
        return difference_of_proportions((both[0].n, both[1].n), (both[0].base, both[1].base))
    after, before = (
        _numbers(surveys.rounds[each.round_name], each.item)
        for each in (outcome.live, baseline.live)
    )
    return difference_of_means(after, before)


def _status(
    target: Target, outcome: Fraction, baseline: Fraction | None, moved: Fraction | None
) -> Status | None:
    if target.level is not None and target.sign is not None:
        wanted = target.level.number
        if _meets(outcome, target.sign, wanted):
            return "reached"
        nearer = baseline is not None and _nearer(target.sign, outcome, baseline, wanted)
        return "partly" if nearer else "not_reached"
    if moved is None:
        return None
    forward = moved if target.rising else -moved
    if forward <= 0:
        return "not_reached"
    return "reached" if forward >= target.by else "partly"


def _nearer(sign: str, outcome: Fraction, baseline: Fraction, wanted: Fraction) -> bool:
    """Whether an outcome that misses a level has moved towards it."""
    if sign == "=":
        return abs(outcome - wanted) < abs(baseline - wanted)
    return outcome > baseline if sign in (">=", ">") else outcome < baseline


def _target_sure(target: Target, outcome: Figure | None, change: Interval | None) -> bool | None:
    """Whether the level, or the change that was wanted, stands outside the margin of error."""
    if target.level is not None:
        interval = None if outcome is None else outcome.interval
        share = outcome is not None and outcome.share is not None
        return _apart(interval, target.level.number / (100 if share else 1))
    if not target.by:
        return None
    wanted = target.by if target.rising else -target.by
    return _apart(change, wanted / (100 if outcome is not None and outcome.share else 1))


def _apart(interval: Interval | None, value: Fraction) -> bool | None:
    """Whether `value` is outside an interval; None where there is none."""
    if interval is None or interval.low is None or interval.high is None:
        return None
    return not interval.low <= value <= interval.high
