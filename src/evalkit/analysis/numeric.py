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

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from evalkit.analysis.frequency import Question, Tallies, bases_of, status_rows
from evalkit.analysis.histogram import Bin, histogram
from evalkit.codebook import Codebook, Item
from evalkit.intake import Level
from evalkit.intake.responses import Number
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
        whole=values.whole,
        single=single,
        decimals=values.decimals,
    )


def exact(value: Number) -> Fraction:
    """The number as the decimal that it was written as: 2.1 is 21/10, not 2.100000000000000089."""
    return Fraction(repr(value))


@dataclass(frozen=True)
class _Values:
    """Distinct numbers, ascending, each with how many gave it."""

    pairs: tuple[tuple[Number, int], ...]
    exact: tuple[tuple[Fraction, int], ...] = field(repr=False)

    @classmethod
    def of(cls, given: Mapping[Level, int]) -> _Values:
        pairs = sorted(
            (level.value, n)
            for level, n in given.items()
            if level.status == "valid" and level.value is not None and n
        )
        return cls(tuple(pairs), tuple((exact(value), n) for value, n in pairs))

    @property
    def n(self) -> int:
        return sum(n for _, n in self.pairs)

    @property
    def whole(self) -> bool:
        return all(isinstance(value, int) for value, _ in self.pairs)

    @property
    def decimals(self) -> int:
        exponents = [
            Decimal(repr(value)).normalize().as_tuple().exponent for value, _ in self.pairs
        ]
        return min(max((-each for each in exponents if isinstance(each, int)), default=0), 6)

    @property
    def mean(self) -> Fraction:
        return sum((value * n for value, n in self.exact), Fraction()) / self.n

    @property
    def sd(self) -> float | None:
        if self.n == 1:
            return None
        mean = self.mean
        squares = sum((n * (value - mean) ** 2 for value, n in self.exact), Fraction())
        return math.sqrt(squares / (self.n - 1))

    def quantile(self, share_below: Fraction) -> Fraction:
        place = (self.n - 1) * share_below
        rank = math.floor(place)
        low, high = self._at(rank), self._at(min(rank + 1, self.n - 1))
        return low + (place - rank) * (high - low)

    def _at(self, rank: int) -> Fraction:
        passed = 0
        for value, n in self.exact:
            passed += n
            if rank < passed:
                return value
        raise AssertionError("a rank lies within the respondents")
