"""Result tables → released tables, the only thing that presentation takes.

The place where disclosure control stands. All tables of a report come in together, because they
share cells, and go out as `Released`: either whole or replaced by the reason why not. The rule so
far: in the published edition a table about fewer than `min_respondents` is replaced whole. The
internal edition releases everything unchanged, and presentation says on every page that it is
internal. Suppression of single cells belongs in `release`, between the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar, cast, get_args

from evalkit.analysis.combinations import Combinations
from evalkit.analysis.frequency import Frequency, Grid, Share
from evalkit.analysis.ranking import Ranking
from evalkit.analysis.reconcile import Difference, Reconciliation
from evalkit.analysis.response import Answered, ResponseRate
from evalkit.analysis.tables import Overview, Tables
from evalkit.codebook import Answer, Item, Kind, Text

Edition = Literal["published", "internal"]
EDITIONS: tuple[Edition, ...] = get_args(Edition)

T = TypeVar("T")


@dataclass(frozen=True)
class Rule:
    """What may be shown: the edition, and the fewest respondents that a table may be about."""

    edition: Edition
    min_respondents: int

    def allows(self, respondents: int) -> bool:
        """Whether a table about so many respondents may be shown."""
        return self.edition == "internal" or respondents >= self.min_respondents


@dataclass(frozen=True)
class Released(Generic[T]):
    """A table that may be shown; `content` is None where it was replaced by `rule`."""

    content: T | None
    rule: Rule
    item: Item | None = None
    number: str = ""


@dataclass(frozen=True)
class OverviewRows:
    """An overview with the items that may be shown, and those that may not."""

    answers: tuple[Answer, ...]
    rows: tuple[Frequency, ...]
    withheld: tuple[Item, ...]


@dataclass(frozen=True)
class NonresponseRow:
    """Nonresponse of an item; the figures are None where the item's table was replaced.

    Where it is not known who answered, `asked` alone is there.
    """

    item: Item
    title: Text
    number: str
    asked: int | None
    answered: int | None
    missing: Share | None


@dataclass(frozen=True)
class ReleasedTables:
    """Every table of a report as it may be shown."""

    rule: Rule
    items: Mapping[str, Released[Frequency]]
    grids: Mapping[str, Released[Grid]]
    overviews: tuple[Released[OverviewRows], ...]
    response: Released[ResponseRate]
    nonresponse: Released[tuple[NonresponseRow, ...]]
    rankings: Mapping[str, Released[Ranking]] = field(default_factory=dict)
    combinations: Mapping[str, Released[Combinations]] = field(default_factory=dict)

    def of(self, item: Item) -> Released[Any]:
        """The table of a question, whatever its kind."""
        by_kind: dict[Kind, Mapping[str, Released[Any]]] = {
            "grid": self.grids,
            "ranking": self.rankings,
            "priority": self.rankings,
        }
        return by_kind.get(item.kind, self.items)[item.name]


MOST_COMBINATIONS = 12
"""As many combinations as are shown one by one."""


def release(tables: Tables, rule: Rule) -> ReleasedTables:
    """Decide for each table whether it may be shown."""
    hidden = frozenset(name for name, table in tables.items.items() if not rule.allows(table.about))
    items = {
        name: Released(None if name in hidden else table, rule, table.item, table.number)
        for name, table in tables.items.items()
    }
    grids = {
        name: Released(
            None if any(part.item.name in hidden for part in table.parts) else table,
            rule,
            table.item,
            table.number,
        )
        for name, table in tables.grids.items()
    }
    hidden_rankings = frozenset(
        name for name, table in tables.rankings.items() if not _may_rank(table, rule)
    )
    rankings = {
        name: Released(None if name in hidden_rankings else table, rule, table.item, table.number)
        for name, table in tables.rankings.items()
    }
    combinations = {
        name: Released(_pooled(each, rule, name in hidden), rule, each.item, each.number)
        for name, each in tables.combinations.items()
    }
    return ReleasedTables(
        rule,
        items,
        grids,
        tuple(Released(_overview(each, hidden), rule) for each in tables.overviews),
        Released(tables.response if rule.allows(tables.response.responded) else None, rule),
        Released(_nonresponse(tables, hidden | hidden_rankings), rule),
        rankings,
        combinations,
    )


def _may_rank(table: Ranking, rule: Rule) -> bool:
    """The order of a body is not about respondents, and may always be shown."""
    return table.item.kind == "priority" or rule.allows(table.base)


def _pooled(table: Combinations, rule: Rule, hidden: bool) -> Combinations | None:
    """The combinations that may be shown one by one, and the others as one row."""
    least = 1 if rule.edition == "internal" else rule.min_respondents
    shown = table.shortened(MOST_COMBINATIONS, least)
    return None if hidden or not shown.rows else shown


def _overview(overview: Overview, hidden: frozenset[str]) -> OverviewRows | None:
    shown = tuple(each for each in overview.rows if each.item.name not in hidden)
    withheld = tuple(each.item for each in overview.rows if each.item.name in hidden)
    return OverviewRows(overview.answers, shown, withheld) if len(shown) > 1 else None


def _nonresponse(tables: Tables, hidden: frozenset[str]) -> tuple[NonresponseRow, ...]:
    return tuple(
        _nonresponse_row(table, missing, table.item.name in hidden)
        for table, missing in tables.nonresponse.rows
    )


def _nonresponse_row(table: Answered, missing: Share | None, hidden: bool) -> NonresponseRow:
    what, bases = (table.item, table.title, table.number), table.bases
    if hidden:
        return NonresponseRow(*what, None, None, None)
    if missing is None:
        return NonresponseRow(*what, bases.asked, None, None)
    return NonresponseRow(*what, bases.asked, bases.answered, missing)


def release_internally(table: Frequency) -> Released[Frequency]:
    """One table with true figures, for the evaluator at work and not for publication."""
    return Released(table, Rule("internal", 1), table.item, table.number)


def release_reconciliation(
    found: Reconciliation, released: ReleasedTables
) -> Released[Reconciliation]:
    """The reconciliation without the differences of items whose tables were replaced."""
    differences: tuple[Difference, ...] = tuple(
        each
        for each in found.differences
        if each.item not in released.items or released.items[each.item].content is not None
    )
    shown = Reconciliation(found.cells, found.items, found.figures, differences)
    return Released(shown, released.rule)


def opened(released: Released[T]) -> T | None:
    """What may be shown, or None. Anything but a `Released` is refused with a TypeError.

    Everything in `evalkit.present` that makes a table, a chart, a sentence or CSV begins with this.
    """
    if not isinstance(cast(object, released), Released):
        raise TypeError(
            f"presentation takes only Released tables, not {type(released).__name__}; "
            "call evalkit.release.release first"
        )
    return released.content
