"""The response rate of units as a block of a page, and what all units together are called."""

from __future__ import annotations

from evalkit.codebook import LANGUAGES, Language, Text
from evalkit.present import html, tables
from evalkit.present.numbers import whole as digits
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.study import Study
from evalkit.unit_release import RateRows


def whole_name(study: Study) -> Text:
    """What all units together are called, as it stands after "i"."""
    given = study.settings.whole.text
    return (
        given if given.sv or given.en else Text(*(word("whole_name", each) for each in LANGUAGES))
    )


def rates_block(
    rates: Released[RateRows] | None, whole: Text, language: Language, only: str = ""
) -> str:
    """The response rate of every unit, or of one, and of all; with its CSV and a note."""
    found = None if rates is None else opened(rates)
    if rates is None or found is None:
        return ""
    rows = found.only(only) if only else found
    shown = Released(rows, rates.rule)
    least = digits(rates.rule.min_respondents, language)
    note = word("unit_rates_hidden", language, least=least)
    link = html.data_link(
        word("download_unit_rates", language),
        tables.rates_csv(shown, whole, language),
        "svarsfrekvens-enheter.csv",
    )
    return "".join(
        [
            tables.rates_table(shown, whole, language),
            link,
            html.paragraph(html.escape(note), "note") if rows.hidden else "",
        ]
    )
