"""What was decided about cells and respondents, and what the questionnaires are like."""

from __future__ import annotations

from collections.abc import Callable

from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.numbers import whole
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.words import word
from evalkit.release import Declared, Flagged, Released, opened


def data_log_table(released: Released[tuple[Declared, ...]], language: Language) -> str:
    """Every declaration: what was done, how many it was about, why, who decided it and when."""
    rows = opened(released)
    if not rows:
        return ""
    columns = [("log_what", ""), ("count", NUMBER), ("log_reason", "")]
    columns += [("log_decided_by", ""), ("log_date", NUMBER)]
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    body = "".join(
        html.row(
            [
                html.row_head(html.escape(_what(each, language))),
                html.cell(
                    html.escape(_count(each, released.rule.min_respondents, language)), NUMBER
                ),
                html.cell(html.escape(_reason(each, language))),
                html.cell(html.escape(each.decided_by)),
                html.cell(html.escape(each.date), NUMBER),
            ]
        )
        for each in rows
    )
    caption = word("log_caption", language, n=whole(len(rows), language))
    return html.table(caption, heading, [body], "datalogg-tabell", wide=True)


def data_log_csv(released: Released[tuple[Declared, ...]], language: Language) -> str:
    """The same as CSV."""
    found = opened(released) or ()
    least = released.rule.min_respondents
    keys = ("log_what", "count", "log_reason", "log_decided_by", "log_date")
    rows: list[list[Cell]] = [
        [
            _what(each, language),
            _count(each, least, language) if each.n is None else each.n,
            _reason(each, language),
            each.decided_by,
            each.date,
        ]
        for each in found
    ]
    return as_csv(keys, rows, language)


def _what(each: Declared, language: Language) -> str:
    """What a line did, in words: "Uteslutning: en svarande"."""
    whom = _whom(each, language)
    if each.action == "exclude":
        return word("log_exclude", language, whom=whom)
    item = "" if each.item is None else each.item.best(language).text
    key = "log_place_whom" if each.about == "respondent" else "log_place"
    place = word(key, language, item=item, whom=whom)
    to = None if each.to is None else each.to.best(language).text
    if to is None and each.value:
        return word("log_ignored", language, place=place, value=each.value)
    if to is None:
        return word("log_recode_withheld", language, place=place)
    if each.value is None:
        return word("log_withheld", language, place=place, to=to)
    fields = {"place": place, "value": each.value, "to": to}
    return word("log_recode" if each.value else "log_recode_any", language, **fields)


def _whom(each: Declared, language: Language) -> str:
    if each.who is None:
        key = "log_a_respondent" if each.about == "respondent" else "log_a_unit"
        return word(key, language)
    return each.who if each.row is None else word("forms_row", language, row=each.row)


def _count(each: Declared, least: int, language: Language) -> str:
    if each.n is None:
        return word("fewer_than", language, least=whole(least, language))
    return whole(each.n, language)


def _reason(each: Declared, language: Language) -> str:
    return word("withheld_inline", language) if each.reason is None else each.reason


_LISTED = 30
"""So many questionnaires are told one by one; of the rest only how many there are."""

_WORDS = {
    "complete": "forms_complete",
    "partly": "forms_partly",
    "under_half": "forms_under_half",
    "without": "forms_without",
    "same_identifier": "forms_same_identifier",
    "same_answers": "forms_same_answers",
    "straight": "forms_straight",
    "fast": "forms_fast",
}


def questionnaires_table(
    released: Released[tuple[Flagged, ...]],
    respondents: str,
    name: Callable[[int], str],
    language: Language,
) -> str:
    """How many questionnaires are of each kind; which ones, where that may be shown.

    `name` makes of a respondent's place what an evaluator finds the questionnaire by.
    """
    rows = opened(released)
    if not rows:
        return ""
    internal = released.rule.edition == "internal"
    columns = [("forms_kind", ""), ("count", NUMBER), *([("forms_which", "")] if internal else [])]
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    least = released.rule.min_respondents
    body = "".join(
        html.row(
            [
                html.row_head(html.escape(word(_WORDS[each.key], language))),
                html.cell(html.escape(_number(each, least, language)), NUMBER),
                *([html.cell(html.escape(_which(each, name, language)))] if internal else []),
            ]
        )
        for each in rows
    )
    caption = word("forms_caption", language, n=respondents)
    return html.table(caption, heading, [body], "formular-tabell", wide=internal)


def questionnaires_csv(released: Released[tuple[Flagged, ...]], language: Language) -> str:
    """The numbers as CSV, without telling which."""
    found = opened(released) or ()
    least = released.rule.min_respondents
    rows: list[list[Cell]] = [
        [
            word(_WORDS[each.key], language),
            _number(each, least, language) if each.n is None else each.n,
        ]
        for each in found
    ]
    return as_csv(("forms_kind", "count"), rows, language)


def _which(each: Flagged, name: Callable[[int], str], language: Language) -> str:
    listed = [name(place) for place in each.who[:_LISTED]]
    more = len(each.who) - len(listed)
    if more:
        listed.append(word("forms_more", language, n=whole(more, language)))
    return ", ".join(listed)


def _number(each: Flagged, least: int, language: Language) -> str:
    if each.n is not None:
        return whole(each.n, language)
    if each.least is not None:
        return word("at_least", language, n=whole(each.least, language))
    return word("fewer_than", language, least=whole(least, language))
