"""Who answered: response rate and item nonresponse, and their figures as CSV."""

from __future__ import annotations

from evalkit.analysis.response import ResponseRate
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.numbers import SUPPRESSED, percent, whole
from evalkit.present.tables.data import NUMBER, Cell, as_csv, table_ident
from evalkit.present.words import word
from evalkit.release import NonresponseRow, Released, opened


def response_table(released: Released[ResponseRate], round_label: str, language: Language) -> str:
    """Invited, responded and response rate of a round."""
    response = opened(released)
    if response is None or response.rate is None:
        return ""
    figures = [
        ("invited", whole(response.rate.base, language)),
        ("responded", whole(response.responded, language)),
        ("rate", percent(response.rate.percent, language)),
    ]
    if response.excluded:
        figures += [
            ("excluded", whole(response.excluded, language)),
            ("included", whole(response.included, language)),
        ]
    columns = [("rate_row", ""), *((key, NUMBER) for key, _ in figures)]
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    cells = [html.cell(text, NUMBER) for _, text in figures]
    body = html.row([html.row_head(html.escape(round_label)), *cells])
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
    figures = _nonresponse_figures(each, language)
    link = f'<a href="#{table_ident(each.number)}">{html.escape(each.number)}</a>'
    label = html.row_head(html.in_language(each.title, language))
    return html.row([html.cell(link), label, *(html.cell(text, NUMBER) for text in figures)])


def _nonresponse_figures(each: NonresponseRow, language: Language) -> list[str]:
    """Asked, answered, missing and the per cent missing, as far as they are known and shown."""
    if each.asked is None:
        return [SUPPRESSED] * 4
    asked = whole(each.asked, language)
    if each.answered is None or each.missing is None:
        return [asked, *[word("not_known", language)] * 3]
    return [
        asked,
        whole(each.answered, language),
        whole(each.missing.n, language),
        percent(each.missing.percent, language),
    ]


def response_csv(released: Released[ResponseRate], round_label: str, language: Language) -> str:
    """Invited, responded and response rate as CSV."""
    response = opened(released)
    if response is None or response.rate is None:
        return ""
    row: dict[str, Cell] = {
        "round": round_label,
        "invited": response.rate.base,
        "responded": response.responded,
        "percent": response.rate.percent,
    }
    if response.excluded:
        row |= {"excluded": response.excluded, "included": response.included}
    return as_csv(tuple(row), [list(row.values())], language)


def nonresponse_csv(released: Released[tuple[NonresponseRow, ...]], language: Language) -> str:
    """Item nonresponse as CSV; the suppression sign where an item's table was replaced."""
    keys = ("table", "item", "asked", "answered", "unanswered", "percent")
    rows: list[list[Cell]] = [
        [each.number, each.title.best(language).text, *_csv_figures(each, language)]
        for each in opened(released) or ()
    ]
    return as_csv(keys, rows, language)


def _csv_figures(each: NonresponseRow, language: Language) -> list[Cell]:
    if each.asked is None:
        return [SUPPRESSED] * 4
    if each.missing is None:
        return [each.asked, *[word("not_known", language)] * 3]
    return [each.asked, each.answered, each.missing.n, each.missing.percent]
