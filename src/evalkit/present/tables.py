"""Released tables → HTML tables, and the same figures as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from evalkit.analysis.frequency import Frequency, Grid, Row
from evalkit.analysis.reconcile import Reconciliation
from evalkit.analysis.response import ResponseRate
from evalkit.codebook import Language, Text
from evalkit.present import html
from evalkit.present.numbers import NBSP, SUPPRESSED, percent, whole
from evalkit.present.sentences import (
    base_name,
    base_range,
    mean_text,
    median_text,
    overview_number,
)
from evalkit.present.words import word
from evalkit.release import NonresponseRow, OverviewRows, Released, opened
from evalkit.rounding import half_up

NUMBER = "number"
VALUE = "value"


def frequency_table(released: Released[Frequency], language: Language) -> str:
    """The table of an item: value, label, count, per cent; then Antal svar, Medel, Median."""
    table = opened(released)
    if table is None:
        return ""
    caption = _caption(table, language)
    rows = [*_answer_rows(table, language), *_summary_rows(table, language)]
    return html.table(caption, _head(table, language), ["".join(rows)], _ident(table.number))


def _ident(number: str) -> str:
    return html.anchor("tabell", number)


def _caption(table: Frequency, language: Language) -> str:
    return word(
        "caption",
        language,
        kind=word("table", language),
        number=html.escape(table.number),
        label=html.in_language(table.item.label, language),
        base_name=base_name(table, language),
        base=whole(table.bases.answered, language),
    )


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


def _cells(row: Row, overlapping: bool, language: Language) -> list[str]:
    in_percent = "" if row.percent is None else percent(row.percent, language)
    cells = [
        html.row_head(html.in_language(row.label, language)),
        html.cell(whole(row.n, language), NUMBER),
        html.cell(in_percent, NUMBER),
    ]
    value = "" if row.value is None else whole(row.value, language)
    return cells if overlapping else [html.cell(value, VALUE), *cells]


def _summary_rows(table: Frequency, language: Language) -> list[str]:
    lead = [] if table.overlapping else [html.cell("")]
    base = word("respondents" if table.overlapping else "answered", language)
    rows = [
        html.row(
            [
                *lead,
                html.row_head(base),
                html.cell(whole(table.bases.answered, language), NUMBER),
                html.cell(""),
            ],
            "summary first",
        )
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


def grid_table(released: Released[Grid], language: Language) -> str:
    """Several items in one table, each a part with a heading of its own."""
    grid = opened(released)
    if grid is None:
        return ""
    caption = word(
        "caption",
        language,
        kind=word("table", language),
        number=html.escape(grid.number),
        label=html.in_language(grid.item.label, language),
        base_name=base_name(grid.parts[0], language),
        base=base_range(grid.parts, language),
    )
    bodies = []
    for part in grid.parts:
        title = html.row_head(html.in_language(part.item.label, language), "rowgroup", 4)
        rows = [*_answer_rows(part, language), *_summary_rows(part, language)]
        bodies.append(html.row([title], "part") + "".join(rows))
    return html.table(caption, _head(grid.parts[0], language), bodies, _ident(grid.number))


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
    link = f'<a href="#{_ident(table.number)}">{name}</a>'
    return html.row(
        [
            html.row_head(f"{html.in_language(table.title, language)} ({link})"),
            *opinions,
            *(html.cell(has.get(label, ""), NUMBER) for label in apart),
            html.cell(whole(table.bases.answered, language), NUMBER),
            html.cell(mean_text(table, language), NUMBER),
        ]
    )


def response_table(released: Released[ResponseRate], round_label: str, language: Language) -> str:
    """Invited, responded and response rate of a round."""
    response = opened(released)
    if response is None or response.rate is None:
        return ""
    columns = [("rate_row", ""), ("invited", NUMBER), ("responded", NUMBER), ("rate", NUMBER)]
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    body = html.row(
        [
            html.row_head(html.escape(round_label)),
            html.cell(whole(response.rate.base, language), NUMBER),
            html.cell(whole(response.responded, language), NUMBER),
            html.cell(percent(response.rate.percent, language), NUMBER),
        ]
    )
    caption = word("rate_caption", language, n=whole(response.responded, language))
    return html.table(caption, heading, [body], "svarsfrekvens", wide=True)


def nonresponse_table(
    released: Released[tuple[NonresponseRow, ...]], respondents: str, language: Language
) -> str:
    """Asked, answered and missing for each item."""
    rows = opened(released)
    if rows is None:
        return ""
    columns = [("table", ""), ("item", ""), ("asked", NUMBER), ("answered", NUMBER)]
    columns += [("unanswered", NUMBER), ("missing_percent", NUMBER)]
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    body = "".join(_nonresponse_row(each, language) for each in rows)
    caption = word("nonresponse_caption", language, n=respondents)
    return html.table(caption, heading, [body], "bortfall-tabell", wide=True)


def _nonresponse_row(each: NonresponseRow, language: Language) -> str:
    figures = (
        [SUPPRESSED] * 4
        if each.asked is None or each.answered is None or each.missing is None
        else [
            whole(each.asked, language),
            whole(each.answered, language),
            whole(each.missing.n, language),
            percent(each.missing.percent, language),
        ]
    )
    link = f'<a href="#{_ident(each.number)}">{html.escape(each.number)}</a>'
    label = html.row_head(html.in_language(each.title, language))
    return html.row([html.cell(link), label, *(html.cell(text, NUMBER) for text in figures)])


def differences_table(released: Released[Reconciliation], language: Language) -> str:
    """The differences from the published figures; empty when there is none."""
    found = opened(released)
    if found is None or not found.differences:
        return ""
    columns = [("difference_place", NUMBER), ("item", ""), ("difference_what", "")]
    columns += [("printed", ""), ("ours", "")]
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    body = "".join(
        html.row(
            [
                html.cell("" if each.row is None else whole(each.row, language), NUMBER),
                html.row_head(html.escape(f"{each.item} {each.answer}".strip())),
                html.cell(html.escape(each.column or word("difference_row", language))),
                html.cell(html.escape(each.printed)),
                html.cell(html.escape(each.ours)),
            ]
        )
        for each in found.differences
    )
    caption = word("difference_caption", language, n=whole(len(found.differences), language))
    return html.table(caption, heading, [body], "avvikelser", wide=True)


def frequency_csv(tables: Sequence[Released[Frequency]], language: Language) -> str:
    """The figures of an item's table, or of a grid's parts, as CSV."""
    keys = ("item", "value", "answer", "status", "count", "percent", "answered", "valid", "mean")
    rows: list[list[_Cell]] = [
        [
            table.item.label.best(language).text,
            row.value,
            row.label.best(language).text,
            row.status,
            row.n,
            row.percent,
            table.bases.answered,
            table.bases.valid,
            table.mean,
        ]
        for table in map(opened, tables)
        if table is not None
        for row in table.rows
    ]
    return _csv(keys, rows, language)


def overview_csv(released: Released[OverviewRows], language: Language) -> str:
    """The figures of an overview as CSV, a row for each item and answer."""
    overview = opened(released)
    if overview is None:
        return ""
    keys = ("table", "item", "answer", "percent", "answered", "valid", "mean")
    rows: list[list[_Cell]] = [
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
    return _csv(keys, rows, language)


def response_csv(released: Released[ResponseRate], round_label: str, language: Language) -> str:
    """Invited, responded and response rate as CSV."""
    response = opened(released)
    if response is None or response.rate is None:
        return ""
    row: list[_Cell] = [
        round_label,
        response.rate.base,
        response.responded,
        response.rate.percent,
    ]
    return _csv(("round", "invited", "responded", "percent"), [row], language)


def nonresponse_csv(released: Released[tuple[NonresponseRow, ...]], language: Language) -> str:
    """Item nonresponse as CSV; the suppression sign where an item's table was replaced."""
    keys = ("table", "item", "asked", "answered", "unanswered", "percent")
    rows: list[list[_Cell]] = [
        [
            each.number,
            each.title.best(language).text,
            *(
                [SUPPRESSED] * 4
                if each.missing is None
                else [each.asked, each.answered, each.missing.n, each.missing.percent]
            ),
        ]
        for each in opened(released) or ()
    ]
    return _csv(keys, rows, language)


_Cell = str | int | float | None


def _csv(keys: Sequence[str], rows: Sequence[Sequence[_Cell]], language: Language) -> str:
    """Rows under headings; numbers with up to four decimals, half up.

    Swedish: semicolons and decimal comma, as a Swedish spreadsheet expects; English: comma and
    point.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if language == "sv" else ",", lineterminator="\r\n")
    writer.writerow([word(f"csv_{key}", language) for key in keys])
    writer.writerows([_csv_cell(each, language) for each in row] for row in rows)
    return out.getvalue()


def _csv_cell(cell: _Cell, language: Language) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell
    text = f"{half_up(cell, 4):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",") if language == "sv" else text
