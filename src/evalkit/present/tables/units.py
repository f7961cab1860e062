"""The response rate of each unit, as a table and as CSV."""

from __future__ import annotations

from typing import Literal

from evalkit.codebook import Language, Text
from evalkit.collation import swedish
from evalkit.frame import UNKNOWN
from evalkit.present import html
from evalkit.present.numbers import SUPPRESSED, percent, whole
from evalkit.present.sentences import capital
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.units import RateRow, RateRows

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
