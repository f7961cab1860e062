"""The histogram of a numeric item."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib as mpl
from matplotlib.axes import Axes

from evalkit.analysis.histogram import Bin
from evalkit.analysis.numeric import Numeric
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.charts.drawing import APART, BAR, INK, draw_bar, figure, new_axes, rc, svg
from evalkit.present.numbers import trimmed, whole
from evalkit.present.numeric import alt_histogram, bin_labels
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.rounding import half_up

_HEIGHT = 190
_ROOM = 20
"""Pixels above the highest bar, for its number."""
_MOST_WIDE = 14
"""With more bars than this their numbers are smaller, so as not to run into each other."""
_MOST_TICKS = 7


def histogram(released: Released[Numeric], language: Language) -> str:
    """Bars side by side over their numbers, with their per cents; open ends in grey."""
    table = opened(released)
    if table is None:
        return ""
    most = max((each.percent or 0.0 for each in table.bins), default=0.0) or 1.0
    with mpl.rc_context(rc()):
        axes = new_axes(_HEIGHT + _ROOM + 40, 12, _ROOM, 40, 12)
        axes.set_xlim(0, max(1, len(table.bins)))
        axes.set_ylim(0, most)
        axes.spines["left"].set_visible(False)
        axes.spines["bottom"].set_visible(True)
        axes.spines["bottom"].set_color(INK)
        axes.grid(visible=False)
        for at, each in enumerate(table.bins):
            share = each.percent or 0.0
            if each.n:
                draw_bar(axes, at, share / 2, 1, share, APART if _is_open(each) else BAR)
                _number(axes, at + 0.5, share, most, len(table.bins))
        ticks = list(_ticks(table, language))
        axes.set_xticks([at for at, _ in ticks], [text for _, text in ticks], fontsize=12)
        axes.tick_params(length=0, pad=4)
        drawn = svg(axes.figure, alt_histogram(released, language))
    caption = word(
        "caption_histogram",
        language,
        number=html.escape(table.number),
        base=whole(table.bases.answered, language),
    )
    return figure(drawn, caption, html.anchor("diagram", table.number))


def _number(axes: Axes, middle: float, share: float, most: float, bars: int) -> None:
    """The per cent above a bar."""
    size = 13 if bars <= _MOST_WIDE else 10.5
    top = share + most * 8 / _HEIGHT
    text = str(half_up(share))
    axes.text(middle, top, text, ha="center", va="center", weight=600, fontsize=size)


def _is_open(each: Bin) -> bool:
    return each.low is None or each.high is None


def _ticks(table: Numeric, language: Language) -> Iterator[tuple[float, str]]:
    """Where a number stands under the axis: in the middle of single ones, else at the edges."""
    if len(table.bins) == 1 or table.single:
        labels = bin_labels(table, language)
        for at, (each, label) in enumerate(zip(table.bins, labels, strict=True)):
            yield at + 0.5, _sign(each, language) or label
        return
    edges = [(at, each.low) for at, each in enumerate(table.bins) if each.low is not None]
    last = table.bins[-1].high
    edges += [(len(table.bins), last)] if last is not None else []
    step = -(-len(edges) // _MOST_TICKS)
    for at, edge in edges[::step]:
        yield at, trimmed(edge or 0, language, 6)


def _sign(each: Bin, language: Language) -> str:
    """An open end of single numbers, short: ≤ 2, ≥ 7."""
    if each.low is None and each.high is not None:
        return f"≤ {trimmed(each.high - 1, language, 6)}"
    if each.high is None and each.low is not None:
        return f"≥ {trimmed(each.low, language, 6)}"
    return ""
