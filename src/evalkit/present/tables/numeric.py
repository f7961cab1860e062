"""The table of a numeric item, and its figures as CSV."""

from __future__ import annotations

from evalkit.analysis.numeric import Numeric
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.numbers import percent, whole
from evalkit.present.numeric import bin_labels, middle_text, spread_text
from evalkit.present.tables.data import NUMBER, Cell, as_csv, table_ident
from evalkit.present.tables.frequency import asked_row, caption, status_cells
from evalkit.present.words import word
from evalkit.release import Released, opened


def numeric_table(released: Released[Numeric], language: Language) -> str:
    """The table of a numeric item: how many in each bar, then mean, spread and quartiles."""
    table = opened(released)
    if table is None:
        return ""
    columns = [("number", ""), ("count", NUMBER), ("percent", NUMBER)]
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    rows = [
        html.row(
            [
                html.row_head(html.escape(label)),
                html.cell(whole(each.n, language), NUMBER),
                html.cell(percent(each.percent, language), NUMBER),
            ]
        )
        for label, each in zip(bin_labels(table, language), table.bins, strict=True)
    ]
    rows += [html.row(status_cells(each, language), "apart") for each in table.apart]
    rows += [html.row(status_cells(each, language), "unanswered") for each in table.unanswered]
    rows += _summary_rows(table, language)
    return html.table(caption(table, language), heading, ["".join(rows)], table_ident(table.number))


def _summary_rows(table: Numeric, language: Language) -> list[str]:
    bases = [("answered", table.bases.answered)]
    if table.bases.valid != table.bases.answered:
        bases.append(("of_which_number", table.bases.valid))
    asked = asked_row(table, language)
    rows = [asked] if asked else []
    rows += [
        html.row(
            [
                html.row_head(word(key, language)),
                html.cell(whole(n, language), NUMBER),
                html.cell(""),
            ],
            "summary" if rows or at else "summary first",
        )
        for at, (key, n) in enumerate(bases)
    ]
    rows += [
        html.row(
            [html.row_head(text), f'<td class="{NUMBER}" colspan="2">{figure}</td>'], "summary"
        )
        for text, figure in _figures(table, language)
        if figure
    ]
    return rows


def _figures(table: Numeric, language: Language) -> list[tuple[str, str]]:
    return [
        (word("mean", language), spread_text(table.mean, table, language)),
        (word("sd", language), spread_text(table.sd, table, language)),
        (word("lower_quartile", language), middle_text(table.lower_quartile, table, language)),
        (word("median", language), middle_text(table.median, table, language)),
        (word("upper_quartile", language), middle_text(table.upper_quartile, table, language)),
    ]


def numeric_csv(released: Released[Numeric], language: Language) -> str:
    """The figures of a numeric item as CSV: first what stands for all, then each bar and status."""
    table = opened(released)
    if table is None:
        return ""
    label = table.item.label.best(language).text
    figures: list[tuple[str, Cell]] = [
        (word("asked", language), table.bases.asked),
        (word("answered", language), table.bases.answered),
        (word("of_which_number", language), table.bases.valid),
        (word("mean", language), table.mean),
        (word("sd", language), table.sd),
        (word("lower_quartile", language), table.lower_quartile),
        (word("median", language), table.median),
        (word("upper_quartile", language), table.upper_quartile),
    ]
    rows: list[list[Cell]] = [[label, name, None, None, value, None] for name, value in figures]
    count = word("count", language)
    rows += [[label, count, each.low, each.high, each.n, each.percent] for each in table.bins]
    rows += [
        [label, row.label.best(language).text, None, None, row.n, row.percent] for row in table.rows
    ]
    return as_csv(("item", "figure", "from", "to", "value", "percent"), rows, language)
