"""The blocks on what came in: the data log, and how the questionnaires were filled in."""

from __future__ import annotations

from evalkit.analysis.questionnaires import (
    LEAST_ANSWERED,
    LEAST_ITEMS,
    LEAST_ROWS,
    Questionnaires,
    questionnaires,
)
from evalkit.codebook import Language
from evalkit.intake import Reading
from evalkit.present import html, tables
from evalkit.present.numbers import whole
from evalkit.present.words import word
from evalkit.release import Rule, opened, release_data_log, release_questionnaires
from evalkit.study import Study
from evalkit.workbook.sources import RoundData


def data_log_content(study: Study, data: RoundData, rule: Rule, language: Language) -> str:
    """Every declaration of the round as a table with its CSV, or that there is none."""
    codebook = study.codebook_of(data.round_name)
    with_respondents = data.reading is not None
    released = release_data_log(data.effects, codebook, rule, with_respondents)
    table = tables.data_log_table(released, language)
    if not table:
        return html.paragraph(word("log_none", language))
    lead = word("log_lead" if with_respondents else "log_counts", language)
    figures = tables.data_log_csv(released, language)
    link = html.data_link(word("download_log", language), figures, "datalogg.csv")
    return html.paragraph(lead) + table + link


def questionnaires_content(study: Study, data: RoundData, rule: Rule, language: Language) -> str:
    """The questionnaires by what they are like; empty where only counts came in."""
    if data.reading is None:
        return ""
    reading = data.reading
    found = _looked_at(study, data, reading)
    released = release_questionnaires(found, rule)
    shown = opened(released)
    if shown is None:
        least = whole(rule.min_respondents, language)
        return html.paragraph(word("forms_withheld", language, least=least), "note")
    if not shown:
        return html.paragraph(word("forms_reconstructed", language))
    named = _Names(study, data, reading, language)
    table = tables.questionnaires_table(released, whole(found.n, language), named, language)
    figures = tables.questionnaires_csv(released, language)
    link = html.data_link(word("download_forms", language), figures, "formular.csv")
    limits = {"answered": LEAST_ANSWERED, "rows": LEAST_ROWS, "items": LEAST_ITEMS}
    fields = {key: whole(n, language) for key, n in limits.items()}
    notes = [word("forms_note", language, **fields)]
    if any(each.key == "fast" for each in shown):
        notes.append(word("forms_note_fast", language))
    lead = html.paragraph(word("forms_lead", language))
    return lead + table + link + html.paragraph(" ".join(notes), "finding note")


def _looked_at(study: Study, data: RoundData, reading: Reading) -> Questionnaires:
    """The questionnaires; of respondents who were rebuilt from tables only how many there are.

    Which answers go together in one of those means nothing, not even which were left out together.
    """
    if study.settings.mark == "reconstructed":
        return Questionnaires(reading.responses.n)
    codebook = study.codebook_of(data.round_name)
    return questionnaires(codebook, reading.responses, _identifiers(study, data), data.seconds)


def _identifiers(study: Study, data: RoundData) -> list[tuple[str | None, ...]]:
    codebook = study.codebook_of(data.round_name)
    heads = {each.column for each in codebook.items.values() if each.kind == "id"}
    columns = () if data.reading is None else data.reading.export.columns
    return [tuple(each.cells) for each in columns if each.heading in heads]


class _Names:
    """By what an evaluator finds a questionnaire: its row in the file and its identifier."""

    def __init__(self, study: Study, data: RoundData, reading: Reading, language: Language) -> None:
        self._rows = reading.export.rows
        self._identifiers = _identifiers(study, data)
        self._language = language

    def __call__(self, place: int) -> str:
        row = self._rows[place]
        name = next((each[place] for each in self._identifiers if each[place]), None)
        if not name:
            return word("forms_row", self._language, row=row)
        return word("forms_row_named", self._language, row=row, name=name)
