"""Bars stacked to 100 per cent: the parts of a grid, and items on the same answers."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes

from evalkit.analysis.frequency import Frequency, Grid
from evalkit.codebook import Language, Text
from evalkit.present import html
from evalkit.present.charts.drawing import (
    APART,
    LINE,
    colours,
    draw_stack,
    figure,
    key,
    new_axes,
    percent_axis,
    rc,
    svg,
    wrap,
)
from evalkit.present.numbers import NBSP, whole
from evalkit.present.sentences import alt_stacked, base_name, base_range, overview_number, quoted
from evalkit.present.words import word
from evalkit.release import OverviewRows, Released, opened


def grid_chart(released: Released[Grid], language: Language) -> str:
    """The parts of a grid as bars stacked to 100 per cent."""
    grid = opened(released)
    if grid is None:
        return ""
    label = quoted(grid.item.label, language)
    caption = word(
        "caption_chart",
        language,
        number=html.escape(grid.number),
        base_name=base_name(grid.parts[0], language),
        base=base_range(grid.parts, language),
    )
    labels = [part.item.label for part in grid.parts]
    ident = html.anchor("diagram", grid.number)
    return _stacked(grid.parts, labels, label, caption, ident, language)


def overview_chart(released: Released[OverviewRows], number: str, language: Language) -> str:
    """All items on the same answers as bars stacked to 100 per cent."""
    overview = opened(released)
    if overview is None:
        return ""
    caption = word(
        "overview_caption",
        language,
        kind=word("chart", language),
        number=overview_number(number, language),
        base=base_range(overview.rows, language),
    )
    label = overview_title(overview, language)
    labels = [row.title for row in overview.rows]
    ident = f"oversikt-{number}-diagram"
    return _stacked(overview.rows, labels, label, caption, ident, language)


def overview_title(overview: OverviewRows, language: Language) -> str:
    """What the items of an overview have in common: their first and last answer."""
    first, last = overview.answers[0].label, overview.answers[-1].label
    ends = {"first": first.best(language).text, "last": last.best(language).text}
    return word("overview_title", language, **ends)


def _stacked(
    rows: Sequence[Frequency],
    labels: Sequence[Text],
    label: str,
    caption: str,
    ident: str,
    language: Language,
) -> str:
    """Bars stacked to 100 per cent; `labels` are the rows' own, `label` that of the chart."""
    titles = [_row_title(label, row, language) for label, row in zip(labels, rows, strict=True)]
    heights = [LINE * len(lines) + 38 for lines in titles]
    palette = answer_colours(rows[0])
    with mpl.rc_context(rc()):
        axes = new_axes(sum(heights) + 26, 2, 2, 24, 8)
        for at, (row, lines) in enumerate(zip(rows, titles, strict=True)):
            top = sum(heights[:at])
            for line_at, line in enumerate(lines):
                axes.text(0, top + LINE * (line_at + 0.5) + 2, line, va="center")
            segments(axes, row, palette, top + LINE * len(lines) + 18)
        axes.spines["left"].set_visible(False)
        percent_axis(axes, language, at_edges=True)
        drawn = svg(axes.figure, alt_stacked(label, rows, language))
    return figure(answer_key(rows, palette, language) + drawn, caption, ident)


def _row_title(label: Text, row: Frequency, language: Language) -> list[str]:
    n = word("n_short", language, n=whole(row.bases.answered, language))
    return wrap(f"{label.best(language).text} ({n.replace(' ', NBSP)})", 52)


def answer_colours(table: Frequency) -> list[str]:
    """Colours for the opinions in the order in which they are shown."""
    ranked = sorted(table.opinions, key=lambda row: -(row.value or 0))
    found = dict(
        zip((row.key for row in ranked), colours(len(ranked), table.item.positive), strict=True)
    )
    return [found[row.key] for row in table.opinions]


def segments(
    axes: Axes, table: Frequency, palette: Sequence[str], middle: float, height: float = 23
) -> None:
    """One bar: the opinions side by side, then Vet ej after a gap."""
    parts = [
        *((row.percent, colour, 0.0) for row, colour in zip(table.opinions, palette, strict=True)),
        *((row.percent, APART, 1.2) for row in table.apart),
    ]
    draw_stack(axes, parts, middle, height)


def answer_key(rows: Sequence[Frequency], palette: Sequence[str], language: Language) -> str:
    """The key above a stacked chart, in the order of the bars' segments."""
    entries = [(row.label, colour) for row, colour in zip(rows[0].opinions, palette, strict=True)]
    apart = {row.key: row.label for table in rows for row in table.apart}
    entries += [(label, APART) for label in apart.values()]
    return key([(html.in_language(label, language), colour) for label, colour in entries], language)
