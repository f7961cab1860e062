"""The response rate of units and areas as blocks of a page; what all units are called."""

from __future__ import annotations

from evalkit.codebook import LANGUAGES, Language, Text
from evalkit.present import html, tables
from evalkit.present.numbers import whole as digits
from evalkit.present.words import word
from evalkit.release import Released, Rule, opened
from evalkit.release.units import RateRows
from evalkit.study import Study


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
    return "".join(
        [
            tables.rates_table(shown, whole, language),
            html.data_link(
                word("download_unit_rates", language),
                tables.rates_csv(shown, whole, language),
                "svarsfrekvens-enheter.csv",
            ),
            _note(found, rates.rule, language) if rows.hidden else "",
        ]
    )


def area_rates_block(
    rates: Released[RateRows] | None, whole: Text, language: Language
) -> tuple[str, str]:
    """A title, and the response rate of each area of units; empty where there are none."""
    found = None if rates is None else opened(rates)
    if rates is None or found is None or not found.areas:
        return "", ""
    level = tables.level_of_areas(found)
    table = tables.rates_table(rates, whole, language, areas=True)
    figures = tables.rates_csv(rates, whole, language, areas=True)
    link = word(f"download_rates_{level}", language)
    block = table + html.data_link(link, figures, "svarsfrekvens-omraden.csv")
    note = _note(found, rates.rule, language) if any(each.hidden for each in found.areas) else ""
    return word(f"rates_title_{level}", language), block + note


def _note(rates: RateRows, rule: Rule, language: Language) -> str:
    """Why figures are kept back."""
    key = "area_rates_hidden" if rates.areas else "unit_rates_hidden"
    text = word(key, language, least=digits(rule.min_respondents, language))
    return html.paragraph(html.escape(text), "note")
