"""One unit beside the whole: bars in pairs for an item, stacked bars in pairs for a grid."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes

from evalkit.analysis.units import Beside, BesideGrid
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.charts.drawing import (
    APART,
    BAR,
    LABELS,
    LINE,
    draw_bar,
    figure,
    new_axes,
    percent_axis,
    rc,
    svg,
    wrap,
)
from evalkit.present.charts.stacked import answer_colours, answer_key, segments
from evalkit.present.comparisons import RowPair, Sides, alt_beside, alt_beside_grid, pairs
from evalkit.present.numbers import NBSP, percent, whole
from evalkit.present.sentences import base_name, base_range, capital, other_base
from evalkit.present.words import word
from evalkit.release import Released, opened

THIN = "#ffffff"
"""The whole's bar: told from the unit's by being thin, whatever the colours look like."""
_PAIR = 44


def beside_chart(released: Released[Beside], sides: Sides, language: Language) -> str:
    """For each answer the unit's bar and under it the whole's, thinner, with their per cents."""
    table = opened(released)
    if table is None:
        return ""
    rows = pairs(table)
    labels = [wrap(row.whole.label.best(language).text, 20) for row in rows]
    heights = [max(_PAIR, LINE * len(lines) + 12) for lines in labels]
    with mpl.rc_context(rc()):
        axes = new_axes(sum(heights) + 30, LABELS, 4, 26, 46)
        for at, (row, lines) in enumerate(zip(rows, labels, strict=True)):
            _pair(axes, row, lines, sum(heights[:at]) + heights[at] / 2, language)
        percent_axis(axes, language)
        drawn = svg(axes.figure, alt_beside(released, sides, language))
    caption = _caption([table], table.whole.number, sides, language)
    key = _key(sides, language)
    return figure(key + drawn, caption, html.anchor("diagram", table.whole.number))


def _pair(
    axes: Axes, row: RowPair, lines: Sequence[str], middle: float, language: Language
) -> None:
    own, all_ = row.percent or 0.0, row.whole.percent or 0.0
    colour = BAR if row.whole.status == "valid" else APART
    draw_bar(axes, 0, middle - 7, own, 17, colour)
    axes.text(own + 2.5, middle - 7, percent(row.percent, language), va="center", weight=600)
    draw_bar(axes, 0, middle + 9, all_, 7, THIN)
    text = percent(row.whole.percent, language)
    axes.text(all_ + 2.5, middle + 10, text, va="center", fontsize=11.5)
    for at, line in enumerate(lines):
        offset = (at - (len(lines) - 1) / 2) * LINE
        axes.text(-3.5, middle + offset, line, va="center", ha="right")


def _key(sides: Sides, language: Language) -> str:
    """The thick bar and the thin one by name."""
    entries = zip(sides.names(language).values(), (BAR, THIN), ("", " thin"), strict=True)
    items = "".join(
        f'<li><span class="swatch{kind}" style="background:{colour}"></span>'
        f"{html.escape(capital(name))}</li>"
        for name, colour, kind in entries
    )
    return f'<ul class="key" aria-label="{word("key", language)}">{items}</ul>'


def _caption(parts: Sequence[Beside], number: str, sides: Sides, language: Language) -> str:
    names = sides.names(language)
    first = parts[0].whole
    return word(
        "beside_caption_chart_of" if other_base(first) else "beside_caption_chart",
        language,
        number=html.escape(number),
        base_name=html.escape(base_name(first, language)),
        unit=html.escape(names["unit"]),
        base=base_range([each.unit for each in parts], language),
        whole=html.escape(names["whole"]),
        whole_base=base_range([each.whole for each in parts], language),
    )


def beside_grid_chart(released: Released[BesideGrid], sides: Sides, language: Language) -> str:
    """For each part the unit's bar stacked to 100 per cent, and under it the whole's, thinner."""
    grid = opened(released)
    if grid is None:
        return ""
    titles = [wrap(each.item.label.best(language).text, 52) for each in grid.parts]
    heights = [LINE * len(lines) + _GRID_PAIR for lines in titles]
    palette = answer_colours(grid.parts[0].whole)
    with mpl.rc_context(rc()):
        axes = new_axes(sum(heights) + 26, 2, 2, 24, 8)
        for at, (part, lines) in enumerate(zip(grid.parts, titles, strict=True)):
            top = sum(heights[:at])
            for line_at, line in enumerate(lines):
                axes.text(0, top + LINE * (line_at + 0.5) + 2, line, va="center", weight=600)
            top += LINE * len(lines) + 4
            for name, table, height in zip(
                sides.names(language).values(), (part.unit, part.whole), (23, 15), strict=True
            ):
                n = word("n_short", language, n=whole(table.bases.answered, language))
                text = f"{capital(name)} ({n.replace(' ', NBSP)})"
                axes.text(0, top + 8, text, va="center", fontsize=12)
                segments(axes, table, palette, top + 17 + height / 2, height)
                top += 17 + height + 4
        axes.spines["left"].set_visible(False)
        percent_axis(axes, language, at_edges=True)
        drawn = svg(axes.figure, alt_beside_grid(released, sides, language))
    key = answer_key([each.whole for each in grid.parts], palette, language)
    caption = _caption(grid.parts, grid.item.number, sides, language)
    return figure(key + drawn, caption, html.anchor("diagram", grid.item.number))


_GRID_PAIR = 4 + (17 + 23 + 4) + (17 + 15 + 4) + 12
