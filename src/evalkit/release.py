"""Result tables → released tables, the only thing that presentation takes.

The place where disclosure control stands. All tables of a report come in together, because they
share cells, and go out as `Released`: either whole or replaced by the reason why not. The rule so
far: in the published edition a table about fewer than `min_respondents` is replaced whole. The
internal edition releases everything unchanged, and presentation says on every page that it is
internal. Suppression of single cells belongs in `release`, between the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, cast, get_args

from evalkit.analysis.frequency import Frequency, Grid, Share
from evalkit.analysis.reconcile import Difference, Reconciliation
from evalkit.analysis.response import ResponseRate
from evalkit.analysis.tables import Overview, Tables
from evalkit.codebook import Answer, Item, Text

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
    """Nonresponse of an item; the figures are None where the item's table was replaced."""

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

    def of(self, item: Item) -> Released[Any]:
        """The table of a question, whatever its kind."""
        tables: Mapping[str, Released[Any]] = self.grids if item.kind == "grid" else self.items
        return tables[item.name]


def release(tables: Tables, rule: Rule, kept_back: frozenset[str] = frozenset()) -> ReleasedTables:
    """Decide for each table whether it may be shown.

    `kept_back` are items that would tell what another table keeps back.
    """
    hidden = kept_back | frozenset(
        name for name, table in tables.items.items() if not rule.allows(table.bases.answered)
    )
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
    return ReleasedTables(
        rule,
        items,
        grids,
        tuple(Released(_overview(each, hidden), rule) for each in tables.overviews),
        Released(tables.response if rule.allows(tables.response.responded) else None, rule),
        Released(_nonresponse(tables, hidden), rule),
    )


def _overview(overview: Overview, hidden: frozenset[str]) -> OverviewRows | None:
    shown = tuple(each for each in overview.rows if each.item.name not in hidden)
    withheld = tuple(each.item for each in overview.rows if each.item.name in hidden)
    return OverviewRows(overview.answers, shown, withheld) if len(shown) > 1 else None


def _nonresponse(tables: Tables, hidden: frozenset[str]) -> tuple[NonresponseRow, ...]:
    return tuple(
        NonresponseRow(table.item, table.title, table.number, None, None, None)
        if table.item.name in hidden
        else NonresponseRow(
            table.item,
            table.title,
            table.number,
            table.bases.asked,
            table.bases.answered,
            missing,
        )
        for table, missing in tables.nonresponse.rows
    )


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
