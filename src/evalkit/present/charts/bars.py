"""The bar chart of an item."""

from __future__ import annotations

import matplotlib as mpl

from evalkit.analysis.frequency import Frequency
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.charts.drawing import (
    APART,
    BAR,
    LABELS,
    LINE,
    ROW,
    draw_bar,
    figure,
    new_axes,
    percent_axis,
    rc,
    svg,
    wrap,
)
from evalkit.present.numbers import percent, whole
from evalkit.present.sentences import alt_bars, base_name, other_base, whom
from evalkit.present.words import word
from evalkit.release import Released, opened


def bar_chart(released: Released[Frequency], language: Language) -> str:
    """Horizontal bars in the scale's order with their per cents, Vet ej set apart below."""
    table = opened(released)
    if table is None:
        return ""
    rows = table.shares
    labels = [wrap(row.label.best(language).text, 20) for row in rows]
    heights = [max(ROW, LINE * len(lines) + 10) for lines in labels]
    apart = [row for row in rows if row in table.apart]
    gap = 10 if apart else 0
    tops = [sum(heights[:at]) + (gap if row in apart else 0) for at, row in enumerate(rows)]
    plot = sum(heights) + gap
    with mpl.rc_context(rc()):
        axes = new_axes(plot + 30, LABELS, 4, 26, 46)
        for row, lines, top, height in zip(rows, labels, tops, heights, strict=True):
            middle = top + height / 2
            share = row.percent or 0.0
            colour = APART if row in apart else BAR
            draw_bar(axes, 0, middle, share, 21, colour)
            axes.text(share + 2.5, middle, percent(row.percent, language), va="center", weight=600)
            for at, line in enumerate(lines):
                offset = (at - (len(lines) - 1) / 2) * LINE
                axes.text(-3.5, middle + offset, line, va="center", ha="right")
        percent_axis(axes, language)
        drawn = svg(axes.figure, alt_bars(released, language))
    fields = {
        "number": html.escape(table.number),
        "base_name": html.escape(base_name(table, language)),
        "base": whole(table.base, language),
    }
    caption = (
        word("caption_chart_of", language, **fields, whom=html.escape(whom(table, language)))
        if other_base(table)
        else word("caption_chart", language, **fields)
    )
    return figure(drawn, caption, html.anchor("diagram", table.number))
