"""Numbers → the bars of a histogram, from counts.

A rule that a reader can follow beats one that is best for some distribution:

- where the numbers reach over more than `FAR` times the distance between the quartiles, those that
  lie more than `FENCE` times that distance outside of them (Tukey 1977: "far out", beyond his outer
  fences) are in an open bar at the end, so that a single one does not flatten all others;
- numbers of which all are whole, with fewer than `MOST_SINGLE` steps from the least to the
  greatest, have a bar each, also those in between that nobody gave;
- else the bars are as wide as Freedman and Diaconis (1981) or Sturges (1926) say, whichever is
  narrower (NumPy's rule "auto"), then made the nearest of 1, 2 and 5 times a power of ten, at least
  1 for whole numbers, and wider until there are at most `MOST_BINS`; edges are multiples of that.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from evalkit.intake.responses import Number

FAR = 8
FENCE = 3
MOST_SINGLE = 12
MOST_BINS = 20

Pairs = Sequence[tuple[Fraction, int]]
"""Distinct numbers, ascending, each with how many gave it (more than 0)."""


@dataclass(frozen=True)
class Bin:
    """A bar: the numbers from `low` up to but not including `high`, and how many gave one.

    The last bar has its `high` too. An open side is None: whatever is below, or above. `percent` is
    of those who answered.
    """

    low: Number | None
    high: Number | None
    n: int
    percent: float | None


def histogram(
    pairs: Pairs, quartiles: tuple[Fraction, Fraction], answered: int
) -> tuple[tuple[Bin, ...], bool]:
    """The bars, and whether each is a single number (its `low`).

    `quartiles` are the lower and the upper one, `answered` is the base of the per cents.
    """
    inner = _inner(pairs, quartiles)
    least, greatest = inner[0][0], inner[-1][0]
    single = least == greatest or (_whole(inner) and greatest - least < MOST_SINGLE)
    width = Fraction(1) if single else _width(inner, quartiles[1] - quartiles[0])
    start = least if single else math.floor(least / width) * width
    places = int(greatest - least) + 1 if single else _places(start, greatest, width)
    edges = [start + at * width for at in range(places + 1)]
    return _filled(pairs, edges, answered), single


def _filled(pairs: Pairs, edges: Sequence[Fraction], answered: int) -> tuple[Bin, ...]:
    """The bars between the edges, and an open one at either end where numbers lie beyond.

    What lies on the last edge is in the open bar where there is one, else in the last.
    """
    ends: list[Fraction | None] = [*edges]
    if pairs[0][0] < edges[0]:
        ends.insert(0, None)
    if pairs[-1][0] > edges[-1]:
        ends.append(None)
    values = [value for value, _ in pairs]
    passed = [0, *itertools.accumulate(n for _, n in pairs)]
    below = [passed[bisect_left(values, edge)] for edge in ends[1:-1] if edge is not None]
    times = [high - low for low, high in itertools.pairwise([0, *below, passed[-1]])]
    return tuple(
        Bin(_end(low), _end(high), n, _percent(n, answered))
        for (low, high), n in zip(itertools.pairwise(ends), times, strict=True)
    )


def _inner(pairs: Pairs, quartiles: tuple[Fraction, Fraction]) -> Pairs:
    """The numbers within the fences, where some lie far out; else all."""
    lower, upper = quartiles
    between = upper - lower
    if not between or pairs[-1][0] - pairs[0][0] <= FAR * between:
        return pairs
    lowest, highest = lower - FENCE * between, upper + FENCE * between
    return [(value, n) for value, n in pairs if lowest <= value <= highest]


def _whole(pairs: Pairs) -> bool:
    return all(value.denominator == 1 for value, _ in pairs)


def _end(edge: Fraction | None) -> Number | None:
    return None if edge is None else number(edge)


def pooled_ends(bins: Sequence[Bin], least: int, answered: int) -> tuple[Bin, ...]:
    """The bars with those at either end put together until each end stands for `least` answers.

    Such an end is open, so that it tells nothing of how far out the outermost answer is. All become
    one where there are too few answers for two.
    """
    low, high = _reach(bins, least), _reach(bins[::-1], least)
    if low + high > len(bins):
        n = sum(each.n for each in bins)
        return (Bin(None, None, n, _percent(n, answered)),) if bins else ()
    first, last = bins[:low], bins[len(bins) - high :]
    middle = bins[low : len(bins) - high]
    return (
        replace(_together(first, answered), low=None) if low > 1 else first[0],
        *middle,
        replace(_together(last, answered), high=None) if high > 1 else last[0],
    )


def number(value: Fraction) -> Number:
    """An exact number as an int where it is whole, else as the nearest float."""
    return int(value) if value.denominator == 1 else float(value)


def _reach(bins: Sequence[Bin], least: int) -> int:
    """How many bars from the beginning hold `least` answers together; more than all if none do."""
    passed = 0
    for at, each in enumerate(bins, start=1):
        passed += each.n
        if passed >= least:
            return at
    return len(bins) + 1


def _together(bins: Sequence[Bin], answered: int) -> Bin:
    n = sum(each.n for each in bins)
    return Bin(bins[0].low, bins[-1].high, n, _percent(n, answered))


def _width(pairs: Pairs, between: Fraction) -> Fraction:
    n = sum(times for _, times in pairs)
    distance = pairs[-1][0] - pairs[0][0]
    widths = [float(distance) / (math.log2(n) + 1)]
    if between:
        widths.append(2 * float(between) / n ** (1 / 3))
    width = _round_width(min(widths), 1 if _whole(pairs) else 0)
    while _places(math.floor(pairs[0][0] / width) * width, pairs[-1][0], width) > MOST_BINS:
        width = _wider(width)
    return width


def _round_width(width: float, least: int) -> Fraction:
    """The nearest (as a ratio) of 1, 2 and 5 times a power of ten."""
    power = math.floor(math.log10(width))
    known = [Fraction(step) * Fraction(10) ** (power + up) for up in (0, 1) for step in (1, 2, 5)]
    nearest = min(known, key=lambda each: abs(math.log(float(each) / width)))
    return max(nearest, Fraction(least))


def _wider(width: Fraction) -> Fraction:
    first = str(width.numerator if width >= 1 else width.denominator)[0]
    return width * (Fraction(5, 2) if first == ("2" if width >= 1 else "5") else 2)


def _places(start: Fraction, greatest: Fraction, width: Fraction) -> int:
    """How many bars reach from `start` to the greatest number, which may be the last one's edge."""
    return max(1, math.ceil((greatest - start) / width))


def _percent(n: int, answered: int) -> float | None:
    return 100 * n / answered if answered else None
