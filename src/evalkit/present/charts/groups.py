"""An item by groups: a bar stacked to 100 per cent for each group, and one for the whole."""

from __future__ import annotations

import matplotlib as mpl

from evalkit.codebook import Language, Text
from evalkit.present import html
from evalkit.present.charts.drawing import LINE, figure, new_axes, percent_axis, rc, svg, wrap
from evalkit.present.charts.stacked import answer_colours, answer_key, segments
from evalkit.present.groups import alt_groups, by_name, chart_rows
from evalkit.present.numbers import NBSP, whole
from evalkit.present.sentences import base_name
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.groups import ShownCrosstab


def groups_chart(
    released: Released[ShownCrosstab], by: Text, ident: str, language: Language
) -> str:
    """The groups of an item as bars, the whole last; nothing for a set, whose options overlap."""
    table = opened(released)
    if table is None or table.whole.overlapping:
        return ""
    rows = chart_rows(table, language)
    titles = [_title(name, each.base, language) for name, each in rows]
    heights = [LINE * len(lines) + 38 for lines in titles]
    palette = answer_colours(table.whole)
    with mpl.rc_context(rc()):
        axes = new_axes(sum(heights) + 26, 2, 2, 24, 8)
        for at, ((_, each), lines) in enumerate(zip(rows, titles, strict=True)):
            top = sum(heights[:at])
            for line_at, line in enumerate(lines):
                axes.text(0, top + LINE * (line_at + 0.5) + 2, line, va="center")
            segments(axes, each, palette, top + LINE * len(lines) + 18)
        axes.spines["left"].set_visible(False)
        percent_axis(axes, language, at_edges=True)
        drawn = svg(axes.figure, alt_groups(released, by, language))
    caption = word(
        "groups_caption_chart",
        language,
        number=html.escape(table.whole.number),
        by=html.escape(by_name(by, language)),
        base_name=html.escape(base_name(table.whole, language)),
        base=whole(table.whole.base, language),
    )
    key = answer_key([each for _, each in rows], palette, language)
    return figure(key + drawn, caption, f"{ident}-diagram")


def _title(name: str, base: int, language: Language) -> list[str]:
    n = word("n_short", language, n=whole(base, language))
    return wrap(f"{name} ({n.replace(' ', NBSP)})", 52)
