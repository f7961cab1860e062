"""What changed between two rounds: for each item an open ring, a line and a filled dot."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse, Rectangle

from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.changes import OverviewRow, RoundNames, alt_changes, charted
from evalkit.present.charts.drawing import (
    APART,
    BAR,
    INK,
    LINE,
    WIDTH,
    figure,
    new_axes,
    percent_axis,
    rc,
    svg,
    wrap,
)
from evalkit.present.numbers import NBSP, percent, whole
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.changes import ShownChanges

_LEFT, _RIGHT = 46, 46
"""Room for a number beside the outermost marks."""
_BETWEEN = 40
_DOT = 13.0
_PIXEL = 100 / (WIDTH - _LEFT - _RIGHT)
"""A pixel on the axis of per cents."""


def change_chart(released: Released[ShownChanges], names: RoundNames, language: Language) -> str:
    """The share of each item in the last two rounds, in the questionnaire's order by section."""
    found = opened(released)
    rows = [] if found is None else charted(found)
    if not rows:
        return ""
    drawn = ""
    with mpl.rc_context(rc()):
        for at, panel in enumerate(_panels(rows, names, language)):
            own = [row for *_, row in panel if row is not None]
            alternative = alt_changes(released, names, own, language, first=at == 0)
            drawn += svg(_panel(panel, language).figure, alternative)
    fields = {key: html.escape(each) for key, each in names.last_two(language).items()}
    caption = word("change_chart_caption", language, **fields)
    content = f'{_key(names, language)}<div class="panels">{drawn}</div>'
    return figure(content, caption, "forandring-diagram")


_Block = tuple[float, Sequence[str], OverviewRow | None]
_TALLEST = 560
"""A panel is not higher than this, so that it goes on a printed page and two beside each other."""


def _panels(
    rows: Sequence[OverviewRow], names: RoundNames, language: Language
) -> list[list[_Block]]:
    """The rows under the titles of their sections, in panels: whole sections as far as they fit."""
    panels: list[list[_Block]] = [[]]
    for section, some in groupby(rows, key=lambda each: each.section):
        blocks = _blocks(section, list(some), names, language)
        if panels[-1] and _height([*panels[-1], *blocks]) > _TALLEST:
            panels.append([])
        for block in blocks:
            if _height([*panels[-1], block]) > _TALLEST:
                panels.append([])
            panels[-1].append(block)
    return panels


def _height(blocks: Sequence[_Block]) -> float:
    return sum(tall for tall, *_ in blocks)


def _blocks(
    section: str, rows: Sequence[OverviewRow], names: RoundNames, language: Language
) -> list[_Block]:
    """Height, lines of text and marks: of a section's title, and of each of its rows."""
    blocks: list[_Block] = []
    if section in names.sections:
        lines = wrap(names.sections[section].title.best(language).text, 48)
        blocks.append((LINE * len(lines) + 8, lines, None))
    for row in rows:
        lines = wrap(_label(row, language), 52)
        blocks.append((LINE * len(lines) + _BETWEEN - 4, lines, row))
    return blocks


def _panel(blocks: Sequence[_Block], language: Language) -> Axes:
    axes = new_axes(_height(blocks) + 26, _LEFT, 2, 24, _RIGHT)
    top = 0.0
    for tall, lines, row in blocks:
        _text(axes, lines, top, bold=row is None)
        if row is not None:
            _marks(axes, row, top + LINE * len(lines) + 13, language)
        top += tall
    axes.spines["left"].set_visible(False)
    percent_axis(axes, language)
    return axes


def _label(row: OverviewRow, language: Language) -> str:
    """The item, of an unordered one its answer, and how many the two shares are of."""
    label = row.title.best(language).text
    if row.counted and row.share.key != "positive":
        label = f"{label}: {row.counted[0].best(language).text}"
    before, last = (0 if each is None else each.base for each in row.share.shares[-2:])
    n = word("n_two", language, before=whole(before, language), last=whole(last, language))
    return f"{label} ({n.replace(' ', NBSP)})"


def _text(axes: Axes, lines: Sequence[str], top: float, *, bold: bool) -> None:
    for at, line in enumerate(lines):
        axes.text(
            -_LEFT * _PIXEL, top + LINE * (at + 0.5) + 2, line, va="center",
            weight=600 if bold else 400,
        )  # fmt: skip


def _marks(axes: Axes, row: OverviewRow, middle: float, language: Language) -> None:
    before, last = (
        0.0 if each is None or each.percent is None else each.percent
        for each in row.share.shares[-2:]
    )
    _bar(axes, 0, 100, middle, 1, APART)
    _bar(axes, min(before, last), max(before, last), middle, 3, BAR)
    _dot(axes, before, middle, _DOT, "#ffffff")
    # The last one is smaller, so that the ring is seen around it where the two are the same.
    _dot(axes, last, middle, _DOT - 4 if abs(before - last) < 1 else _DOT, BAR)
    away = (_DOT / 2 + 4) * _PIXEL
    ends = ((before, 400), (last, 600))
    low, high = sorted(ends, key=lambda each: each[0])
    if percent(before, language) != percent(last, language):
        _number(axes, low[0] - away, middle, percent(low[0], language), "right", low[1])
    _number(axes, high[0] + away, middle, percent(high[0], language), "left", high[1])


def _number(axes: Axes, x: float, middle: float, text: str, side: str, weight: int) -> None:
    # What is drawn after the track covers it, so that the number stands on white.
    wide = (8 * len(text) + 3) * _PIXEL
    _bar(axes, x - wide if side == "right" else x, x if side == "right" else x + wide, middle, 5,
         "#ffffff")  # fmt: skip
    axes.text(x, middle, text, va="center", ha=side, weight=weight, fontsize=12)


def _bar(axes: Axes, low: float, high: float, middle: float, thick: float, colour: str) -> None:
    bar = Rectangle((low, middle - thick / 2), high - low, thick, facecolor=colour, linewidth=0)
    bar.set_clip_on(False)
    axes.add_artist(bar)


def _dot(axes: Axes, x: float, middle: float, size: float, colour: str) -> None:
    dot = Ellipse((x, middle), size * _PIXEL, size, facecolor=colour, edgecolor=INK, linewidth=1.5)
    dot.set_clip_on(False)
    axes.add_artist(dot)


def _key(names: RoundNames, language: Language) -> str:
    """The open ring and the filled dot by name."""
    entries = zip(names.names(language)[-2:], ("#ffffff", BAR), strict=True)
    items = "".join(
        f'<li><span class="swatch dot" style="background:{colour}"></span>{html.escape(name)}</li>'
        for name, colour in entries
    )
    return f'<ul class="key" aria-label="{word("key", language)}">{items}</ul>'
