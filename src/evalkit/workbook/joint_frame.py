"""A joint display as a data frame, with true figures."""

from __future__ import annotations

from typing import Any

import pandas as pd

from evalkit.release import opened
from evalkit.release.joint import ShownConstruct, ShownItem
from evalkit.workbook.synthesis import SynthesisReport

_COLUMNS = (
    "construct", "label", "item", "n", "no_answer", "positive", "negative", "theme", "raised",
    "asked", "segments", "respondents", "relation", "meaning",
)  # fmt: skip


def joint_frame(report: SynthesisReport) -> pd.DataFrame:
    """A row for each item and each theme of a construct; `report` is of the internal edition."""
    rows = [row for each in opened(report.rows) or () for row in _rows(each, report.language)]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    counts = ("n", "no_answer", "raised", "asked", "segments", "respondents")
    kinds = dict.fromkeys(counts, "Int64") | dict.fromkeys(("positive", "negative"), "Float64")
    return frame.astype(kinds)


def _rows(row: ShownConstruct, language: Any) -> list[tuple[Any, ...]]:
    own = row.construct
    names = (own.name, own.label.best(language).text)
    read = (own.relation or "", own.meaning.best(language).text)
    nothing = (None,) * 5
    found = [(*names, *_item(each), "", *nothing[1:], *read) for each in row.items]
    found += [
        (
            *names,
            "",
            *nothing[1:],
            each.code,
            len(each.raised),
            each.asked,
            each.segments,
            None,
            *read,
        )
        for each in row.themes
    ]
    found += [
        (*names, "", *nothing[1:], each.label.best(language).text, None, None, None, each.n, *read)
        for each in row.named
    ]
    return found


def _item(item: ShownItem) -> tuple[Any, ...]:
    table = None if item.table is None else opened(item.table)
    if table is None:
        return (item.item.name, None, None, None, None)
    sides = [None if side is None else side.percent for side in (table.positive, table.negative)]
    return (item.item.name, table.base, table.bases.asked - table.bases.answered, *sides)
