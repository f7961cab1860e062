"""What may be shown of estimates: how sure figures are, indices, models, nonresponse, weights.

An interval of an item tells no more than its table and how many were invited, so it is shown where
the table is. Of a numeric item it tells the spread, and goes with that.

An index or a model is about how answers of one respondent go together. Where few answered, that
could be found by trying: a published index has at least twice `min_respondents` who answered all
its items, and no mean where fewer than `min_respondents` answered some of them only, since their
answers could be had from the items' own tables. A model is published where each of its groups has
`min_respondents`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from evalkit.analysis.certainty import Certainty, Sure
from evalkit.analysis.indices import Index
from evalkit.analysis.models import Model
from evalkit.analysis.numeric import Numeric
from evalkit.codebook import Item
from evalkit.release import Released, ReleasedTables, Rule


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


def release_model(found: Model, rule: Rule) -> Released[Model]:
    """The model where each of its groups, and all together, have enough respondents."""
    sizes = [group.n for each in found.backgrounds for group in each.groups]
    shown = rule.allows(found.fitted.n) and all(map(rule.allows, sizes))
    return Released(found if shown else None, rule, found.item, found.number)
