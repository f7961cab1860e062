"""Result tables → released tables, the only thing that presentation takes.

The place where disclosure control stands. All tables of a report come in together, because they
share cells, and go out as `Released`: either whole or replaced by the reason why not. The rule so
far: in the published edition a table about fewer than `min_respondents` is replaced whole. The
internal edition releases everything unchanged, and presentation says on every page that it is
internal. Suppression of single cells belongs in `release`, between the two.

Of a numeric item the published edition shows no bar at the ends for fewer than that, and no spread
where fewer than twice as many gave a number: of five numbers the quartiles are three of them, and
mean and standard deviation then tell the least and the greatest. Open answers
are published only where the study says so, and never of fewer than `min_respondents` who wrote one:
so few can be told apart by who they are. Personal data in them is taken out in every edition.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar, cast, get_args

from evalkit.analysis.combinations import Combinations
from evalkit.analysis.frequency import STATUS_LABELS, Frequency, Grid, Question, Share, share
from evalkit.analysis.histogram import pooled_ends
from evalkit.analysis.numeric import Numeric
from evalkit.analysis.open_answers import OpenAnswers
from evalkit.analysis.questionnaires import Questionnaires, Rows
from evalkit.analysis.ranking import Ranking
from evalkit.analysis.reconcile import Difference, Reconciliation
from evalkit.analysis.response import Answered, ResponseRate
from evalkit.analysis.tables import Overview, Tables
from evalkit.codebook import Answer, Codebook, Item, Text
from evalkit.datalog import Action, Declaration, answer_named, is_joined
from evalkit.intake.decided import Effect
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
    numbers: Mapping[str, Released[Numeric]] = field(default_factory=dict)
    open_answers: Mapping[str, Released[ShownWords]] = field(default_factory=dict)
    rankings: Mapping[str, Released[Ranking]] = field(default_factory=dict)
    combinations: Mapping[str, Released[Combinations]] = field(default_factory=dict)

    def of(self, item: Item) -> Released[Any]:
        """The table of a question, whatever its kind."""
        by_kind: Mapping[str, Mapping[str, Released[Any]]] = {
            "grid": self.grids,
            "numeric": self.numbers,
            "open": self.open_answers,
            "ranking": self.rankings,
            "priority": self.rankings,
        }
        return by_kind.get(item.kind, self.items)[item.name]

    @property
    def questions(self) -> Mapping[str, Released[Any]]:
        """The tables of one item each, answered on a scale, in numbers or in words."""
        return {**self.items, **self.numbers, **self.open_answers}


def empty_tables(rule: Rule) -> ReleasedTables:
    """The tables of a study that has no survey."""
    return ReleasedTables(rule, {}, {}, (), Released(None, rule), Released(None, rule))


MOST_COMBINATIONS = 12
"""As many combinations as are shown one by one."""


def release(tables: Tables, rule: Rule, kept_back: frozenset[str] = frozenset()) -> ReleasedTables:
    """Decide for each table whether it may be shown.

    `kept_back` are items that would tell what another table keeps back.
    """
    hidden = kept_back | _hidden(tables, rule)
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
        Released(tables.response if rule.allows(tables.response.included) else None, rule),
        Released(_nonresponse(tables, hidden | hidden_rankings), rule),
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
        rankings,
        combinations,
    )


def _hidden(tables: Tables, rule: Rule) -> frozenset[str]:
    """The items about too few: those who answered, or of a numeric one those who gave a number."""
    about = {name: each.about for name, each in tables.items.items()}
    about |= {name: each.bases.answered for name, each in tables.open_answers.items()}
    about |= {name: each.bases.valid for name, each in tables.numbers.items()}
    return frozenset(name for name, n in about.items() if not rule.allows(n))


def _may_rank(table: Ranking, rule: Rule) -> bool:
    """The order of a body is not about respondents, and may always be shown."""
    return table.item.kind == "priority" or rule.allows(table.base)


def _pooled(table: Combinations, rule: Rule, hidden: bool) -> Combinations | None:
    """The combinations that may be shown one by one, and the others as one row."""
    least = 1 if rule.edition == "internal" else rule.min_respondents
    shown = table.shortened(MOST_COMBINATIONS, least)
    return None if hidden or not shown.rows else shown


def _numeric(table: Numeric, rule: Rule) -> Numeric:
    """The figures; in the published edition without what would tell single answers."""
    if rule.edition == "internal":
        return table
    bins = pooled_ends(table.bins, rule.min_respondents, table.bases.answered)
    shown = replace(table, bins=bins, pooled=bins != table.bins)
    if table.bases.valid >= 2 * rule.min_respondents:
        return shown
    return replace(shown, sd=None, lower_quartile=None, upper_quartile=None)


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


@dataclass(frozen=True)
class Declared:
    """A line of the data log as it may be shown.

    `about` is whom it is about, `who` their name and `row` their row number where these may be
    told. None stands for what is withheld: of `value` and `to` the texts, of `n` a number below the
    rule's, and the reason.
    """

    action: Action
    about: Literal["respondent", "unit", "everybody"]
    who: str | None
    item: Text | None
    value: str | None
    to: Text | None
    n: int | None
    reason: str | None
    decided_by: str
    date: str
    row: int | None = None


def release_data_log(
    effects: Sequence[Effect], codebook: Codebook, rule: Rule, with_respondents: bool
) -> Released[tuple[Declared, ...]]:
    """What each line of the data log did.

    The published edition never tells who a respondent is, nor what stands in a cell of one
    respondent or of fewer than the rule's minimum; how many were excluded is public. The name of a
    unit is told unless it stands for few respondents, `with_respondents`; of a round that came in
    as counts it is a text that the evaluator chose.
    """
    return Released(
        tuple(_declared(each, codebook, rule, with_respondents) for each in effects), rule
    )


def _declared(effect: Effect, codebook: Codebook, rule: Rule, with_respondents: bool) -> Declared:
    line = effect.declaration
    enough = rule.allows(effect.n) and not (line.respondent and rule.edition == "published")
    named = enough or (line.action == "exclude" and not with_respondents)
    item = codebook.items.get(line.item)
    free = item is not None and item.kind == "open" and rule.edition == "published"
    texts = enough and not free
    hidden = [] if enough else [line.respondent, line.value, line.to, *_row_number(line)]
    hidden += [] if named else [line.unit]
    told = any(line.names(each) for each in hidden)
    is_status = line.action == "missing"
    return Declared(
        line.action,
        "respondent" if line.respondent else "unit" if line.unit else "everybody",
        (line.respondent or line.unit) if named else None,
        None if item is None else codebook.title(item),
        line.value if texts else None,
        _to(line, codebook) if texts or is_status else None,
        effect.n if enough or line.action == "exclude" else None,
        None if told else line.reason,
        line.decided_by,
        line.date,
        line.row if named else None,
    )


def _row_number(line: Declaration) -> list[str]:
    return [] if line.row is None else [str(line.row)]


def _to(line: Declaration, codebook: Codebook) -> Text | None:
    """What a cell was taken for, as the reader knows it; None where it is not counted at all."""
    item = codebook.items.get(line.item)
    if item is None or (line.action == "missing" and not line.to and is_joined(item)):
        return None
    if line.action == "missing":
        return STATUS_LABELS[line.status]
    scale = codebook.scales.get(item.scale)
    answer = None if scale is None else answer_named(scale, line.to)
    return Text(line.to) if answer is None else answer.label


@dataclass(frozen=True)
class Flagged:
    """How many questionnaires are of one kind, and in the internal edition which.

    `n` is None where there are fewer than the rule's minimum; `least` is then told instead where
    the exact number would give another's away. `who` holds places of respondents.
    """

    key: str
    n: int | None
    least: int | None = None
    who: tuple[int, ...] = ()


def release_questionnaires(found: Questionnaires, rule: Rule) -> Released[tuple[Flagged, ...]]:
    """The numbers of questionnaires by kind; in the internal edition also which they are.

    Complete, partly answered and empty ones add to a number that is public: where those withheld
    could be worked out, the largest of the three is told as "at least".
    """
    if not rule.allows(found.n):
        return Released(None, rule)
    whole = {"complete": found.complete, "partly": found.partly, "without": found.without}
    numbers = {key: len(rows) for key, rows in whole.items() if rows is not None}
    shown = {key: _flagged(key, rows, rule) for key, rows in whole.items() if rows is not None}
    hidden = [numbers[key] for key, each in shown.items() if each.n is None]
    if _told_by_sum(hidden, rule.min_respondents):
        most = max(numbers, key=numbers.__getitem__)
        others = [key for key in shown if key != most]
        most_of = [shown[key].n for key in others]
        above = sum(rule.min_respondents - 1 if n is None else n for n in most_of)
        shown[most] = Flagged(most, None, max(found.n - above, 0))
    parts = {"under_half": found.under_half}
    flags = {
        "same_identifier": found.same_identifier,
        "same_answers": found.same_answers,
        "straight": found.straight,
        "fast": found.fast,
    }
    order = ("complete", "partly", *parts, "without", *flags)
    shown |= {k: _flagged(k, rows, rule) for k, rows in (parts | flags).items() if rows is not None}
    return Released(tuple(shown[key] for key in order if key in shown), rule)


def _told_by_sum(hidden: Sequence[int], least: int) -> bool:
    """Whether numbers from 1 to `least` - 1 can be told from how many they are and their sum."""
    if len(hidden) < 2:
        return bool(hidden)
    return sum(hidden) in (len(hidden), len(hidden) * (least - 1))


def _flagged(key: str, rows: Rows, rule: Rule) -> Flagged:
    if rule.edition == "internal":
        who = () if key == "complete" else tuple(int(each) for each in rows)
        return Flagged(key, len(rows), who=who)
    return Flagged(key, len(rows) if not len(rows) or rule.allows(len(rows)) else None)


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
