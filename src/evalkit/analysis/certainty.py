"""How sure the figures of a round are: an interval for shares and means, from counts alone.

Where it is known how many were invited, they are a population of whom some did not answer (a
census), and a share has the exact hypergeometric interval. Else those who answered are taken as a
sample of many, and it has Wilson's.

Who did not answer an item belongs to the population as well as who did not take part. Whom a figure
is about is not always known of them: who would have got a question with a filter, had an opinion,
or ticked an option. The population of such a figure is then at most the invited less those of whom
it is known that they are not in it, and at least those who answered: the interval is the widest
over these sizes, and no number of people is told. A mean is never said to be beyond what the scale
and the population allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from evalkit.analysis.frequency import Frequency, Question, Row, Tallies, tallies
from evalkit.analysis.numeric import Numeric
from evalkit.analysis.tables import Tables
from evalkit.codebook import Item, Text
from evalkit.errors import fault
from evalkit.statistics.census import census_proportion, widest_census_proportion
from evalkit.statistics.intervals import mean, proportion
from evalkit.statistics.outcome import LEVEL, Interval, Reason


@dataclass(frozen=True)
class Population:
    """Whom an item's figures stand for: at most `size` people, or many where that is None.

    `known` says that it is exactly so many.
    """

    size: int | None
    known: bool = True


@dataclass(frozen=True)
class SureShare:
    """How many gave any of the answers `labels`, of `base`, and how sure the share is.

    `people` is the interval, and `possible` what logic alone allows, in people of the population;
    None where there is none, or no population.
    """

    keys: tuple[str, ...]
    labels: tuple[Text, ...]
    n: int
    base: int
    population: Population
    interval: Interval
    people: tuple[int, int] | None = None
    possible: tuple[int, int] | None = None

    @property
    def possible_shares(self) -> tuple[float, float] | None:
        """`possible` as shares of the population."""
        if self.possible is None or not self.population.size:
            return None
        return self.possible[0] / self.population.size, self.possible[1] / self.population.size


@dataclass(frozen=True)
class SureMean:
    """A mean of the `n` who gave an opinion or a number, and how sure it is.

    `possible` is what logic allows: all others of the population at one end of the scale. The
    interval is cut there.
    """

    n: int
    population: Population
    interval: Interval
    possible: tuple[float, float] | None = None


@dataclass(frozen=True)
class Sure:
    """One item: its shares on the positive side or of each answer, and its mean if it has one."""

    item: Item
    title: Text
    number: str
    positive: bool
    shares: tuple[SureShare, ...]
    mean: SureMean | None


@dataclass(frozen=True)
class Certainty:
    """How sure every item of a round is; `invited` is None where a sample answered."""

    invited: int | None
    responded: int
    included: int
    level: float
    rows: tuple[Sure, ...]
    respondents: Text

    @property
    def census(self) -> bool:
        """Whether everybody was asked, and it is known how many that is."""
        return self.invited is not None

    def frame(self) -> pd.DataFrame:
        """A row for each share and mean; shares in per cent, means as they are, unrounded."""
        rows = [row for each in self.rows for row in _frame_rows(each)]
        return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


_COLUMNS = {
    "item": "object",
    "figure": "object",
    "answers": "object",
    "n": "Int64",
    "base": "Int64",
    "estimate": "Float64",
    "low": "Float64",
    "high": "Float64",
    "people_low": "Int64",
    "people_high": "Int64",
    "population": "Int64",
    "possible_low": "Float64",
    "possible_high": "Float64",
    "method": "object",
    "reason": "object",
}


def _frame_rows(each: Sure) -> Iterator[list[object]]:
    for share in each.shares:
        answers = " / ".join(label.best("sv").text for label in share.labels)
        yield [
            each.item.name, "share", answers, share.n, share.base,
            *(None if v is None else 100 * v for v in _figures(share.interval)),
            *(share.people or (None, None)), share.population.size,
            *(None if v is None else 100 * v for v in share.possible_shares or (None, None)),
            share.interval.method, share.interval.reason,
        ]  # fmt: skip
    if each.mean is not None:
        found = each.mean
        yield [
            each.item.name, "mean", "", found.n, found.n, *_figures(found.interval), None, None,
            found.population.size, *(found.possible or (None, None)),
            found.interval.method, found.interval.reason,
        ]  # fmt: skip


def _figures(interval: Interval) -> tuple[float | None, float | None, float | None]:
    return interval.estimate, interval.low, interval.high


def certainty(
    tables: Tables,
    counts: pd.DataFrame,
    invited: int | None,
    without: Sequence[str] = (),
    respondents: Text | None = None,
    level: float = LEVEL,
) -> Certainty:
    """Every item of `tables` with its intervals; `counts` are those they were worked out from.

    `invited` is None for a sample. `without` names items whose answers are known of everybody who
    was invited, such as the unit. Raises `EvalkitError` where more answered than were invited.
    """
    response = tables.response
    if invited is not None and response.included > invited:
        raise fault(
            f"{invited} were invited and {response.included} answered.",
            "Correct `invited`, or look for rows in the file that are no respondents.",
        )
    counted = tallies(counts)
    rows = [
        _sure(table, invited, level)
        for name, table in tables.items.items()
        if name not in without and table.answered_known
    ]
    rows += [
        Sure(each.item, each.title, each.number, False, (), _numeric(each, counted, invited, level))
        for name, each in tables.numbers.items()
        if name not in without
    ]
    order = {each.item.name: at for at, (each, _) in enumerate(tables.nonresponse.rows)}
    found = sorted((each for each in rows if each is not None), key=lambda e: order[e.item.name])
    return Certainty(
        invited,
        response.responded,
        response.included,
        level,
        tuple(each for each in found if each.shares or each.mean),
        respondents or Text(),
    )


def _sure(table: Frequency, invited: int | None, level: float) -> Sure:
    positive = table.positive_rows
    groups = [positive] if positive else [(row,) for row in table.opinions]
    population = _population(table, invited, _outside(table))
    shares = tuple(_share(table, each, population, level) for each in groups)
    found = None
    if table.item.mean and not table.overlapping:
        pairs = [(r.value, r.n) for r in table.opinions if r.value is not None]
        found = _mean(table, pairs, invited, level)
    return Sure(table.item, table.title, table.number, bool(positive), shares, found)


def sure_share(
    table: Frequency, rows: Sequence[Row], invited: int | None, level: float = LEVEL
) -> SureShare:
    """How sure the share is that gave any of the answers `rows`; `invited` is None for a sample."""
    return _share(table, rows, _population(table, invited, _outside(table)), level)


def sure_mean(
    table: Question, pairs: Sequence[tuple[float, int]], invited: int | None, level: float = LEVEL
) -> SureMean:
    """How sure the mean is of the numbers or codes in `pairs`, each given so often."""
    return _mean(table, pairs, invited, level)


def _outside(table: Frequency) -> int:
    """Those who took part and of whom it is known that they are not among the table's base."""
    return table.unticked if table.base_kind == "ticked" else 0


def _population(table: Question, invited: int | None, outside: int) -> Population:
    """The invited, less who did not get the question and who are `outside` otherwise."""
    if invited is None:
        return Population(None)
    gone = table.not_asked + outside
    return Population(invited - gone, known=not gone)


def _share(
    table: Frequency, rows: Sequence[Row], population: Population, level: float
) -> SureShare:
    n, base = sum(row.n for row in rows), table.base
    what = (tuple(row.key for row in rows), tuple(row.label for row in rows), n, base, population)
    if population.size is None:
        return SureShare(*what, proportion(n, base, level))
    if population.size == 0:
        nobody = Interval(method="hypergeometric", level=level, reason=Reason.NO_ANSWERS)
        return SureShare(*what, nobody)
    found = census_proportion(n, base, population.size, level)
    if population.known:
        return SureShare(*what, found.interval, found.people, found.possible)
    widest = widest_census_proportion(n, base, population.size, level)
    return SureShare(*what, widest, None, found.possible)


def _mean(
    table: Question, pairs: Sequence[tuple[float, int]], invited: int | None, level: float
) -> SureMean:
    """The mean of the codes; those without an opinion are outside of the population."""
    n = sum(times for _, times in pairs)
    population = _population(table, invited, table.bases.answered - table.bases.valid)
    interval = mean(
        [value for value, _ in pairs],
        [times for _, times in pairs],
        population=population.size,
        level=level,
    )
    if not n or table.item.kind == "numeric":
        return SureMean(n, population, interval)
    possible = _possible(pairs, population.size)
    return SureMean(n, population, _within(interval, possible), possible)


def _possible(pairs: Sequence[tuple[float, int]], population: int | None) -> tuple[float, float]:
    """The least and the greatest mean that the scale and those who answered allow."""
    ends = min(value for value, _ in pairs), max(value for value, _ in pairs)
    if population is None:
        return ends
    total, n = sum(value * times for value, times in pairs), sum(times for _, times in pairs)
    low, high = ((total + (population - n) * end) / population for end in ends)
    return low, high


def _within(interval: Interval, possible: tuple[float, float]) -> Interval:
    if interval.low is None or interval.high is None:
        return interval
    low, high = max(interval.low, possible[0]), min(interval.high, possible[1])
    return replace(interval, low=low, high=high)


def _numeric(
    table: Numeric, counted: Tallies, invited: int | None, level: float
) -> SureMean | None:
    given: Mapping[float, int] = {
        level.value: n
        for level, n in counted[table.item.name].items()
        if level.status == "valid" and level.value is not None
    }
    return _mean(table, list(given.items()), invited, level) if given else None
