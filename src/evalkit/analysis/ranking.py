"""How options were put in order: by respondents, or as the one order of a body.

The ranks are those given: where several options share a rank, each has it, and nothing is worked
out instead. A mean rank is of those who ranked the option.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from evalkit.analysis.frequency import USUAL, Bases, Share, Tallies, bases_of, share
from evalkit.codebook import Codebook, Item, Text
from evalkit.intake import Level
from evalkit.intake.responses import UNRANKED, WHY_NOT


@dataclass(frozen=True)
class RankedOption:
    """One option: `ranks` holds how many gave it each rank, as shares of those who ranked any.

    `unranked` are those who ranked others and not this one; `mean` is of those who ranked it.
    """

    item: Item
    ranks: tuple[Share, ...]
    unranked: Share
    mean: float | None

    @property
    def ranked(self) -> int:
        """How many gave it a rank."""
        return sum(each.n for each in self.ranks)

    @property
    def only_rank(self) -> int | None:
        """The rank that it was given in the order of one body; None if it was given none."""
        return next((rank for rank, each in enumerate(self.ranks, start=1) if each.n), None)


@dataclass(frozen=True)
class Ranking:
    """The table of a ranking: its options in the codebook's order.

    `bases.valid` are those who ranked anything; of these so many gave several options one rank
    (`ties`), and so many passed over a rank (`gaps`; both are possible). `missing` are those who
    ranked nothing, by status, as shares of those who answered. `respondents` is as in a frequency.
    """

    item: Item
    title: Text
    number: str
    bases: Bases
    options: tuple[RankedOption, ...]
    ties: int
    gaps: int
    missing: tuple[tuple[Level, Share], ...] = ()
    respondents: Text = field(default_factory=Text)

    @property
    def base(self) -> int:
        """How many the per cents are of: those who ranked anything."""
        return self.bases.valid

    @property
    def one_order(self) -> bool:
        """Whether it is the order of one body, and not that of respondents or several bodies."""
        return self.item.kind == "priority" and self.base == 1

    @property
    def by_mean(self) -> tuple[tuple[RankedOption, ...], ...]:
        """The options that anyone ranked, best mean rank first, those with the same together."""
        means = sorted({each.mean for each in self.options if each.mean is not None})
        return tuple(tuple(each for each in self.options if each.mean == mean) for mean in means)

    @property
    def in_order(self) -> tuple[tuple[int | None, tuple[RankedOption, ...]], ...]:
        """Of one order: each rank that was given with its options, then None with the rest."""
        ranks = sorted({each.only_rank for each in self.options if each.only_rank is not None})
        places: list[int | None] = [*ranks, None]
        found = [
            (rank, tuple(each for each in self.options if each.only_rank == rank))
            for rank in places
        ]
        return tuple((rank, options) for rank, options in found if options)

    def option(self, name: str) -> RankedOption | None:
        """The option whose item is called `name`."""
        return next((each for each in self.options if each.item.name == name), None)

    def frame(self) -> pd.DataFrame:
        """A row an option: `label`, how many gave it each rank, `ranked`, `unranked`, `mean`."""
        ranks = range(len(self.options))
        columns = {
            "label": [each.item.label.best("sv").text for each in self.options],
            **{str(at + 1): [each.ranks[at].n for each in self.options] for at in ranks},
            "ranked": [each.ranked for each in self.options],
            "unranked": [each.unranked.n for each in self.options],
            "mean": pd.array([each.mean for each in self.options], dtype="Float64"),
        }
        names = [each.item.name for each in self.options]
        return pd.DataFrame(columns, index=pd.Index(names, name="option"))


def ranking(codebook: Codebook, item: Item, counted: Tallies, respondents: Text = USUAL) -> Ranking:
    """The table of a ranking or of a priority order."""
    whole = counted[item.name]
    parts = codebook.parts(item)
    bases = bases_of(whole)
    kinds = {kind: whole.get(Level(kind, "valid"), 0) for kind in (2, 3, 4)}
    return Ranking(
        item,
        item.label,
        codebook.number(item),
        bases,
        tuple(_option(each, counted, len(parts), bases.valid) for each in parts),
        kinds[2] + kinds[4],
        kinds[3] + kinds[4],
        tuple(
            (level, share(whole[level], bases.answered)) for level in WHY_NOT if whole.get(level, 0)
        ),
        respondents,
    )


def _option(item: Item, counted: Tallies, options: int, base: int) -> RankedOption:
    given = counted[item.name]
    numbers = [given.get(Level(rank, "valid"), 0) for rank in range(1, options + 1)]
    ranked = sum(numbers)
    total = sum(rank * n for rank, n in enumerate(numbers, start=1))
    return RankedOption(
        item,
        tuple(share(n, base) for n in numbers),
        share(given.get(UNRANKED, 0), base),
        total / ranked if ranked else None,
    )
