"""A proportional-odds model: the odds ratio of every group, and the same as CSV."""

from __future__ import annotations

from evalkit.analysis.models import Background, Model, ModelGroup
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.inference import p_alone
from evalkit.present.models import model_name, odds_interval, odds_text
from evalkit.present.numbers import NBSP, whole
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.rounding import half_up


def model_table(released: Released[Model], ident: str, language: Language) -> str:
    """For each background item its groups: how many, odds ratio, interval and p."""
    model = opened(released)
    if model is None or model.fitted.reason is not None:
        return ""
    columns = [("group", ""), ("answers_n", NUMBER), ("odds_ratio", NUMBER)]
    columns += [("interval", NUMBER), ("p_value", NUMBER)]
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    bodies = ["".join(_rows(each, language)) for each in model.backgrounds]
    caption = word(
        "model_caption",
        language,
        name=html.escape(model_name(model, language)),
        n=whole(model.fitted.n, language),
    )
    return html.table(caption, heading, bodies, ident, wide=True)


def _rows(background: Background, language: Language) -> list[str]:
    title = html.row_head(html.in_language(background.title, language), "rowgroup", 5)
    return [html.row([title], "part"), *(_row(each, language) for each in background.groups)]


def _row(group: ModelGroup, language: Language) -> str:
    cells = [
        html.row_head(html.in_language(group.label, language)),
        html.cell(whole(group.n, language), NUMBER),
    ]
    found = group.coefficient
    if found is None:
        text = html.escape(word("model_reference", language))
        return html.row([*cells, f'<td class="reason {NUMBER}" colspan="3">{text}</td>'])
    p = p_alone(found.p, language)
    texts = [odds_text(found, language), odds_interval(found, language), p]
    cells += [html.cell(html.escape(each.replace(" ", NBSP)), NUMBER) for each in texts]
    return html.row(cells)


def model_csv(released: Released[Model], language: Language) -> str:
    """A row a group; ratios with two decimals and p with three, as the page has them."""
    model = opened(released)
    if model is None or model.fitted.reason is not None:
        return ""
    rows: list[list[Cell]] = []
    for each in model.backgrounds:
        for group in each.groups:
            name = [each.title.best(language).text, group.label.best(language).text]
            rows.append([*name, group.n, *_figures(group)])
    keys = ("background", "group", "count", "odds_ratio", "low", "high", "p")
    return as_csv(keys, rows, language)


def _figures(group: ModelGroup) -> list[Cell]:
    found = group.coefficient
    if found is None:
        return [1, None, None, None]
    ratios = (found.odds_ratio.estimate, found.odds_ratio.low, found.odds_ratio.high)
    return [
        *(None if r is None else float(half_up(r, 2)) for r in ratios),
        float(half_up(found.p, 3)),
    ]
