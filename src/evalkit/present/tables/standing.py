"""Where a unit differs most, and the units of a funnel plot: tables, and as CSV."""

from __future__ import annotations

from evalkit.analysis.differences import Difference
from evalkit.analysis.funnels import Funnel, FunnelPoint
from evalkit.codebook import Language
from evalkit.collation import swedish
from evalkit.present import html
from evalkit.present.comparisons import Sides
from evalkit.present.inference import estimate_text, interval_text, method_name, p_alone
from evalkit.present.numbers import percent, whole
from evalkit.present.sentences import capital, labels_text
from evalkit.present.standing import place_word
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.units import Standing


def differs_table(released: Released[Standing], sides: Sides, language: Language) -> str:
    """Every comparison of the unit with the rest, the largest difference first."""
    standing = opened(released)
    if standing is None:
        return ""
    names = sides.fields(language)
    columns = [
        (word("column_question", language), ""),
        (html.escape(capital(names["unit"])), NUMBER),
        (word("column_rest", language), NUMBER),
        (word("column_difference", language), NUMBER),
        (word("column_p", language), NUMBER),
        (word("column_verdict", language), ""),
        (word("column_place", language), ""),
    ]
    rows = "".join(_row(each, language) for each in standing.differences.rows)
    escaped = {key: html.escape(each) for key, each in names.items()}
    family = whole(standing.differences.family, language)
    rows_of = standing.differences
    bases = {
        "base": _range(rows_of.unit_bases, language),
        "rest_base": _range(rows_of.rest_bases, language),
    }
    caption = word("differs_caption", language, family=family, **bases, **escaped)
    return html.table(caption, html.head(columns), [rows], "skillnader-tabell", wide=True)


def _range(bounds: tuple[int, int], language: Language) -> str:
    """Two numbers as "15–16", or one where they are equal."""
    return "–".join(whole(each, language) for each in dict.fromkeys(bounds))


def _row(row: Difference, language: Language) -> str:
    number = html.escape(row.number)
    link = f'<a href="#{html.anchor("tabell", row.number)}">{number}</a>'
    of = word("differs_of", language, answers=html.escape(labels_text(row.answers, language)))
    label = html.in_language(row.title, language)
    where = "" if row.place is None else place_word(row.place, language)
    verdict = word(f"short_{row.verdict}", language)
    if row.verdict == "more":
        verdict = f"<strong>{verdict}</strong>"
    return html.row(
        [
            html.row_head(f'{link} {label}<br><span class="of">{of}</span>'),
            html.cell(percent(row.unit.percent, language), NUMBER),
            html.cell(percent(row.rest.percent, language), NUMBER),
            html.cell(_difference(row, language), NUMBER),
            html.cell("" if row.p is None else p_alone(row.p, language), NUMBER),
            html.cell(verdict, "verdict"),
            html.cell(where),
        ]
    )


def _difference(row: Difference, language: Language) -> str:
    value = estimate_text(row.difference.estimate or 0.0, language, "points")
    if row.chosen or row.difference.low is None:
        return value
    between = interval_text(row.difference, language, "points")
    return f'{value}<br><span class="of">({between})</span>'


def differs_csv(released: Released[Standing], language: Language) -> str:
    """The same as CSV, with the test, its p before the adjustment, and Cliff's delta."""
    standing = opened(released)
    if standing is None:
        return ""
    keys = (
        "table", "item", "part", "percent", "answered", "rest", "rest_base", "difference", "low",
        "high", "delta", "test", "p", "p_adjusted", "place",
    )  # fmt: skip
    rows = [_figures(each, language) for each in standing.differences.rows]
    return as_csv(keys, rows, language)


def _figures(row: Difference, language: Language) -> list[Cell]:
    found = row.difference
    bounds = (None, None) if row.chosen else (found.low, found.high)
    return [
        row.number,
        row.title.best(language).text,
        labels_text(row.answers, language),
        row.unit.percent,
        row.unit.base,
        row.rest.percent,
        row.rest.base,
        _points(found.estimate),
        *map(_points, bounds),
        None if row.delta is None else row.delta.estimate,
        method_name(row.test.method, language),
        row.test.p,
        row.p,
        "" if row.place is None else place_word(row.place, language),
    ]


def _points(value: float | None) -> float | None:
    return None if value is None else 100 * value


def funnel_table(released: Released[Funnel], ident: str, sides: Sides, language: Language) -> str:
    """Every unit of a funnel plot in Swedish order, with the limits for as many answers."""
    funnel = opened(released)
    if funnel is None:
        return ""
    keys = ("unit", "column_answers", "column_share", "column_limits", "column_standing")
    kinds = ("", NUMBER, NUMBER, NUMBER, "")
    heading = html.head(
        [(word(key, language), kind) for key, kind in zip(keys, kinds, strict=True)]
    )
    rows = "".join(_unit_row(each, funnel, language) for each in _in_order(funnel, language))
    caption = word(
        "funnel_caption",
        language,
        label=html.in_language(funnel.title, language),
        answers=html.escape(labels_text(funnel.answers, language)),
        whole=html.escape(sides.names(language)["whole"]),
        percent=percent(funnel.target.percent, language),
        n=whole(len(funnel.points), language),
    )
    return f'<div class="beside">{html.table(caption, heading, [rows], ident, wide=True)}</div>'


def _in_order(funnel: Funnel, language: Language) -> list[FunnelPoint]:
    return sorted(funnel.points, key=lambda each: swedish(each.label.best(language).text))


def _unit_row(point: FunnelPoint, funnel: Funnel, language: Language) -> str:
    label = html.in_language(point.label, language)
    name = f"<strong>{label}</strong>" if point.name == funnel.own else label
    return html.row(
        [
            html.row_head(name),
            html.cell(whole(point.share.base, language), NUMBER),
            html.cell(percent(point.share.percent, language), NUMBER),
            html.cell(_limits(point, language), NUMBER),
            html.cell(place_word(point.place, language)),
        ],
        "summary" if point.name == funnel.own else "",
    )


def _limits(point: FunnelPoint, language: Language) -> str:
    low = percent(point.low, language).rstrip("%").rstrip()
    return f"{low}–{percent(point.high, language)}"


def funnel_csv(released: Released[Funnel], language: Language) -> str:
    """The same as CSV."""
    funnel = opened(released)
    if funnel is None:
        return ""
    rows: list[list[Cell]] = [
        [
            each.label.best(language).text,
            each.share.base,
            each.share.percent,
            each.low,
            each.high,
            place_word(each.place, language),
        ]
        for each in _in_order(funnel, language)
    ]
    return as_csv(("unit", "answered", "percent", "low", "high", "place"), rows, language)
