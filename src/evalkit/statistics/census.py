"""A share of a population that is known by number, of which some did not answer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evalkit.statistics.outcome import LEVEL, Interval, Reason

# A tail that equals α/2 but for rounding is taken as equal.
_EQUAL = 1e-9


@dataclass(frozen=True, kw_only=True)
class CensusShare:
    """How many of a population say yes: `people` by the interval, `possible` by logic alone.

    `interval` holds the same as shares of the population. Its estimate is the share of those who
    answered. `people` is None where there is no interval.
    """

    population: int
    answered: int
    yes: int
    interval: Interval
    people: tuple[int, int] | None
    possible: tuple[int, int]


def census_proportion(
    yes: int, answered: int, population: int, level: float = LEVEL
) -> CensusShare:
    """The exact interval for the number of yes in `population`, of whom `answered` answered.

    Every number K is kept under which neither `yes` or more nor `yes` or fewer has a probability of
    α/2 or less in the hypergeometric distribution: two one-sided tests, the tails of equal level
    (Konijn 1973; Buonaccorsi 1987). It supposes that those who did not answer are a random part of
    the population. It never leaves `possible`: those who said yes, and with them all who did
    not answer.
    """
    if not 0 <= yes <= answered <= population or population == 0:
        raise ValueError(f"{yes} of {answered} in {population} is not a share of a population.")
    method = "hypergeometric"
    possible = (yes, yes + population - answered)
    people = None
    if answered == 0:
        interval = Interval(method=method, level=level, reason=Reason.NO_ANSWERS)
    elif answered == population:
        interval = Interval(
            method=method, level=level, estimate=yes / answered, reason=Reason.EVERYBODY_ANSWERED
        )
    else:
        people = _people(yes, answered, population, level)
        interval = Interval(
            method=method,
            level=level,
            estimate=yes / answered,
            low=people[0] / population,
            high=people[1] / population,
        )
    return CensusShare(
        population=population,
        answered=answered,
        yes=yes,
        interval=interval,
        people=people,
        possible=possible,
    )


_SIZES = 100


def widest_census_proportion(yes: int, answered: int, most: int, level: float = LEVEL) -> Interval:
    """The same for a population of unknown size, `answered` or more and at most `most` people.

    The lowest and the highest bound over the sizes that it may have. The largest size alone would
    not do: for whole people the bounds do not grow steadily with it. Of more than a hundred sizes a
    hundred are tried, evenly spread and with the largest.
    """
    largest = census_proportion(yes, answered, most, level).interval
    if largest.reason is not None:
        return largest
    sizes = np.unique(np.linspace(answered + 1, most, min(_SIZES, most - answered)).astype(int))
    found = [census_proportion(yes, answered, int(size), level).interval for size in sizes]
    return Interval(
        method=largest.method,
        level=level,
        estimate=largest.estimate,
        low=min(each.low for each in found if each.low is not None),
        high=max(each.high for each in found if each.high is not None),
    )


def _people(yes: int, answered: int, population: int, level: float) -> tuple[int, int]:
    low = _least(yes, answered, population, level)
    # Those who say no are counted in the same way: the most yes are the fewest no.
    return low, population - _least(answered - yes, answered, population, level)


def _least(yes: int, answered: int, population: int, level: float) -> int:
    """The smallest K under which `yes` or more has a probability above α/2; it grows with K."""
    tail = (1 - level) / 2 * (1 + _EQUAL)
    low, high = yes, yes + population - answered
    while low < high:
        middle = (low + high) // 2
        if _at_least(yes, answered, population, middle) > tail:
            high = middle
        else:
            low = middle + 1
    return low


def _at_least(yes: int, answered: int, population: int, among: int) -> float:
    """P(X ≥ `yes`) for X hypergeometric: `answered` drawn of a population with `among` yes."""
    from scipy.special import gammaln

    most = min(answered, among)
    drawn = np.arange(max(yes, answered - (population - among)), most + 1)

    def choose(n: int, k: np.ndarray) -> np.ndarray:
        chosen: np.ndarray = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
        return chosen

    whole = float(choose(population, np.array(answered)))
    logs = choose(among, drawn) + choose(population - among, answered - drawn) - whole
    return math.fsum(np.exp(logs).tolist())
