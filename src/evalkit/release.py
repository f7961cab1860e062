"""Result tables → released tables, the only thing that presentation takes.

The place where disclosure control stands. All tables of a report come in together, because they
share cells, and go out as `Released`: either whole or replaced by the reason why not. The rule so
far: in the published edition a table about fewer than `min_respondents` is replaced whole. The
internal edition releases everything unchanged, and presentation says on every page that it is
internal. Suppression of single cells belongs in `release`, between the two.

Of a numeric item the published edition shows no bar at the ends for fewer than that. Open answers
are published only where the study says so, and never of fewer than `min_respondents` who wrote one:
so few can be told apart by who they are. Personal data in them is taken out in every edition.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeVar, cast, get_args

from evalkit.analysis.frequency import Frequency, Grid, Question, Share, share
from evalkit.analysis.histogram import pooled_ends
from evalkit.analysis.numeric import Numeric
from evalkit.analysis.open_answers import OpenAnswers
from evalkit.analysis.reconcile import Difference, Reconciliation
from evalkit.analysis.response import ResponseRate
from evalkit.analysis.tables import Overview, Tables
from evalkit.codebook import Answer, Item, Text
from evalkit.intake.written import Written

Edition = Literal["published", "internal"]
EDITIONS: tuple[Edition, ...] = get_args(Edition)

T = TypeVar("T")


@dataclass(frozen=True)
class Rule:
    """What may be shown: the edition, and the fewest respondents that a table may be about.

    `open_answers` says whether what was written may be published.
    """

    edition: Edition
    min_respondents: int
    open_answers: bool = False

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
class ShownAnswer:
    """What one respondent wrote: pieces of text, with None where personal data was taken out.

    `row` is its row in the file, where that may be told.
    """

    ident: str
    pieces: tuple[str | None, ...]
    row: int | None = None


Unshown = Literal["", "not_at_hand", "not_published", "too_few"]
"""Why answers in words are not shown; "" where they are."""


@dataclass(frozen=True)
class ShownWords(Question):
    """An open item as it may be shown: how many answered, and what they wrote or why not."""

    answers: tuple[ShownAnswer, ...] = ()
    unshown: Unshown = ""

    @property
    def share(self) -> Share:
        """Those who wrote something, of those who were asked."""
        return share(self.bases.valid, self.bases.asked)

    @property
    def masked(self) -> int:
        """From how many answers personal data was taken out."""
        return sum(None in each.pieces for each in self.answers)


@dataclass(frozen=True)
class ReleasedTables:
    """Every table of a report as it may be shown."""

    rule: Rule
    items: Mapping[str, Released[Frequency]]
    grids: Mapping[str, Released[Grid]]
    overviews: tuple[Released[OverviewRows], ...]
    response: Released[ResponseRate]
    nonresponse: Released[tuple[NonresponseRow, ...]]
    numbers: Mapping[str, Released[Numeric]]
    open_answers: Mapping[str, Released[ShownWords]]

    def of(self, item: Item) -> Released[Any]:
        """The table of a question, whatever its kind."""
        by_kind: Mapping[str, Mapping[str, Released[Any]]] = {
            "grid": self.grids,
            "numeric": self.numbers,
            "open": self.open_answers,
        }
        return by_kind.get(item.kind, self.items)[item.name]

    @property
    def questions(self) -> Mapping[str, Released[Any]]:
        """The tables of one item each, whatever its kind."""
        return {**self.items, **self.numbers, **self.open_answers}


def release(tables: Tables, rule: Rule) -> ReleasedTables:
    """Decide for each table whether it may be shown."""
    hidden = _hidden(tables, rule)
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
        {
            name: Released(
                None if name in hidden else _numeric(table, rule), rule, table.item, table.number
            )
            for name, table in tables.numbers.items()
        },
        {
            name: Released(
                None if name in hidden else _words(table, rule), rule, table.item, table.number
            )
            for name, table in tables.open_answers.items()
        },
    )


def _hidden(tables: Tables, rule: Rule) -> frozenset[str]:
    """The items about too few: those who answered, or of a numeric one those who gave a number."""
    answered: list[Question] = [*tables.items.values(), *tables.open_answers.values()]
    found = {each.item.name for each in answered if not rule.allows(each.bases.answered)}
    found |= {name for name, each in tables.numbers.items() if not rule.allows(each.bases.valid)}
    return frozenset(found)


def _numeric(table: Numeric, rule: Rule) -> Numeric:
    """The figures; in the published edition without bars at the ends for single answers."""
    if rule.edition == "internal":
        return table
    bins = pooled_ends(table.bins, rule.min_respondents, table.bases.answered)
    return replace(table, bins=bins, pooled=bins != table.bins)


def _words(table: OpenAnswers, rule: Rule) -> ShownWords:
    """How many answered, and what they wrote where that may be shown."""
    shown = ShownWords(table.item, table.title, table.number, table.bases, table.rows)
    unshown = _unshown(table, rule)
    if unshown:
        return replace(shown, unshown=unshown)
    internal = rule.edition == "internal"
    answers = tuple(
        ShownAnswer(f"A{at}", _pieces(each), each.row if internal else None)
        for at, each in enumerate(_shuffled(table), start=1)
    )
    return replace(shown, answers=answers)


def _unshown(table: OpenAnswers, rule: Rule) -> Unshown:
    if table.written is None:
        return "not_at_hand"
    if rule.edition == "published" and not rule.open_answers:
        return "not_published"
    return "" if rule.allows(len(table.written)) else "too_few"


def _shuffled(table: OpenAnswers) -> list[Written]:
    """The answers in an order that only depends on the item and on what was written.

    In the file's order, the third answer to one question and the third to the next would often be
    the same person's.
    """

    def place(each: Written) -> str:
        return hashlib.sha256(
            f"{table.item.name}\n{each.text}".encode("utf-8", "replace")
        ).hexdigest()

    return sorted(table.written or (), key=place)


def _pieces(each: Written) -> tuple[str | None, ...]:
    """The text cut where personal data stands in it."""
    pieces: list[str | None] = []
    at = 0
    for first, last in each.personal:
        pieces += [each.text[at:first], None]
        at = last
    return tuple(piece for piece in (*pieces, each.text[at:]) if piece != "")


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


_Question = TypeVar("_Question", bound=Question)


def release_internally(table: _Question) -> Released[_Question]:
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
