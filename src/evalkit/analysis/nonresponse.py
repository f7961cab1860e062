"""Who answered, against all who were invited, by what is known of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalkit.analysis.frequency import Frequency, Share, share
from evalkit.analysis.units import UnitRates
from evalkit.codebook import Codebook, Text
from evalkit.statistics.outcome import SignificanceTest
from evalkit.statistics.two_way import fisher_freeman_halton


@dataclass(frozen=True)
class Category:
    """One group of the invited: how many there are, and how many of them answered."""

    key: str
    label: Text
    invited: int
    responded: int

    @property
    def rate(self) -> Share:
        """Those who answered, of the invited; no per cent where nobody was."""
        return share(self.responded, self.invited)


@dataclass(frozen=True)
class Nonresponse:
    """One variable: its categories, and whether those who answered could be a random part.

    `key` is the item's name, or "unit". `unknown` answered and it is not known to which category
    they belong; the test takes them as not having answered.
    """

    key: str
    title: Text
    rows: tuple[Category, ...]
    unknown: int
    test: SignificanceTest

    @property
    def invited(self) -> int:
        """How many were invited in all."""
        return sum(each.invited for each in self.rows)

    @property
    def responded(self) -> int:
        """How many answered, of whom the category is known."""
        return sum(each.responded for each in self.rows)


def nonresponse(
    codebook: Codebook,
    tables: Mapping[str, Frequency],
    population: Mapping[str, Mapping[int, int]],
) -> tuple[Nonresponse, ...]:
    """Every item that the population is known by: item → code → how many were invited."""
    return tuple(_of_item(codebook, tables[name], known) for name, known in population.items())


def _of_item(codebook: Codebook, table: Frequency, known: Mapping[int, int]) -> Nonresponse:
    rows = tuple(
        Category(row.key, row.label, known.get(row.value or 0, 0), row.n)
        for row in table.opinions
        if row.value is not None and (known.get(row.value) or row.n)
    )
    gone = sum(row.n for row in table.rows) - sum(each.responded for each in rows)
    return Nonresponse(table.item.name, codebook.title(table.item), rows, gone, _test(rows))


def nonresponse_of_units(rates: UnitRates | None, title: Text) -> Nonresponse | None:
    """The same by unit; None where the frame does not tell how many were invited in each."""
    if rates is None or rates.total.invited is None:
        return None
    known = [each for each in rates.rows if each.invited is not None]
    if not known:
        return None
    rows = tuple(
        Category(each.name, each.label, each.invited or 0, each.responded) for each in known
    )
    unknown = sum(each.responded for each in rates.rows if each.invited is None)
    return Nonresponse("unit", title, rows, unknown, _test(rows))


def _test(rows: Sequence[Category]) -> SignificanceTest:
    """Whether as many answered in each category as chance would have it, margins given."""
    table = [[each.responded, max(each.invited - each.responded, 0)] for each in rows]
    return fisher_freeman_halton(table)
