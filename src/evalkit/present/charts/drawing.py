"""What the charts are drawn with: axes, bars, colours, and the SVG of a finished figure.

Text stays text, in the font that the page carries, so a chart can be searched and read aloud. Sizes
are in CSS pixels: a chart is drawn as wide as it is shown beside its table.
"""

from __future__ import annotations

import io
import json
import re
import warnings
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.patches import Rectangle

from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.numbers import percent
from evalkit.present.words import word
from evalkit.rounding import half_up

FONT = "Evalkit Inter"
INK = "#1b1b1f"
BAR = "#5e4a9b"
APART = "#e3e3e6"

WIDTH = 370
LABELS = 146
ROW = 34
LINE = 15
_TEXT = 13
_POINTS = 72


@cache
def _style() -> dict[str, Any]:
    style: dict[str, Any] = json.loads(
        files("evalkit.present").joinpath("style.json").read_text("utf-8")
    )
    return style


@cache
def rc() -> Any:
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


def new_axes(
    height: float, left: float, top: float, bottom: float, right: float, width: float = WIDTH
) -> Axes:
    """Axes with explicit margins in pixels, y downwards in pixels, x from 0 to 100 per cent."""
    figure = Figure(figsize=(width / _POINTS, height / _POINTS), dpi=_POINTS)
    FigureCanvasSVG(figure)
    axes = figure.add_axes(
        (
            left / width,
            bottom / height,
            (width - left - right) / width,
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


def percent_axis(axes: Axes, language: Language, at_edges: bool = False) -> None:
    """Three marks and no lines; `at_edges` keeps the outer marks within the bars' width."""
    ticks = (0, 50, 100)
    axes.set_xticks(ticks, [percent(tick, language) for tick in ticks], fontsize=12)
    axes.tick_params(length=0, pad=4)
    axes.grid(visible=False)
    if at_edges:
        first, _, last = axes.get_xticklabels()
        first.set_horizontalalignment("left")
        last.set_horizontalalignment("right")


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` characters, broken at spaces, hyphens and slashes.

    A line is never wider than so many ordinary letters either; a word that is gets a hyphen.
    """
    lines = [""]
    for piece in re.findall(r"[^ /-]*(?:[/-]+| |$)", text):
        for part in _fitting(piece, width):
            if lines[-1] and not _fits((lines[-1] + part).rstrip(), width):
                lines.append("")
            lines[-1] += part
    return [line.strip() for line in lines if line.strip()] or [""]


_LETTER = 6.95
"""Width in pixels of an ordinary letter: twenty fit beside the bars."""


def _fits(line: str, width: int) -> bool:
    return len(line) <= width and sum(map(_advance, line)) <= width * _LETTER


@cache
def _advance(letter: str) -> float:
    """How wide a letter is in the charts' font, in pixels; a square where the font has none."""
    if not _font().get_char_index(ord(letter)):
        return float(_TEXT)
    glyph = _font().load_char(ord(letter), LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65536


@cache
def _font() -> FT2Font:
    font = FT2Font(str(files("evalkit.present").joinpath("fonts", "EvalkitInter-Regular.ttf")))
    font.set_size(_TEXT, _POINTS)
    return font


def _fitting(piece: str, width: int) -> list[str]:
    """A word in as many parts as it takes, each but the last with a hyphen."""
    word = piece.rstrip()
    if _fits(word, width):
        return [piece]
    at = _middle(word)
    return [*_fitting(f"{word[:at]}-", width), *_fitting(piece[at:], width)]


def _middle(word: str) -> int:
    """Where to break a word: near its middle, after an s (as Swedish compounds have) if it can."""
    half = len(word) // 2
    near = sorted(
        range(max(2, half - 3), min(len(word) - 2, half + 4)), key=lambda at: abs(at - half)
    )
    return next((at for at in near if word[at - 1] == "s"), max(half, 1))


def draw_bar(
    axes: Axes, left: float, middle: float, width: float, height: float, colour: str
) -> None:
    """A bar with a dark outline; an artist by itself is drawn at half the cost of `barh`."""
    corner = (left, middle - height / 2)
    bar = Rectangle(corner, width, height, facecolor=colour, edgecolor=INK, linewidth=1)
    bar.set_clip_on(False)
    axes.add_artist(bar)


_NARROWEST_LABEL = 3.0


def draw_stack(
    axes: Axes,
    parts: Sequence[tuple[float | None, str, float]],
    middle: float,
    height: float = 23,
    narrowest: float = _NARROWEST_LABEL,
) -> None:
    """One bar of parts side by side, with numbers where there is room.

    A part is (per cent, colour, gap before it), all to fit in 100; one `narrowest` or wider has
    its number.
    """
    start = 0.0
    scale = 1 - sum(gap for value, _, gap in parts if value) / 100
    for value, colour, gap in parts:
        share = (value or 0.0) * scale
        if share == 0:
            continue
        draw_bar(axes, start + gap, middle, share, height, colour)
        if share >= narrowest:
            axes.text(
                start + gap + share / 2, middle, str(half_up(value or 0.0)), va="center",
                ha="center", color=ink_on(colour), fontsize=11.5, weight=600,
            )  # fmt: skip
        start += gap + share


def key(entries: Sequence[tuple[str, str]], language: Language) -> str:
    """The key above a stacked chart, from (text as HTML, colour) in the order of the bars."""
    items = "".join(
        f'<li><span class="swatch" style="background:{colour}"></span>{text}</li>'
        for text, colour in entries
    )
    return f'<ul class="key" aria-label="{word("key", language)}">{items}</ul>'


def figure(content: str, caption: str, ident: str) -> str:
    """A chart's SVG (and key) with its caption; all HTML."""
    return f'<figure id="{ident}"><figcaption>{caption}</figcaption>{content}</figure>'


def svg(drawn: Any, alternative: str) -> str:
    """The figure as an SVG element with an alternative text and without ids.

    matplotlib's prolog, metadata, groups and clipping are left out: nothing here is clipped, and
    the groups' ids are the same in every chart, whereas an id may stand only once in a page.
    """
    out = io.StringIO()
    with warnings.catch_warnings():
        # The browser has other fonts for what ours does not hold, such as an emoji.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        drawn.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    body = text[text.index("</defs>") + len("</defs>") : text.rindex("</svg>")]
    for pattern, replacement in _SLIMMER:
        body = pattern.sub(replacement, body)
    width, height = (round(length * _POINTS) for length in drawn.get_size_inches())
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
