"""What may be shown of estimates: how sure figures are, indices, models, nonresponse, weights.

An interval of an item tells no more than its table and how many were invited, so it is shown where
the table is. Of a numeric item it tells the spread, and goes with that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from evalkit.analysis.certainty import Certainty, Sure
from evalkit.analysis.numeric import Numeric
from evalkit.codebook import Item
from evalkit.release import Released, ReleasedTables


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
