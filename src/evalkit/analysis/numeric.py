"""How a numeric item was answered: mean, spread, quartiles and histogram, all from counts.

What is added, squared and divided is exact: each number is read as the decimal that it was written
as, and a figure becomes binary only when it is done.

Definitions:

- *standard deviation*: of a sample, with n − 1; none for a single number;
- *quartiles* and *median*: type 7 of Hyndman and Fan (1996), "Sample quantiles in statistical
  packages", The American Statistician 50(4), 361–365, the default of R and NumPy: with the numbers
  in order, x₀ … xₙ₋₁, the p-quantile lies at (n − 1)p, in proportion between two neighbours;
- *histogram*: see `evalkit.analysis.histogram`.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evalkit.analysis.frequency import Question, Tallies, bases_of, status_rows
from evalkit.analysis.histogram import Bin, histogram
from evalkit.codebook import Codebook, Item
from evalkit.intake import Level
from evalkit.rounding import half_up


@dataclass(frozen=True)
class Numeric(Question):
    """The figures of a numeric item; all None where nobody gave a number.

    Least and greatest number are left out: they are the answers of single respondents. `whole`
    says that all numbers are whole, `single` that each bin is one number, which is its `low`, and
    `decimals` with how many decimals the numbers were given (6 at most). `pooled` says that bins
    were put together at the ends.
    """

    mean: float | None = None
    sd: float | None = None
    lower_quartile: float | None = None
    median: float | None = None
    upper_quartile: float | None = None
    bins: tuple[Bin, ...] = ()
    whole: bool = True
    single: bool = False
    decimals: int = 0
    pooled: bool = False

    @property
    def rounded_sum(self) -> int:
        """What the per cents of bins and other answers add to when each is rounded half up."""
        shares = [*(each.percent for each in self.bins), *(each.percent for each in self.apart)]
        return sum(int(half_up(each)) for each in shares if each is not None)

    def statistics(self) -> dict[str, float | int | None]:
        """The figures by name, unrounded."""
        return {
            "asked": self.bases.asked,
            "answered": self.bases.answered,
            "n": self.bases.valid,
            "mean": self.mean,
            "sd": self.sd,
            "lower_quartile": self.lower_quartile,
            "median": self.median,
            "upper_quartile": self.upper_quartile,
        }


def numeric(codebook: Codebook, item: Item, counted: Tallies) -> Numeric:
    """The figures of a numeric item."""
    given = counted[item.name]
    bases = bases_of(given)
    values = _Values.of(given)
    rows = status_rows(codebook, item, given, bases)
    own = (item, codebook.title(item), codebook.number(item), bases, rows)
    if not values.n:
        return Numeric(*own)
    low, high = (values.quantile(Fraction(at, 4)) for at in (1, 3))
    bins, single = histogram(values.exact, (low, high), bases.answered)
    return Numeric(
        *own,
        mean=float(values.mean),
        sd=values.sd,
        lower_quartile=float(low),
        median=float(values.quantile(Fraction(1, 2))),
        upper_quartile=float(high),
        bins=bins,
        whole=not values.decimals,
        single=single,
        decimals=min(values.decimals, 6),
    )


@dataclass(frozen=True)
class _Values:
    """Distinct numbers, ascending: as whole multiples of a power of ten, which is exact.

    2.1 is 21 tenths, not 2.100000000000000089. `passed` is how many gave a number up to each.
    """

    numbers: tuple[int, ...]
    times: tuple[int, ...]
    passed: tuple[int, ...]
    decimals: int

    @classmethod
    def of(cls, given: Mapping[Level, int]) -> _Values:
        found = {
            Decimal(repr(level.value)): n
            for level, n in given.items()
            if level.status == "valid" and level.value is not None and n
        }
        decimals = max((_decimals(each) for each in found), default=0)
        pairs = sorted((int(each.scaleb(decimals)), n) for each, n in found.items())
        times = tuple(n for _, n in pairs)
        passed = tuple(itertools.accumulate(times))
        return cls(tuple(number for number, _ in pairs), times, passed, decimals)

    @property
    def n(self) -> int:
        return self.passed[-1] if self.passed else 0

    @property
    def exact(self) -> list[tuple[Fraction, int]]:
        scale = 10**self.decimals
        return [
            (Fraction(each, scale), n) for each, n in zip(self.numbers, self.times, strict=True)
        ]

    @property
    def mean(self) -> Fraction:
        return Fraction(self._sum(1), self.n * 10**self.decimals)

    @property
    def sd(self) -> float | None:
        if self.n == 1:
            return None
        squares = self.n * self._sum(2) - self._sum(1) ** 2
        return math.sqrt(Fraction(squares, self.n * (self.n - 1) * 10 ** (2 * self.decimals)))

    def _sum(self, power: int) -> int:
        pairs = zip(self.numbers, self.times, strict=True)
        return sum(int(each**power) * n for each, n in pairs)

    def quantile(self, share_below: Fraction) -> Fraction:
        place = (self.n - 1) * share_below
        rank = math.floor(place)
        low, high = self._at(rank), self._at(min(rank + 1, self.n - 1))
        scale: int = 10**self.decimals
        return (low + (place - rank) * (high - low)) / scale

    def _at(self, rank: int) -> int:
        return self.numbers[bisect.bisect_right(self.passed, rank)]


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
