"""How many themes have been raised after one group, two groups, …: a line within its band."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse, Polygon

from evalkit.analysis.theme_pairs import Saturated
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.charts.drawing import (
    APART,
    BAR,
    INK,
    WIDTH,
    figure,
    new_axes,
    rc,
    svg,
)
from evalkit.present.numbers import decimal, percent, whole
from evalkit.present.themes import View, alt_saturation
from evalkit.present.words import word
from evalkit.release import opened
from evalkit.release.themes import ReleasedThemes

_HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 260, 34, 22, 14, 44
_DOT = 9.0


def saturation_chart(released: ReleasedThemes, language: Language) -> str:
    """Mean and band of themes found by number of groups; empty where it cannot be worked out."""
    View(released, language)
    found = opened(released.saturation)
    if found is None:
        return ""
    with mpl.rc_context(rc()):
        axes = new_axes(_HEIGHT, _LEFT, _TOP, _BOTTOM, _RIGHT)
        _frame(axes, found, language)
        _band(axes, found)
        _line(axes, found, language)
        drawn = svg(axes.figure, alt_saturation(released, language))
    caption = word("themes_saturation_chart", language, level=percent(100 * found.level, language))
    return figure(_key(language) + drawn, html.escape(caption), "mattnad-diagram")


def _frame(axes: Axes, found: Saturated, language: Language) -> None:
    axes.set_xlim(0.7, found.groups + 0.3)
    axes.set_ylim(0, max(found.high) * 1.12)
    most = max(found.high)
    step = next(each for each in (1, 2, 5, 10, 20, 50, 100, 1000) if most / each <= 6)
    ticks = list(range(0, most + 1, step))
    axes.set_yticks(ticks, [whole(each, language) for each in ticks], fontsize=12)
    every = max(1, found.groups // 12 + (found.groups % 12 > 0)) if found.groups > 12 else 1
    shown = list(range(1, found.groups + 1, every))
    axes.set_xticks(shown, [whole(each, language) for each in shown], fontsize=12)
    axes.set_xlabel(word("themes_n_groups", language), fontsize=12)
    axes.tick_params(length=0, pad=4)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(True)
    axes.spines["bottom"].set_color(INK)


def _band(axes: Axes, found: Saturated) -> None:
    at = range(1, found.groups + 1)
    edge = [*zip(at, found.low, strict=True), *reversed(list(zip(at, found.high, strict=True)))]
    band = Polygon(edge, closed=True, facecolor=APART, edgecolor=INK, linewidth=0.8, linestyle="--")
    axes.add_patch(band)


def _line(axes: Axes, found: Saturated, language: Language) -> None:
    at = list(range(1, found.groups + 1))
    axes.plot(at, found.mean, color=BAR, linewidth=2.2, zorder=3)
    wide = (axes.get_xlim()[1] - axes.get_xlim()[0]) / (WIDTH - _LEFT - _RIGHT)
    tall = axes.get_ylim()[1] / (_HEIGHT - _TOP - _BOTTOM)
    for x, y in zip(at, found.mean, strict=True):
        dot = Ellipse((x, y), _DOT * wide, _DOT * tall, facecolor=BAR, edgecolor=INK, zorder=4)
        dot.set_clip_on(False)
        axes.add_artist(dot)
    first, last = (decimal(found.mean[each], language, 1) for each in (0, -1))
    axes.text(
        1 + 10 * wide, found.mean[0] - 2 * tall, first, ha="left", va="top", fontsize=12,
        weight=600, zorder=5,
    )  # fmt: skip
    axes.text(
        at[-1], found.mean[-1] + 9 * tall, last, ha="center", va="bottom", fontsize=12,
        weight=600, zorder=5,
    )  # fmt: skip


def _key(language: Language) -> str:
    items = "".join(
        f'<li><span class="swatch{kind}" style="background:{colour}"></span>'
        f"{html.escape(word(key, language))}</li>"
        for key, colour, kind in (
            ("themes_key_mean", BAR, " thin"),
            ("themes_key_band", APART, ""),
        )
    )
    return f'<ul class="key" aria-label="{word("key", language)}">{items}</ul>'
