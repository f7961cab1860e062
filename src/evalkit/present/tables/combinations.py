"""The combinations of a multiple response set as a table, and as CSV."""

from __future__ import annotations

from evalkit.analysis.combinations import Combination, Combinations
from evalkit.analysis.frequency import Share
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.combined import pooled_text, ticked_base_name
from evalkit.present.numbers import percent, whole
from evalkit.present.sentences import capital
from evalkit.present.tables.data import NUMBER, Cell, as_csv, table_ident
from evalkit.present.words import word
from evalkit.release import Released, opened


def combinations_table(released: Released[Combinations], language: Language) -> str:
    """A row a combination, with how many ticked exactly these options."""
    table = opened(released)
    if table is None:
        return ""
    columns = [("combination", ""), ("count", NUMBER), ("percent", NUMBER)]
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    rows = [_row(_name(each, language), each.share, language) for each in table.rows]
    if table.pooled_share is not None:
        name = html.escape(pooled_text(table, language))
        rows.append(_row(name, table.pooled_share, language, "apart"))
    base = html.cell(whole(table.base, language), NUMBER)
    name = html.row_head(word("base_ticked", language))
    rows.append(html.row([name, base, html.cell("")], "summary first"))
    caption = word(
        "caption_combinations",
        language,
        kind=word("table", language),
        number=html.escape(table.number),
        label=html.in_language(table.item.label, language),
        base_name=ticked_base_name(language),
        base=whole(table.base, language),
    )
    ident = f"{table_ident(table.number)}-kombinationer"
    return html.table(caption, heading, ["".join(rows)], ident)


def _name(row: Combination, language: Language) -> str:
    names = " + ".join(html.in_language(each.label, language) for each in row.options)
    if len(row.options) > 1:
        return names
    return capital(word("combination_only", language, label=names))


def _row(name: str, share: Share, language: Language, kind: str = "") -> str:
    cells = [whole(share.n, language), percent(share.percent, language)]
    return html.row([html.row_head(name), *(html.cell(each, NUMBER) for each in cells)], kind)


def combinations_csv(released: Released[Combinations], language: Language) -> str:
    """The combinations as CSV."""
    table = opened(released)
    if table is None:
        return ""
    rows: list[list[Cell]] = [
        [
            " + ".join(option.label.best(language).text for option in each.options),
            each.share.n,
            each.share.percent,
            table.base,
        ]
        for each in table.rows
    ]
    if table.pooled_share is not None:
        pooled = table.pooled_share
        rows.append([pooled_text(table, language), pooled.n, pooled.percent, table.base])
    return as_csv(("combination", "count", "percent", "base"), rows, language)
