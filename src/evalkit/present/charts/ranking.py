"""The chart of a ranking: how often each option was given each rank."""

from __future__ import annotations

import matplotlib as mpl

from evalkit.analysis.ranking import RankedOption, Ranking
from evalkit.codebook import Language
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
from evalkit.present.ranked import alt_ranking, ranked_base_name
from evalkit.present.words import word
from evalkit.release import Released, opened


def ranking_chart(released: Released[Ranking], language: Language) -> str:
    """Options as bars stacked to 100 per cent: the ranks from the first, then who gave none."""
    table = opened(released)
    if table is None:
        return ""
    titles = [_title(each, language) for each in table.options]
    heights = [LINE * len(lines) + 38 for lines in titles]
    palette = colours(len(table.options), "")
    with mpl.rc_context(rc()):
        axes = new_axes(sum(heights) + 26, 2, 2, 24, 8)
        for at, (option, lines) in enumerate(zip(table.options, titles, strict=True)):
            top = sum(heights[:at])
            for line_at, line in enumerate(lines):
                axes.text(0, top + LINE * (line_at + 0.5) + 2, line, va="center")
            draw_stack(axes, _parts(option, palette), top + LINE * len(lines) + 18)
        axes.spines["left"].set_visible(False)
        percent_axis(axes, language, at_edges=True)
        drawn = svg(axes.figure, alt_ranking(released, language))
    caption = word(
        "caption_chart_ranking",
        language,
        number=html.escape(table.number),
        base_name=ranked_base_name(language),
        base=whole(table.base, language),
    )
    ranks = [word("rank_n", language, n=rank) for rank in range(1, len(table.options) + 1)]
    entries = [*zip(ranks, palette, strict=True), (word("unranked", language), APART)]
    content = key(entries, language) + drawn
    return figure(content, caption, html.anchor("diagram", table.number))


def _title(option: RankedOption, language: Language) -> list[str]:
    n = f"{word('ranked_by', language)} {whole(option.ranked, language)}".lower()
    return wrap(f"{option.item.label.best(language).text} ({n.replace(' ', NBSP)})", 52)


def _parts(option: RankedOption, palette: list[str]) -> list[tuple[float | None, str, float]]:
    ranks = zip(option.ranks, palette, strict=True)
    parts = [(share.percent, colour, 0.0) for share, colour in ranks]
    return [*parts, (option.unranked.percent, APART, 1.2)]
