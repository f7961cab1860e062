"""True tables for other programs: CSV, JSON and Markdown with unrounded figures, or as HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from evalkit.analysis.frequency import Frequency
from evalkit.analysis.numeric import Numeric
from evalkit.codebook import Item, Language
from evalkit.counts import plain_number
from evalkit.intake.responses import Number
from evalkit.present.tables import frequency_table, numeric_table
from evalkit.release import release_internally


def as_csv(tables: Sequence[Frequency]) -> str:
    """`item, value, label, status, n, percent, valid_percent`, a row an answer."""
    return _frame(tables).to_csv(index=False, lineterminator="\n")


def as_json(item: Item, tables: Sequence[Frequency]) -> str:
    """One object for an item; for a grid an object with the `parts`."""
    content: dict[str, Any] = (
        {"item": item.name, "label": item.label.sv, "parts": [as_dict(each) for each in tables]}
        if item.kind == "grid"
        else as_dict(tables[0])
    )
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def as_dict(table: Frequency) -> dict[str, Any]:
    """`item, label, bases, rows, mean, sd, median`, with numbers as they are and None for none.

    A multiple response set has `base` too: which of its bases the per cents are of.
    """
    base = {"base": table.base_kind} if table.overlapping else {}
    return {
        "item": table.item.name,
        "label": table.item.label.sv,
        "bases": _bases(table),
        **base,
        "rows": [
            {
                "value": row.value,
                "label": row.label.sv,
                "status": row.status,
                "n": row.n,
                "percent": row.percent,
                "valid_percent": row.valid_percent,
            }
            for row in table.rows
        ],
        "mean": table.mean,
        "sd": table.sd,
        "median": table.median,
    }


def _bases(table: Frequency) -> dict[str, int]:
    """The bases by name, as far as they are known."""
    if not table.answered_known:
        return {"units": table.base}
    ticked = {} if table.ticked is None else {"ticked": table.ticked}
    return {**asdict(table.bases), **ticked}


def as_markdown(tables: Sequence[Frequency], language: Language) -> str:
    """A Markdown table for each item, under its label, with its bases, mean and median."""
    return "\n".join(_markdown(each, language) for each in tables)


def _markdown(table: Frequency, language: Language) -> str:
    columns = ("value", "label", "status", "n", "percent", "valid_percent")
    rows = [
        [
            row.value,
            row.label.best(language).text,
            row.status,
            row.n,
            row.percent,
            row.valid_percent,
        ]
        for row in table.rows
    ]
    bases = ", ".join(f"{name} {n}" for name, n in _bases(table).items())
    if table.overlapping:
        bases += f" (per cent of {table.base_kind})"
    figures = ", ".join(
        f"{name} {value!r}"
        for name, value in (("mean", table.mean), ("sd", table.sd), ("median", table.median))
        if value is not None
    )
    lines = [
        f"**{table.item.name}. {table.item.label.best(language).text}**",
        "",
        f"| {' | '.join(columns)} |",
        f"|{'---|' * len(columns)}",
        *(f"| {' | '.join(_plain(each) for each in row)} |" for row in rows),
        "",
        f"{bases}{'; ' if figures else ''}{figures}",
    ]
    return "\n".join(lines) + "\n"


def _plain(value: object) -> str:
    return "" if value is None else str(value).replace("|", "\\|")


def as_html(tables: Sequence[Frequency], language: Language) -> str:
    """The tables as the report shows them, without its page."""
    return "".join(frequency_table(release_internally(each), language) + "\n" for each in tables)


def _frame(tables: Sequence[Frequency]) -> pd.DataFrame:
    frames = [each.frame() for each in tables]
    for table, frame in zip(tables, frames, strict=True):
        frame.insert(0, "item", table.item.name)
    return pd.concat(frames, ignore_index=True)


def number_as_csv(table: Numeric) -> str:
    """`item, figure, low, high, value`: the statistics, the statuses, the bars of the histogram."""
    frame = pd.DataFrame(_figures(table), columns=list(_FIGURES), dtype=object)
    frame.insert(0, "item", table.item.name)
    return frame.to_csv(index=False, lineterminator="\n")


_FIGURES = ("figure", "low", "high", "value")


def _figures(table: Numeric) -> list[tuple[str, Number | None, Number | None, Number | None]]:
    statistics = {
        name: None if value is None else plain_number(value)
        for name, value in table.statistics().items()
    }
    return [
        *((name, None, None, value) for name, value in statistics.items()),
        *((row.key, None, None, row.n) for row in table.rows),
        *(("bar", each.low, each.high, each.n) for each in table.bins),
    ]


def number_as_json(table: Numeric) -> str:
    """One object: `item, label`, the statistics, `statuses` and `bins`."""
    content = {
        "item": table.item.name,
        "label": table.item.label.sv,
        **table.statistics(),
        "statuses": [
            {"value": row.value, "label": row.label.sv, "status": row.status, "n": row.n}
            for row in table.rows
        ],
        "bins": [asdict(each) for each in table.bins],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def number_as_markdown(table: Numeric, language: Language) -> str:
    """A Markdown table of the figures, under the item's label."""
    lines = [
        f"**{table.item.name}. {table.item.label.best(language).text}**",
        "",
        f"| {' | '.join(_FIGURES)} |",
        f"|{'---|' * len(_FIGURES)}",
        *(f"| {' | '.join(_plain(each) for each in row)} |" for row in _figures(table)),
    ]
    return "\n".join(lines) + "\n"


def number_as_html(table: Numeric, language: Language) -> str:
    """The table as the report shows it, without its page."""
    return numeric_table(release_internally(table), language) + "\n"
