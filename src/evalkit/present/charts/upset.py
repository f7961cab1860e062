"""Which answers go together: an UpSet plot (Lex et al. 2014), a row a combination.

A. Lex, N. Gehlenborg, H. Strobelt, R. Vuillemot, H. Pfister: UpSet: Visualization of Intersecting
Sets. IEEE Transactions on Visualization and Computer Graphics 20(12), 2014.
"""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse

from evalkit.analysis.combinations import Combination, Combinations
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.charts.drawing import (
    APART,
    BAR,
    INK,
    LINE,
    WIDTH,
    draw_bar,
    figure,
    new_axes,
    rc,
    svg,
    wrap,
)
from evalkit.present.combined import alt_combinations, letters, pooled_text, ticked_base_name
from evalkit.present.numbers import whole
from evalkit.present.words import word
from evalkit.release import Released, opened

_HEAD = 22
_ROW = 28
_RIGHT = 40
_WIDEST = 20.0
_DOTS = 200.0
_POOLED = 130.0


def upset_chart(released: Released[Combinations], language: Language) -> str:
    """Dots for the options of each combination, joined by a line, and a bar with its number."""
    table = opened(released)
    if table is None:
        return ""
    step = min(_WIDEST, _DOTS / len(table.options))
    dots = step * len(table.options)
    left = max(dots, _POOLED if table.pooled_share else 0.0) + 10
    pooled = 1 if table.pooled_share else 0
    with mpl.rc_context(rc()):
        height = _HEAD + _ROW * (len(table.rows) + pooled) + 4
        axes = new_axes(height, left, 0, 4, _RIGHT)
        pixel = 100 / (WIDTH - left - _RIGHT)
        columns = [(step * (at + 0.5) - dots - 10) * pixel for at in range(len(table.options))]
        for column, letter in zip(columns, letters(table), strict=True):
            axes.text(column, _HEAD / 2, letter, va="center", ha="center", weight=600)
        for at, row in enumerate(table.rows):
            middle = _HEAD + _ROW * (at + 0.5)
            _dots(axes, row, table, columns, middle, min(step * 0.62, 12.0), pixel)
            _bar(axes, row.share.n, table, middle, BAR, language)
        if table.pooled_share:
            middle = _HEAD + _ROW * (len(table.rows) + 0.5)
            lines = wrap(pooled_text(table, language), 18)
            for at, line in enumerate(lines):
                offset = (at - (len(lines) - 1) / 2) * LINE
                axes.text(-10 * pixel, middle + offset, line, va="center", ha="right")
            _bar(axes, table.pooled_share.n, table, middle, APART, language)
        axes.set_xticks([])
        drawn = svg(axes.figure, alt_combinations(released, language))
    caption = word(
        "caption_chart_combinations",
        language,
        number=html.escape(table.number),
        base_name=ticked_base_name(language),
        base=whole(table.base, language),
    )
    ident = f"{html.anchor('diagram', table.number)}-kombinationer"
    return figure(_key(table, language) + drawn, caption, ident)


def _dots(
    axes: Axes,
    row: Combination,
    table: Combinations,
    columns: Sequence[float],
    middle: float,
    size: float,
    pixel: float,
) -> None:
    """A dot an option, filled where it is in the combination, and a line from first to last."""
    ticked = [
        at
        for at, each in enumerate(table.options)
        if any(each.name == option.name for option in row.options)
    ]
    if len(ticked) > 1:
        ends = [columns[ticked[0]], columns[ticked[-1]]]
        line = Line2D(ends, [middle, middle], color=INK, linewidth=2, clip_on=False, zorder=0.5)
        axes.add_artist(line)
    for at, column in enumerate(columns):
        colour, edge = (INK, INK) if at in ticked else ("#ffffff", "#8a8a94")
        dot = Ellipse(
            (column, middle), size * pixel, size, facecolor=colour, edgecolor=edge, linewidth=1
        )
        dot.set_clip_on(False)
        axes.add_artist(dot)


def _bar(
    axes: Axes, n: int, table: Combinations, middle: float, colour: str, language: Language
) -> None:
    """The bar of a row; the longest fills the width."""
    most = max([each.share.n for each in table.rows] + [_pooled_n(table)])
    length = 100 * n / most
    draw_bar(axes, 0, middle, length, 18, colour)
    axes.text(length + 2.5, middle, whole(n, language), va="center", weight=600)


def _pooled_n(table: Combinations) -> int:
    return table.pooled_share.n if table.pooled_share else 0


def _key(table: Combinations, language: Language) -> str:
    """Which option each column of dots is."""
    items = "".join(
        f"<li><strong>{letter}</strong> {html.in_language(option.label, language)}</li>"
        for letter, option in zip(letters(table), table.options, strict=True)
    )
    return f'<ul class="key" aria-label="{word("combinations_key", language)}">{items}</ul>'
