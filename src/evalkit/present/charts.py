"""Released tables → charts, as SVG for the page. The one room that knows matplotlib.

Text stays text, in the font that the page carries, so a chart can be searched and read aloud. Sizes
are in CSS pixels: a chart is drawn as wide as it is shown beside its table.
"""

from __future__ import annotations

import io
import json
import re
import textwrap
import warnings
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from evalkit.analysis.frequency import Frequency, Grid
from evalkit.codebook import Language, Text
from evalkit.present import html
from evalkit.present.numbers import NBSP, percent, whole
from evalkit.present.sentences import (
    alt_bars,
    alt_stacked,
    base_name,
    base_range,
    overview_number,
    quoted,
)
from evalkit.present.words import word
from evalkit.release import OverviewRows, Released, opened
from evalkit.rounding import half_up

FONT = "Evalkit Inter"
INK = "#1b1b1f"
BAR = "#5e4a9b"
APART = "#e3e3e6"

_WIDTH = 370
_LABELS = 146
_ROW = 34
_LINE = 15
_TEXT = 13
_NARROWEST_LABEL = 3.0
_POINTS = 72


@cache
def _style() -> dict[str, Any]:
    style: dict[str, Any] = json.loads(
        files("evalkit.present").joinpath("style.json").read_text("utf-8")
    )
    return style


@cache
def _rc() -> Any:
    """Seaborn's theme with our font; text is left as text."""
    for weight in ("Regular", "SemiBold"):
        with_path = files("evalkit.present").joinpath("fonts", f"EvalkitInter-{weight}.ttf")
        font_manager.fontManager.addfont(str(with_path))
    return {
        **_style()["rc"],
        "font.family": [FONT],
        "font.size": _TEXT,
        "text.color": INK,
        "svg.fonttype": "none",
        "svg.hashsalt": "evalkit",
        "text.parse_math": False,
    }


def colours(steps: int, positive: str) -> list[str]:
    """A colour for each answer from the highest code to the lowest.

    Purple stands for the positive end and orange for the negative one, which readers with any kind
    of colour blindness tell apart; shades of purple where the scale has no positive end.
    """
    palettes = _style()["diverging" if positive in ("high", "low") else "sequential"]
    most = max(int(each) for each in palettes)
    palette = list(palettes[str(min(max(steps, 2), most))])
    if steps > most:
        palette = [palette[at * most // steps] for at in range(steps)]
    palette = palette[:steps]
    return palette[::-1] if positive == "low" else palette


def ink_on(colour: str) -> str:
    """Black or white, whichever contrasts more with `colour` (WCAG 2.1 relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "#000000"


def _axes(height: float, left: float, top: float, bottom: float, right: float) -> Axes:
    """Axes with explicit margins in pixels, y downwards in pixels, x from 0 to 100 per cent."""
    figure = Figure(figsize=(_WIDTH / _POINTS, height / _POINTS), dpi=_POINTS)
    FigureCanvasSVG(figure)
    axes = figure.add_axes(
        (
            left / _WIDTH,
            bottom / height,
            (_WIDTH - left - right) / _WIDTH,
            (height - top - bottom) / height,
        )
    )
    axes.set_xlim(0, 100)
    axes.set_ylim(height - top - bottom, 0)
    axes.set_yticks([])
    axes.patch.set_visible(False)
    figure.patch.set_visible(False)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.spines["left"].set_color(INK)
    return axes


def _percent_axis(axes: Axes, language: Language, at_edges: bool = False) -> None:
    """Three marks and no lines; `at_edges` keeps the outer marks within the bars' width."""
    ticks = (0, 50, 100)
    axes.set_xticks(ticks, [percent(tick, language) for tick in ticks], fontsize=12)
    axes.tick_params(length=0, pad=4)
    axes.grid(visible=False)
    if at_edges:
        first, _, last = axes.get_xticklabels()
        first.set_horizontalalignment("left")
        last.set_horizontalalignment("right")


def bar_chart(released: Released[Frequency], language: Language) -> str:
    """Horizontal bars in the scale's order with their per cents, Vet ej set apart below."""
    table = opened(released)
    if table is None:
        return ""
    rows = (*table.opinions, *table.apart)
    labels = [_wrap(row.label.best(language).text, 20) for row in rows]
    heights = [max(_ROW, _LINE * len(lines) + 10) for lines in labels]
    gap = 10 if table.apart else 0
    tops = [sum(heights[:at]) + (gap if row in table.apart else 0) for at, row in enumerate(rows)]
    plot = sum(heights) + gap
    with mpl.rc_context(_rc()):
        axes = _axes(plot + 30, _LABELS, 4, 26, 46)
        for row, lines, top, height in zip(rows, labels, tops, heights, strict=True):
            middle = top + height / 2
            share = row.percent or 0.0
            colour = APART if row in table.apart else BAR
            _bar(axes, 0, middle, share, 21, colour)
            axes.text(share + 2.5, middle, percent(row.percent, language), va="center", weight=600)
            for at, line in enumerate(lines):
                offset = (at - (len(lines) - 1) / 2) * _LINE
                axes.text(-3.5, middle + offset, line, va="center", ha="right")
        _percent_axis(axes, language)
        svg = _svg(axes.figure, alt_bars(released, language))
    caption = word(
        "caption_chart",
        language,
        number=html.escape(table.number),
        base_name=base_name(table, language),
        base=whole(table.bases.answered, language),
    )
    return _figure(svg, caption, html.anchor("diagram", table.number))


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
    heights = [_LINE * len(lines) + 38 for lines in titles]
    palette = _palette(rows[0])
    with mpl.rc_context(_rc()):
        axes = _axes(sum(heights) + 26, 2, 2, 24, 8)
        for at, (row, lines) in enumerate(zip(rows, titles, strict=True)):
            top = sum(heights[:at])
            for line_at, line in enumerate(lines):
                axes.text(0, top + _LINE * (line_at + 0.5) + 2, line, va="center")
            _segments(axes, row, palette, top + _LINE * len(lines) + 18)
        axes.spines["left"].set_visible(False)
        _percent_axis(axes, language, at_edges=True)
        svg = _svg(axes.figure, alt_stacked(label, rows, language))
    return _figure(_key(rows, palette, language) + svg, caption, ident)


def _row_title(label: Text, row: Frequency, language: Language) -> list[str]:
    n = word("n_short", language, n=whole(row.bases.answered, language))
    return _wrap(f"{label.best(language).text} ({n.replace(' ', NBSP)})", 52)


def _wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` characters, broken at spaces, hyphens and slashes."""
    lines = [""]
    for piece in re.findall(r"[^ /-]*(?:[/-]+| |$)", text):
        if lines[-1] and len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [part for line in lines for part in textwrap.wrap(line, width)] or [""]


def _palette(table: Frequency) -> list[str]:
    """Colours for the opinions in the order in which they are shown."""
    ranked = sorted(table.opinions, key=lambda row: -(row.value or 0))
    found = dict(
        zip((row.key for row in ranked), colours(len(ranked), table.item.positive), strict=True)
    )
    return [found[row.key] for row in table.opinions]


def _segments(axes: Axes, table: Frequency, palette: Sequence[str], middle: float) -> None:
    """One bar: the opinions side by side, then Vet ej after a gap; numbers where there is room."""
    shown = [
        *((row, colour, 0.0) for row, colour in zip(table.opinions, palette, strict=True)),
        *((row, APART, 1.2) for row in table.apart),
    ]
    start = 0.0
    scale = 1 - sum(gap for row, _, gap in shown if row.percent) / 100
    for row, colour, gap in shown:
        share = (row.percent or 0.0) * scale
        if share == 0:
            continue
        _bar(axes, start + gap, middle, share, 23, colour)
        if share >= _NARROWEST_LABEL:
            text = str(half_up(row.percent or 0.0))
            axes.text(
                start + gap + share / 2, middle, text, va="center", ha="center",
                color=ink_on(colour), fontsize=11.5, weight=600,
            )  # fmt: skip
        start += gap + share


def _bar(axes: Axes, left: float, middle: float, width: float, height: float, colour: str) -> None:
    """A bar with a dark outline; an artist by itself is drawn at half the cost of `barh`."""
    corner = (left, middle - height / 2)
    bar = Rectangle(corner, width, height, facecolor=colour, edgecolor=INK, linewidth=1)
    bar.set_clip_on(False)
    axes.add_artist(bar)


def _key(rows: Sequence[Frequency], palette: Sequence[str], language: Language) -> str:
    """The key above a stacked chart, in the order of the bars' segments."""
    entries = [(row.label, colour) for row, colour in zip(rows[0].opinions, palette, strict=True)]
    apart = {row.key: row.label for table in rows for row in table.apart}
    entries += [(label, APART) for label in apart.values()]
    items = "".join(
        f'<li><span class="swatch" style="background:{colour}"></span>'
        f"{html.in_language(label, language)}</li>"
        for label, colour in entries
    )
    return f'<ul class="key" aria-label="{word("key", language)}">{items}</ul>'


def _figure(content: str, caption: str, ident: str) -> str:
    return f'<figure id="{ident}"><figcaption>{caption}</figcaption>{content}</figure>'


def _svg(figure: Any, alternative: str) -> str:
    """The figure as an SVG element with an alternative text and without ids.

    matplotlib's prolog, metadata, groups and clipping are left out: nothing here is clipped, and
    the groups' ids are the same in every chart, whereas an id may stand only once in a page.
    """
    out = io.StringIO()
    with warnings.catch_warnings():
        # The browser has other fonts for what ours does not hold, such as an emoji.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    body = text[text.index("</defs>") + len("</defs>") : text.rindex("</svg>")]
    for pattern, replacement in _SLIMMER:
        body = pattern.sub(replacement, body)
    width, height = (round(length * _POINTS) for length in figure.get_size_inches())
    return (
        f'<svg role="img" aria-label="{html.escape(alternative)}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="\'{FONT}\', sans-serif" '
        f'font-size="{_TEXT}" fill="{INK}">'
        f"{body.strip()}</svg>"
    )


_SLIMMER = tuple(
    (re.compile(pattern, re.DOTALL), replacement)
    for pattern, replacement in (
        (r"<defs>.*?</defs>", ""),
        (r"</?g\b[^>]*>", ""),
        (r' clip-path="[^"]*"', ""),
        (r' transform="rotate\(-0 [^"]*"', ""),
        (rf"font-family: '{FONT}'; ", ""),
        (rf"font-size: {_TEXT}px; ", ""),
        (rf'(<text style="[^"]*?);? ?fill: {INK}"', r'\1"'),
        (r"text-anchor: start;? ?", ""),
        (r"; stroke-linejoin: miter", ""),
        (r' style=""', ""),
        (r"(\d\.\d\d)\d+(?=[^<>]*>)", r"\1"),
        (r">\s+<", "><"),
        (r"\s*\n\s*", " "),
    )
)
