"""The tables of an item and of a grid, and their figures as CSV."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.analysis.frequency import Frequency, Grid, Question, Row
from evalkit.codebook import Item, Language
from evalkit.present import html
from evalkit.present.numbers import percent, whole
from evalkit.present.sentences import (
    asked_range,
    base_label,
    base_name,
    base_range,
    mean_text,
    median_text,
    other_base,
    whom,
)
from evalkit.present.tables.data import NUMBER, VALUE, Cell, as_csv, table_ident
from evalkit.present.words import word
from evalkit.release import Released, opened


def frequency_table(released: Released[Frequency], language: Language) -> str:
    """The table of an item: value, label, count, per cent; then Antal svar, Medel, Median."""
    table = opened(released)
    if table is None:
        return ""
    rows = [*_answer_rows(table, language), *_summary_rows(table, language)]
    return html.table(
        caption(table, language), _head(table, language), ["".join(rows)], table_ident(table.number)
    )


def caption(table: Question, language: Language) -> str:
    """Number, label and base; with a filter also how many got the question."""
    return _caption_of(table.item, [table], whole(table.base, language), language)


def _caption_of(item: Item, tables: Sequence[Question], base: str, language: Language) -> str:
    asked = asked_range(tables, language)
    fields = {
        "kind": word("table", language),
        "number": html.escape(item.number or tables[0].number),
        "label": html.in_language(item.label, language),
        "base_name": html.escape(base_name(tables[0], language)),
        "base": base,
        "asked": asked,
    }
    first = tables[0]
    if isinstance(first, Frequency) and other_base(first):
        return word("caption_of", language, **fields, whom=html.escape(whom(first, language)))
    return word("caption_asked" if asked else "caption", language, **fields)


def _head(table: Frequency, language: Language) -> str:
    columns = [("answer", ""), ("count", NUMBER), ("percent", NUMBER)]
    if not table.overlapping:
        columns.insert(0, ("value", VALUE))
    return html.head([(word(key, language), kind) for key, kind in columns])


def _answer_rows(table: Frequency, language: Language) -> list[str]:
    kinds = [("", table.opinions), ("apart", table.apart), ("unanswered", table.unanswered)]
    return [
        html.row(_cells(each, table.overlapping, language), kind)
        for kind, rows in kinds
        for each in rows
    ]


def status_cells(row: Row, language: Language) -> list[str]:
    """An answer's label, count and per cent."""
    in_percent = "" if row.percent is None else percent(row.percent, language)
    return [
        html.row_head(html.in_language(row.label, language)),
        html.cell(whole(row.n, language), NUMBER),
        html.cell(in_percent, NUMBER),
    ]


def asked_row(table: Question, language: Language, lead: Sequence[str] = (), cells: int = 3) -> str:
    """How many got the question, as the first row of the summary; empty where everybody did."""
    if not table.not_asked:
        return ""
    asked = [html.row_head(word("asked", language))]
    asked += [html.cell(whole(table.bases.asked, language), NUMBER)]
    return html.row([*lead, *asked, *[html.cell("")] * (cells - 2)], "summary first")


def _cells(row: Row, overlapping: bool, language: Language) -> list[str]:
    cells = status_cells(row, language)
    value = "" if row.value is None else whole(row.value, language)
    return cells if overlapping else [html.cell(value, VALUE), *cells]


def _summary_rows(table: Frequency, language: Language) -> list[str]:
    lead = [] if table.overlapping else [html.cell("")]
    base = html.escape(base_label(table, language))
    asked = asked_row(table, language, lead)
    rows = [
        *([asked] if asked else []),
        html.row(
            [
                *lead,
                html.row_head(base),
                html.cell(whole(table.base, language), NUMBER),
                html.cell(""),
            ],
            "summary" if asked else "summary first",
        ),
        *_tick_rows(table, language),
    ]
    figures = [
        (key, text, kind)
        for key, text, kind in (
            ("mean", mean_text(table, language), NUMBER),
            ("median", html.escape(median_text(table, language)), "median"),
        )
        if text
    ]
    if figures and table.bases.valid != table.bases.answered:
        valid = html.cell(whole(table.bases.valid, language), NUMBER)
        name = html.row_head(word("of_which_valid", language))
        rows.append(html.row([*lead, name, valid, html.cell("")], "summary"))
    for key, text, kind in figures:
        wide = f'<td class="{kind}" colspan="2">{text}</td>'
        rows.append(html.row([*lead, html.row_head(word(key, language)), wide], "summary"))
    return rows


def _tick_rows(table: Frequency, language: Language) -> list[str]:
    """Of a multiple response set, who answered without a tick, or that this is not known."""
    if not table.answered_known:
        unknown = f'<td class="{NUMBER}" colspan="2">{word("not_known", language)}</td>'
        return [html.row([html.row_head(word("who_answered", language)), unknown], "summary")]
    if not table.unticked:
        return []
    n = html.cell(whole(table.unticked, language), NUMBER)
    name = html.row_head(word("without_tick", language))
    return [html.row([name, n, html.cell("")], "summary")]


def grid_table(released: Released[Grid], language: Language) -> str:
    """Several items in one table, each a part with a heading of its own."""
    grid = opened(released)
    if grid is None:
        return ""
    text = _caption_of(grid.item, grid.parts, base_range(grid.parts, language), language)
    bodies = []
    for part in grid.parts:
        title = html.row_head(html.in_language(part.item.label, language), "rowgroup", 4)
        rows = [*_answer_rows(part, language), *_summary_rows(part, language)]
        bodies.append(html.row([title], "part") + "".join(rows))
    return html.table(text, _head(grid.parts[0], language), bodies, table_ident(grid.number))


def frequency_csv(tables: Sequence[Released[Frequency]], language: Language) -> str:
    """The figures of an item's table, or of a grid's parts, as CSV."""
    keys = ("item", "value", "answer", "status", "count", "percent", "answered", "valid", "mean")
    rows: list[list[Cell]] = [
        [
            table.item.label.best(language).text,
            row.value,
            row.label.best(language).text,
            row.status,
            row.n,
            row.percent,
            table.base,
            table.bases.valid,
            table.mean,
        ]
        for table in map(opened, tables)
        if table is not None
        for row in table.rows
    ]
    return as_csv(keys, rows, language)
