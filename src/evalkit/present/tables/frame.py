"""Who answered, against all who were invited, by what is known of both; and its CSV."""

from __future__ import annotations

from evalkit.analysis.frequency import share
from evalkit.analysis.nonresponse import Category
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.numbers import SUPPRESSED, percent, whole
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.estimates import ShownNonresponse

_COLUMNS = ("invited", "responded", "rate", "of_invited", "of_responded")


def frame_table(released: Released[ShownNonresponse], ident: str, language: Language) -> str:
    """A row a category: invited, responded, response rate, and its part of either."""
    shown = opened(released)
    if shown is None:
        return ""
    title = html.in_language(shown.title, language)
    columns = [(title, ""), *((word(key, language), NUMBER) for key in _COLUMNS)]
    body = ""
    for each in shown.rows:
        figures = _figures(shown, each.figures)
        texts = [SUPPRESSED] * 5 if figures is None else _texts(figures, language)
        cells = [html.cell(text, NUMBER) for text in texts]
        body += html.row([html.row_head(html.in_language(each.label, language)), *cells])
    caption = word("frame_caption", language, title=title, n=whole(shown.responded, language))
    return html.table(caption, html.head(columns), [body], ident, wide=True)


_Figures = tuple[int, int, float | None, float | None, float | None]


def _figures(shown: ShownNonresponse, category: Category | None) -> _Figures | None:
    if category is None:
        return None
    of_invited = share(category.invited, shown.invited).percent
    of_responded = share(category.responded, shown.responded).percent
    return category.invited, category.responded, category.rate.percent, of_invited, of_responded


def _texts(figures: _Figures, language: Language) -> list[str]:
    invited, responded, *shares = figures
    counts = [whole(invited, language), whole(responded, language)]
    return [*counts, *("" if each is None else percent(each, language) for each in shares)]


def frame_csv(released: Released[ShownNonresponse], language: Language) -> str:
    """The same figures; two dots where a category is kept back."""
    shown = opened(released)
    if shown is None:
        return ""
    rows: list[list[Cell]] = []
    for each in shown.rows:
        figures = _figures(shown, each.figures)
        cells: list[Cell] = [SUPPRESSED] * 5 if figures is None else list(figures)
        rows.append([each.label.best(language).text, *cells])
    keys = ("group", "invited", "responded", "percent", "of_invited", "of_responded")
    return as_csv(keys, rows, language)
