"""The table of items on the same answers, and its figures as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evalkit.analysis.frequency import Frequency
from evalkit.codebook import Language, Text
from evalkit.present import html
from evalkit.present.numbers import NBSP, percent, whole
from evalkit.present.sentences import base_range, mean_text, overview_number
from evalkit.present.tables.data import NUMBER, Cell, as_csv, table_ident
from evalkit.present.words import word
from evalkit.release import OverviewRows, Released, opened


def overview_table(released: Released[OverviewRows], number: str, language: Language) -> str:
    """Items on the same answers, a row each: per cent of every answer, Antal svar and Medel."""
    overview = opened(released)
    if overview is None:
        return ""
    columns = [(html.in_language(each.label, language), NUMBER) for each in overview.answers]
    apart = _apart_labels(overview.rows)
    columns += [(html.in_language(label, language), NUMBER) for label in apart]
    heading = html.head(
        [
            (word("item", language), ""),
            *columns,
            (word("answered", language), NUMBER),
            (word("mean", language), NUMBER),
        ]
    )
    body = "".join(_overview_row(table, apart, language) for table in overview.rows)
    caption = word(
        "overview_caption",
        language,
        kind=word("table", language),
        number=overview_number(number, language),
        base=base_range(overview.rows, language),
    )
    return html.table(caption, heading, [body], f"oversikt-{number}-tabell", wide=True)


def _apart_labels(tables: Iterable[Frequency]) -> list[Text]:
    found: dict[str, Text] = {}
    for table in tables:
        for row in table.apart:
            found.setdefault(row.key, row.label)
    return list(found.values())


def _overview_row(table: Frequency, apart: Sequence[Text], language: Language) -> str:
    opinions = [html.cell(percent(row.percent, language), NUMBER) for row in table.opinions]
    has = {row.label: percent(row.percent, language) for row in table.apart}
    name = f"{word('table_inline', language)}{NBSP}{html.escape(table.number)}"
    link = f'<a href="#{table_ident(table.number)}">{name}</a>'
    return html.row(
        [
            html.row_head(f"{html.in_language(table.title, language)} ({link})"),
            *opinions,
            *(html.cell(has.get(label, ""), NUMBER) for label in apart),
            html.cell(whole(table.bases.answered, language), NUMBER),
            html.cell(mean_text(table, language), NUMBER),
        ]
    )


def overview_csv(released: Released[OverviewRows], language: Language) -> str:
    """The figures of an overview as CSV, a row for each item and answer."""
    overview = opened(released)
    if overview is None:
        return ""
    keys = ("table", "item", "answer", "percent", "answered", "valid", "mean")
    rows: list[list[Cell]] = [
        [
            table.number,
            table.title.best(language).text,
            row.label.best(language).text,
            row.percent,
            table.bases.answered,
            table.bases.valid,
            table.mean,
        ]
        for table in overview.rows
        for row in (*table.opinions, *table.apart)
    ]
    return as_csv(keys, rows, language)
