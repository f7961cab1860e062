"""What may be shown of estimates: how sure figures are, indices, models, nonresponse, weights.

An interval of an item tells no more than its table and how many were invited, so it is shown where
the table is. Of a numeric item it tells the spread, and goes with that.

An index or a model is about how answers of one respondent go together. Where few answered, that
could be found by trying: a published index has at least twice `min_respondents` who answered all
its items, and no mean where fewer than `min_respondents` answered some of them only, since their
answers could be had from the items' own tables. A model is published where each combination of its
groups has `min_respondents`: beside the tables by each item, its figures are others for each way in
which a combination of few can have answered.

Of the categories that the population is known by, those in which fewer than `min_respondents`
answered are kept back, with another if it is one alone, and so is the table of the item itself.
From a weighted and an unweighted share of two groups each group's own can be worked out: they are
published where each category that is weighted to has `min_respondents` who answered the item.

Either tells of groups what a table by these groups does, so there is none where that table would be
kept back, wholly or in part (`groups.kept_back_by`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from evalkit.analysis.certainty import Certainty, Sure
from evalkit.analysis.indices import Index
from evalkit.analysis.models import Model
from evalkit.analysis.nonresponse import Category, Nonresponse
from evalkit.analysis.numeric import Numeric
from evalkit.analysis.weighting import Weighted, WeightedItem, Weights
from evalkit.codebook import Item, Text
from evalkit.release.tables import Released, ReleasedTables, Rule
from evalkit.release.units import kept_back
from evalkit.statistics.outcome import SignificanceTest


@dataclass(frozen=True)
class ShownCertainty:
    """How sure the items are that may be shown, and which may not."""

    certainty: Certainty
    withheld: tuple[Item, ...]

    @property
    def rows(self) -> tuple[Sure, ...]:
        """The items that may be shown."""
        return self.certainty.rows


def release_certainty(found: Certainty, tables: ReleasedTables) -> Released[ShownCertainty]:
    """The intervals of the items whose tables may be shown."""
    rule = tables.rule
    shown, withheld = [], []
    for row in found.rows:
        name = row.item.name
        table = tables.questions[name].content
        if table is None:
            withheld.append(row.item)
        elif not isinstance(table, Numeric) or table.sd is not None:
            shown.append(row)
    if not rule.allows(found.included) or not shown:
        return Released(None, rule)
    return Released(ShownCertainty(replace(found, rows=tuple(shown)), tuple(withheld)), rule)


@dataclass(frozen=True)
class ShownIndex:
    """An index that may be shown; `mean_withheld` says that its mean may not."""

    index: Index
    mean_withheld: bool


def release_index(found: Index, rule: Rule) -> Released[ShownIndex]:
    """The index where enough answered all of it; without its mean where few answered some."""
    if rule.edition == "published" and found.complete < 2 * rule.min_respondents:
        return Released(None, rule)
    few_partly = bool(found.partly) and not rule.allows(found.partly)
    return Released(ShownIndex(found, few_partly), rule)


def release_model(found: Model, rule: Rule, kept: bool = False) -> Released[Model]:
    """The model where each combination of its groups, and all together, have enough respondents.

    `kept` says that the item's table by one of the background items is kept back, or a part of it.
    """
    enough = rule.allows(found.fitted.n) and rule.allows(found.fewest)
    shown = rule.edition == "internal" or (enough and not kept)
    return Released(found if shown else None, rule, found.item, found.number)


@dataclass(frozen=True)
class ShownCategory:
    """A category as it may be shown; `figures` is None where it is kept back."""

    label: Text
    figures: Category | None


@dataclass(frozen=True)
class ShownNonresponse:
    """One variable as it may be shown; without its test where a category is kept back."""

    key: str
    title: Text
    rows: tuple[ShownCategory, ...]
    invited: int
    responded: int
    unknown: int
    test: SignificanceTest | None

    @property
    def hidden(self) -> bool:
        """Whether a category is kept back."""
        return any(each.figures is None for each in self.rows)


def release_nonresponse(
    found: Nonresponse, rule: Rule, kept: frozenset[str] = frozenset()
) -> Released[ShownNonresponse]:
    """Who answered by one variable, without the categories of few and those `kept` back anyhow."""
    hidden = kept | _hidden_categories(found, rule)
    rows = tuple(
        ShownCategory(each.label, None if each.key in hidden else each) for each in found.rows
    )
    shown = ShownNonresponse(
        found.key,
        found.title,
        rows,
        found.invited,
        found.responded,
        found.unknown,
        None if hidden else found.test,
    )
    return Released(shown if rule.allows(found.responded) else None, rule)


def _hidden_categories(found: Nonresponse, rule: Rule) -> frozenset[str]:
    responded = {each.key: each.responded for each in found.rows}
    few = [key for key, n in responded.items() if not rule.allows(n)]
    return kept_back(responded, few, units=2)


def telling_of_population(found: Iterable[Nonresponse], rule: Rule) -> frozenset[str]:
    """The items whose own tables would tell the categories that are kept back."""
    return frozenset(each.key for each in found if _hidden_categories(each, rule))


@dataclass(frozen=True)
class ShownWeighted:
    """How a round is weighted, the items that may be shown, and those that may not."""

    weights: Weights
    rows: tuple[WeightedItem, ...]
    withheld: tuple[Item, ...]


def release_weighted(
    found: Weighted, tables: ReleasedTables, kept: Collection[str] = ()
) -> Released[ShownWeighted]:
    """Weighted figures beside the unweighted, where neither tells how a group of few answered.

    `kept` are items of which the table by what is weighted to is kept back, or a part of it.
    """
    rule, weights = tables.rule, found.weights
    if weights.weights is not None and not rule.allows(weights.fewest):
        return Released(None, rule)
    shown: list[WeightedItem] = []
    withheld: list[WeightedItem] = []
    for row in found.rows:
        figures = [*row.shares, *filter(None, [row.mean])]
        enough = all(rule.allows(each.fewest) for each in figures)
        untold = rule.edition == "internal" or row.item.name not in kept
        may = enough and untold and tables.items[row.item.name].content is not None
        (shown if may else withheld).append(row)
    return Released(
        ShownWeighted(weights, tuple(shown), tuple(each.item for each in withheld)), rule
    )
