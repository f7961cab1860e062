"""Units: the response rate of each, and one unit beside the whole; their figures as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from evalkit.analysis.frequency import Frequency
from evalkit.analysis.units import Beside, BesideGrid
from evalkit.codebook import Language, Text
from evalkit.collation import swedish
from evalkit.frame import UNKNOWN
from evalkit.present import html
from evalkit.present.comparisons import RowPair, Sides, pairs
from evalkit.present.numbers import NBSP, SUPPRESSED, percent, whole
from evalkit.present.sentences import (
    base_label,
    base_name,
    base_range,
    capital,
    mean_text,
    median_text,
)
from evalkit.present.tables.data import NUMBER, Cell, as_csv, table_ident
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.unit_release import RateRow, RateRows

RateLevel = Literal["unit", "area", "county"]
"""What the rows of a table of response rates are: units, areas of them, or counties."""


def level_of_areas(rates: RateRows) -> RateLevel:
    """What the areas of the units are called: counties, where all of them are."""
    return "county" if rates.in_counties else "area"


def rates_table(
    released: Released[RateRows], whole_name: Text, language: Language, *, areas: bool = False
) -> str:
    """Invited, responded and response rate of each unit or area, in Swedish order, and of all."""
    rates = opened(released)
    if rates is None:
        return ""
    level = level_of_areas(rates) if areas else "unit"
    invited = _knows_invited(rates)
    columns = [(level, ""), ("responded", NUMBER)]
    if invited:
        columns = [(level, ""), ("invited", NUMBER), ("responded", NUMBER), ("rate", NUMBER)]
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    rows = "".join(
        html.row([html.row_head(_label(each, language)), *_rate_cells(each, invited, language)])
        for each in _in_order(rates, language, areas=areas)
    )
    name = html.escape(capital(whole_name.best(language).text))
    total = html.row(
        [html.row_head(name), *_rate_cells(rates.total, invited, language)], "summary first"
    )
    n = whole(rates.total.responded or 0, language)
    caption = word(f"rates_caption_{level}", language, n=n)
    ident = "svarsfrekvens-omraden-tabell" if areas else "svarsfrekvens-enheter-tabell"
    return html.table(caption, heading, [rows + total], ident, wide=True)


def _knows_invited(rates: RateRows) -> bool:
    return rates.total.invited is not None and any(
        each.hidden or each.invited is not None for each in rates.rows
    )


def _in_order(rates: RateRows, language: Language, *, areas: bool) -> list[RateRow]:
    """By label; those of whom the unit is not known last."""
    return sorted(
        rates.areas if areas else rates.rows,
        key=lambda each: (each.name == UNKNOWN, swedish(each.label.best(language).text)),
    )


def _label(row: RateRow, language: Language) -> str:
    if row.name == UNKNOWN:
        return word("unit_unknown", language)
    return html.in_language(row.label, language)


def _rate_cells(row: RateRow, invited: bool, language: Language) -> list[str]:
    """An empty cell where there can be no figure, two dots where it is kept back."""
    if row.hidden:
        return [html.cell(SUPPRESSED, NUMBER)] * (3 if invited else 1)
    figures = [
        "" if row.invited is None else whole(row.invited, language),
        "" if row.responded is None else whole(row.responded, language),
        "" if row.rate is None else percent(row.rate.percent, language),
    ]
    return [html.cell(each, NUMBER) for each in (figures if invited else figures[1:2])]


def rates_csv(
    released: Released[RateRows], whole_name: Text, language: Language, *, areas: bool = False
) -> str:
    """The response rates as CSV; two dots where a unit or area is kept back."""
    rates = opened(released)
    if rates is None:
        return ""
    rows: list[list[Cell]] = []
    for each in _in_order(rates, language, areas=areas):
        label = each.label.best(language).text
        label = word("unit_unknown", language) if each.name == UNKNOWN else label
        rows.append([label, *_rate_figures(each)])
    rows.append([capital(whole_name.best(language).text), *_rate_figures(rates.total)])
    level = level_of_areas(rates) if areas else "unit"
    return as_csv((level, "invited", "responded", "percent"), rows, language)


def _rate_figures(row: RateRow) -> list[Cell]:
    if row.hidden:
        return [SUPPRESSED] * 3
    return [row.invited, row.responded, None if row.rate is None else row.rate.percent]


def beside_table(released: Released[Beside], sides: Sides, language: Language) -> str:
    """An item: count and per cent of each answer in the unit and in the whole."""
    table = opened(released)
    if table is None:
        return ""
    return _table(
        table.whole, table.item.label, [table], sides, language, "".join(_rows(table, language))
    )


def beside_grid_table(released: Released[BesideGrid], sides: Sides, language: Language) -> str:
    """A grid: the same for each of its parts, under a heading of its own."""
    grid = opened(released)
    if grid is None:
        return ""
    bodies = []
    for part in grid.parts:
        title = html.row_head(html.in_language(part.item.label, language), "rowgroup", 5)
        bodies.append(html.row([title], "part") + "".join(_rows(part, language)))
    first = grid.parts[0].whole
    return _table(first, grid.item.label, grid.parts, sides, language, *bodies)


def _table(
    first: Frequency,
    label: Text,
    parts: Sequence[Beside],
    sides: Sides,
    language: Language,
    *bodies: str,
) -> str:
    bases = [base_range([getattr(each, side) for each in parts], language) for side in _SIDES]
    names = [html.escape(each) for each in sides.names(language).values()]
    caption = word(
        "beside_caption",
        language,
        kind=word("table", language),
        number=html.escape(first.number),
        label=html.in_language(label, language),
        base_name=html.escape(base_name(first, language)),
        unit=names[0],
        base=bases[0],
        whole=names[1],
        whole_base=bases[1],
    )
    heading = _head([capital(each) for each in names], bases, language)
    ident = f"{table_ident(first.number)}-jamforelse"
    return f'<div class="beside">{html.table(caption, heading, bodies, ident)}</div>'


_SIDES = ("unit", "whole")


def _head(names: Sequence[str], bases: Sequence[str], language: Language) -> str:
    """Two rows: a pair of columns for each side, headed by its name and base."""
    first = [f'<th scope="col" rowspan="2">{word("answer", language)}</th>']
    first += [
        f'<th scope="colgroup" colspan="2" class="{NUMBER}">{name}<br>'
        f"{word('n_short', language, n=n).replace(' ', NBSP)}</th>"
        for name, n in zip(names, bases, strict=True)
    ]
    second = [
        f'<th scope="col" class="{NUMBER}">{word(key, language)}</th>'
        for key in ("count", "percent") * 2
    ]
    return f"<thead>{html.row(first)}{html.row(second)}</thead>"


def _rows(table: Beside, language: Language) -> list[str]:
    rows = [_row(each, table, language) for each in pairs(table)]
    both = (table.unit, table.whole)
    name = html.escape(base_label(table.whole, language))
    rows.append(_summary(name, [whole(each.base, language) for each in both], "first"))
    bases = [each.bases for each in both]
    if any(each.valid != each.answered for each in bases) and table.whole.mean is not None:
        valid = [whole(each.valid, language) for each in bases]
        rows.append(_summary(word("of_which_valid", language), valid))
    for key, texts, kind in (
        ("mean", [mean_text(each, language) for each in both], NUMBER),
        ("median", [html.escape(median_text(each, language)) for each in both], "median"),
    ):
        if any(texts):
            cells = [f'<td class="{kind}" colspan="2">{text}</td>' for text in texts]
            rows.append(html.row([html.row_head(word(key, language)), *cells], "summary"))
    return rows


def _row(pair: RowPair, table: Beside, language: Language) -> str:
    row = pair.whole
    label = html.in_language(row.label, language)
    if (
        table.item.mean
        and row.status == "valid"
        and str(row.value) != row.label.best(language).text
    ):
        label += f" ({whole(row.value or 0, language)})"
    figures = [
        whole(pair.n, language),
        percent(pair.percent, language),
        whole(row.n, language),
        percent(row.percent, language),
    ]
    cells = [html.row_head(label), *(html.cell(each, NUMBER) for each in figures)]
    return html.row(cells, "" if row.status == "valid" else "apart")


def _summary(name: str, figures: Sequence[str], kind: str = "") -> str:
    cells = [html.row_head(name)]
    for each in figures:
        cells += [html.cell(each, NUMBER), html.cell("")]
    return html.row(cells, f"summary {kind}".strip())


def beside_csv(tables: Sequence[Released[Beside]], sides: Sides, language: Language) -> str:
    """The figures of the tables as CSV, a row for each answer and side."""
    keys = ("unit", "item", "value", "answer", "count", "percent", "answered", "mean")
    rows: list[list[Cell]] = []
    for table in map(opened, tables):
        if table is None:
            continue
        for name, side, at in zip(
            sides.names(language).values(), (table.unit, table.whole), (0, 1), strict=True
        ):
            for pair in pairs(table):
                n, share = ((pair.n, pair.percent), (pair.whole.n, pair.whole.percent))[at]
                label = pair.whole.label.best(language).text
                item = table.item.label.best(language).text
                rows.append([name, item, pair.whole.value, label, n, share, side.base, side.mean])
    return as_csv(keys, rows, language)
