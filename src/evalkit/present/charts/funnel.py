"""A funnel plot: the share of every unit against its number of answers, between the limits."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse
from matplotlib.ticker import MaxNLocator

from evalkit.analysis.funnels import Funnel
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.charts.drawing import BAR, INK, WIDTH, figure, new_axes, rc, svg, wrap
from evalkit.present.comparisons import Sides
from evalkit.present.numbers import percent, whole
from evalkit.present.sentences import capital, labels_text
from evalkit.present.standing import alt_funnel, own_point
from evalkit.present.words import word
from evalkit.release import Released, opened

_HEIGHT = 300
_LEFT, _TOP, _BOTTOM, _RIGHT = 44, 10, 44, 46
_OTHERS = "#ffffff"
_LIMIT = "#6b6b76"
_LINE_APART = 6.0
"""Per cent between the names of two lines, at least."""
_ABOVE_TEXT = 4
_LABEL_LIFT = 6.5
"""Per cent between the unit's point and its name."""


def funnel_chart(released: Released[Funnel], ident: str, sides: Sides, language: Language) -> str:
    """The limits as lines, other units as rings, the unit as a filled and named point."""
    funnel = opened(released)
    if funnel is None:
        return ""
    most = funnel.curve[-1].n
    with mpl.rc_context(rc()):
        axes = new_axes(_HEIGHT, _LEFT, _TOP, _BOTTOM, _RIGHT)
        axes.set_xlim(0, most)
        axes.set_ylim(0, 100)
        _limits(axes, funnel, most, language)
        _points(axes, funnel, sides, language)
        _axes(axes, language)
        drawn = svg(axes.figure, alt_funnel(released, sides, language))
    caption = word(
        "funnel_caption_chart",
        language,
        number=html.escape(funnel.number),
        answers=html.escape(labels_text(funnel.answers, language)),
        n=whole(len(funnel.points), language),
        whole=html.escape(sides.names(language)["whole"]),
        percent=percent(funnel.target.percent, language),
    )
    return figure(_key(sides, language) + drawn, caption, ident)


def _limits(axes: Axes, funnel: Funnel, most: int, language: Language) -> None:
    sizes = [each.n for each in funnel.curve]
    last = funnel.curve[-1]
    target = funnel.target.percent or 0.0
    for low, high, dashes in (
        ([each.low for each in funnel.curve], [each.high for each in funnel.curve], (4, 3)),
        ([each.far_low for each in funnel.curve], [each.far_high for each in funnel.curve], ()),
    ):
        for bound in (low, high):
            line = Line2D(sizes, bound, color=_LIMIT, linewidth=1.1)
            if dashes:
                line.set_dashes(dashes)
            line.set_clip_on(False)
            axes.add_line(line)
    axes.add_line(Line2D([0, most], [target, target], color=INK, linewidth=1.2))
    near, far = word("funnel_near", language), word("funnel_far", language)
    if last.high + _LINE_APART <= 100:
        ends = (last.high, max(last.far_high, last.high + _LINE_APART))
    else:
        ends = (last.low, min(last.far_low, last.low - _LINE_APART))
    for at, text in zip(ends, (near, far), strict=True):
        axes.text(most * 1.015, at, text, va="center", fontsize=11)


def _points(axes: Axes, funnel: Funnel, sides: Sides, language: Language) -> None:
    for each in funnel.points:
        if each.name != funnel.own:
            _point(axes, each.share.base, each.share.percent or 0.0, 6, _OTHERS)
    own = own_point(funnel)
    if own is None:
        return
    n, share = own.share.base, own.share.percent or 0.0
    _point(axes, n, share, 10, BAR)
    above = share < 100 - 2 * _LABEL_LIFT
    lines = wrap(capital(sides.names(language)["unit"]), 24)
    name = lines[0] + (" …" if len(lines) > 1 else "")
    at = n / funnel.curve[-1].n
    side = "left" if at < 0.2 else "right" if at > 0.8 else "center"
    lift = _LABEL_LIFT if above else -_LABEL_LIFT
    axes.text(
        n, share + lift, name, ha=side, va="center", weight=600,
        bbox={"facecolor": "#ffffff", "edgecolor": "none", "alpha": 0.85, "pad": 1},
    )  # fmt: skip


def _point(axes: Axes, x: float, y: float, size: float, colour: str) -> None:
    """A round point `size` pixels wide, as an artist of its own: markers are drawn by reference."""
    across = size * axes.get_xlim()[1] / (WIDTH - _LEFT - _RIGHT)
    down = size * 100 / (_HEIGHT - _TOP - _BOTTOM)
    point = Ellipse((x, y), across, down, facecolor=colour, edgecolor=INK, linewidth=1)
    point.set_clip_on(False)
    point.set_zorder(_ABOVE_TEXT)
    axes.add_artist(point)


def _axes(axes: Axes, language: Language) -> None:
    ticks = (0, 25, 50, 75, 100)
    axes.set_yticks(ticks, [percent(each, language) for each in ticks], fontsize=12)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=2))
    places = [at for at in axes.get_xticks() if 0 <= at <= axes.get_xlim()[1]]
    axes.set_xticks(places, [whole(round(at), language) for at in places], fontsize=12)
    axes.set_xlabel(word("funnel_x", language), fontsize=12)
    axes.tick_params(length=0, pad=4)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(True)
    axes.spines["bottom"].set_color(INK)


def _key(sides: Sides, language: Language) -> str:
    unit = html.escape(capital(sides.names(language)["unit"]))
    items = "".join(
        f'<li><span class="swatch round" style="background:{colour}"></span>{text}</li>'
        for colour, text in ((BAR, unit), (_OTHERS, word("funnel_others", language)))
    )
    items += f'<li><span class="line dashed"></span>{word("funnel_limits", language)}</li>'
    items += f'<li><span class="line"></span>{word("funnel_far_limits", language)}</li>'
    return f'<ul class="key" aria-label="{word("key", language)}">{items}</ul>'
