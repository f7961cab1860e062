"""Shares and means unweighted and weighted, side by side; and their CSV."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.analysis.weighting import WeightedFigure, WeightedItem
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.inference import interval_text, reason_text
from evalkit.present.numbers import NBSP, whole
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.weighted import figure_text, value_text
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.estimates import ShownWeighted
from evalkit.rounding import half_up


def weighted_table(released: Released[ShownWeighted], ident: str, language: Language) -> str:
    """A row a figure: unweighted, weighted, and the interval of the weighted."""
    shown = opened(released)
    if shown is None or not shown.rows or shown.weights.kish is None:
        return ""
    columns = [("item", ""), ("answer", ""), ("unweighted", NUMBER), ("weighted", NUMBER)]
    columns.append(("interval", NUMBER))
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    bodies = ["".join(_rows(each, language)) for each in shown.rows]
    caption = word("weighted_caption", language, n=whole(shown.weights.kish.n, language))
    return html.table(caption, heading, bodies, ident, wide=True)


def _figures(row: WeightedItem) -> list[WeightedFigure]:
    return [*row.shares, *filter(None, [row.mean])]


def _rows(row: WeightedItem, language: Language) -> Iterator[str]:
    figures = _figures(row)
    number = f"{word('table_inline', language)}{NBSP}{html.escape(row.number)}"
    name = f"{html.in_language(row.title, language)} ({number})"
    head = f'<th scope="rowgroup" rowspan="{len(figures)}">{name}</th>'
    for at, figure in enumerate(figures):
        cells = [head if len(figures) > 1 else html.row_head(name)] if at == 0 else []
        cells.append(html.cell(html.escape(figure_text(figure, language))))
        values = (figure.unweighted, figure.weighted.estimate)
        cells += [html.cell(value_text(each, figure, language), NUMBER) for each in values]
        yield html.row([*cells, _interval(figure, language)])


def _interval(figure: WeightedFigure, language: Language) -> str:
    if figure.weighted.reason is not None:
        text = html.escape(reason_text(figure.weighted.reason, language))
        return f'<td class="reason">{text}</td>'
    text = interval_text(figure.weighted, language, "percent" if figure.labels else "number")
    return html.cell(text.replace(" ", NBSP), NUMBER)


def weighted_csv(released: Released[ShownWeighted], language: Language) -> str:
    """The same figures as on the page: more decimals would tell how groups answered."""
    shown = opened(released)
    if shown is None:
        return ""
    keys = ("table", "item", "answer", "unweighted", "weighted", "low", "high")
    rows: list[list[Cell]] = [
        [row.number, row.title.best(language).text, figure_text(each, language), *_cells(each)]
        for row in shown.rows
        for each in _figures(row)
    ]
    return as_csv(keys, rows, language)


def _cells(figure: WeightedFigure) -> list[Cell]:
    weighted = figure.weighted
    given = (figure.unweighted, weighted.estimate, weighted.low, weighted.high)
    if figure.labels:
        return [None if each is None else int(half_up(100 * each)) for each in given]
    return [None if each is None else float(half_up(each, 2)) for each in given]
