"""Shares as points with their intervals as lines, against 0 to 100 per cent."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse

from evalkit.analysis.certainty import Sure, SureShare
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.certainty import alt_intervals, certainty_findings
from evalkit.present.charts.drawing import (
    APART,
    BAR,
    INK,
    LINE,
    WIDTH,
    draw_bar,
    figure,
    new_axes,
    percent_axis,
    rc,
    svg,
    wrap,
)
from evalkit.present.inference import estimate_text
from evalkit.present.numbers import whole
from evalkit.present.sentences import labels_text
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.estimates import ShownCertainty

_LANE = 24
_LEFT = 6
_RIGHT = 50
_TRACK = "#c9c9d1"


def interval_chart(released: Released[ShownCertainty], language: Language) -> str:
    """A lane for each share: what is possible as a band, the interval as a line, the share."""
    shown = opened(released)
    rows = () if shown is None else tuple(each for each in shown.rows if each.shares)
    if shown is None or not rows:
        return ""
    texts = [[_lines(row, share, at, language) for at, share in enumerate(row.shares)]
             for row in rows]  # fmt: skip
    heights = [sum(LINE * len(lines) + _LANE for lines, _ in each) + 8 for each in texts]
    with mpl.rc_context(rc()):
        axes = new_axes(sum(heights) + 30, _LEFT, 4, 26, _RIGHT)
        axes.spines["left"].set_visible(False)
        top = 0.0
        for row, lanes, height in zip(rows, texts, heights, strict=True):
            _item(axes, row, lanes, top, language)
            top += height
        percent_axis(axes, language, at_edges=True)
        finding = " ".join(certainty_findings(released, language))
        drawn = svg(axes.figure, alt_intervals(shown, finding, language))
    caption = word("certainty_chart", language, n=whole(shown.certainty.included, language))
    return figure(_key(shown, language) + drawn, caption, "sakerhet-diagram")


def _lines(row: Sure, share: SureShare, at: int, language: Language) -> tuple[list[str], int]:
    """The text over a lane, and how many of its lines are the item's own."""
    title = wrap(row.title.best(language).text, 46) if at == 0 else []
    if row.positive:
        return title, len(title)
    return [*title, *wrap(labels_text(share.labels, language), 46)], len(title)


def _item(
    axes: Axes, row: Sure, lanes: Sequence[tuple[list[str], int]], top: float, language: Language
) -> None:
    for share, (lines, own) in zip(row.shares, lanes, strict=True):
        for at, line in enumerate(lines):
            weight = 600 if at < own else 400
            axes.text(0, top + LINE * (at + 0.5), line, va="center", weight=weight)
        top += LINE * len(lines)
        _lane(axes, share, top + _LANE / 2, language)
        top += _LANE


def _lane(axes: Axes, share: SureShare, middle: float, language: Language) -> None:
    _line(axes, (0, 100), middle, 1, _TRACK)
    for edge in (0, 50, 100):
        mark = Line2D([edge, edge], [middle - 4, middle + 4], color=_TRACK, linewidth=1)
        mark.set_clip_on(False)
        axes.add_artist(mark)
    interval = share.interval
    if interval.estimate is None:
        return
    at = 100 * interval.estimate
    possible = share.possible_shares
    if possible is not None and interval.low is not None:
        low, high = (100 * each for each in possible)
        draw_bar(axes, low, middle, high - low, 12, APART)
    if interval.low is not None and interval.high is not None:
        _line(axes, (100 * interval.low, 100 * interval.high), middle, 2.5, INK)
    size = 10 * 100 / (WIDTH - _LEFT - _RIGHT)
    point = Ellipse((at, middle), size, 10, facecolor=BAR, edgecolor="white", linewidth=1)
    point.set_clip_on(False)
    point.set_zorder(3)
    axes.add_artist(point)
    text = estimate_text(interval.estimate, language)
    axes.text(102.5, middle, text, va="center", weight=600)


def _line(axes: Axes, ends: tuple[float, float], middle: float, width: float, colour: str) -> None:
    line = Line2D(ends, [middle, middle], color=colour, linewidth=width, solid_capstyle="butt")
    line.set_clip_on(False)
    axes.add_artist(line)


def _key(shown: ShownCertainty, language: Language) -> str:
    """What point, line and band stand for."""
    entries = [("point", BAR, "key_share"), ("thin", INK, "key_interval")]
    if any(share.possible is not None for row in shown.rows for share in row.shares):
        entries.append(("", APART, "key_possible"))
    items = "".join(
        f'<li><span class="swatch {kind}" style="background:{colour}"></span>'
        f"{html.escape(word(name, language))}</li>"
        for kind, colour, name in entries
    )
    return f'<ul class="key" aria-label="{word("key", language)}">{items}</ul>'
