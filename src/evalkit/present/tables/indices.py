"""An index: how each item goes with the others, and the whole; and its figures as CSV."""

from __future__ import annotations

from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.indices import index_label, scale_cells
from evalkit.present.inference import interval_text
from evalkit.present.numbers import NBSP, decimal, whole
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.estimates import ShownIndex
from evalkit.rounding import half_up


def index_table(released: Released[ShownIndex], ident: str, language: Language) -> str:
    """A row an item, and one for the index with its interval."""
    shown = opened(released)
    if shown is None:
        return ""
    index = shown.index
    columns = [("item", ""), ("item_total", NUMBER), ("alpha_if_dropped", NUMBER)]
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    body = ""
    for each in index.items:
        number = f"{word('table_inline', language)}{NBSP}{html.escape(each.number)}"
        turned = f", {word('turned', language)}" if each.turned else ""
        name = f"{html.in_language(each.title, language)} ({number}{turned})"
        cells = [html.cell(html.escape(text), NUMBER) for text in scale_cells(each, language)]
        body += html.row([html.row_head(name), *cells])
    if index.alpha.estimate is not None:
        alpha = decimal(index.alpha.estimate, language)
        interval = interval_text(index.alpha, language, "number")
        text = word("alpha_with_interval", language, alpha=alpha, interval=interval)
        cell = f'<td class="{NUMBER}" colspan="2">{html.escape(text)}</td>'
        body += html.row([html.row_head(word("alpha", language)), cell], "summary first")
    caption = word(
        "index_caption",
        language,
        label=html.escape(index_label(index, language)),
        n=whole(index.complete, language),
    )
    return html.table(caption, heading, [body], ident, wide=True)


def index_csv(released: Released[ShownIndex], language: Language) -> str:
    """The same figures; two decimals, since more could tell how single respondents answered."""
    shown = opened(released)
    if shown is None:
        return ""
    index = shown.index
    rows: list[list[Cell]] = [
        [each.number, each.title.best(language).text, _two(each.scale.item_total),
         _two(each.scale.alpha_if_dropped), None, None, None, None]
        for each in index.items
    ]  # fmt: skip
    mean = None if shown.mean_withheld else _two(index.mean.estimate)
    alpha = [_two(each) for each in (index.alpha.estimate, index.alpha.low, index.alpha.high)]
    rows.append([None, index_label(index, language), None, None, *alpha, mean])
    keys = ("table", "item", "item_total", "alpha_if_dropped", "alpha", "low", "high", "mean")
    return as_csv(keys, rows, language)


def _two(figure: float | None) -> float | None:
    return None if figure is None else float(half_up(figure, 2))
