"""One item's answers as a small bar for a cell of a table, and the key that all of them share."""

from __future__ import annotations

import matplotlib as mpl

from evalkit.analysis.frequency import Frequency
from evalkit.codebook import Language
from evalkit.present.charts.drawing import APART, colours, draw_stack, key, new_axes, rc, svg
from evalkit.present.charts.stacked import answer_colours
from evalkit.present.numbers import whole
from evalkit.present.sentences import bars_text, quoted
from evalkit.present.words import word
from evalkit.release import Released, opened

STRIP = 216
"""Width in pixels."""
_NARROWEST = 11.0


def strip(released: Released[Frequency], language: Language) -> str:
    """The answers stacked to 100 per cent; empty where they may overlap, or nobody answered."""
    table = opened(released)
    if table is None or table.overlapping or not table.bases.answered:
        return ""
    parts = [
        *(
            (row.percent, colour, 0.0)
            for row, colour in zip(table.opinions, answer_colours(table), strict=True)
        ),
        *((row.percent, APART, 1.5) for row in table.apart),
    ]
    fields = {
        "label": quoted(table.title, language),
        "bars": bars_text(table, language),
        "n": whole(table.bases.answered, language),
    }
    with mpl.rc_context(rc()):
        axes = new_axes(26, 1, 2, 2, 1, width=STRIP)
        axes.spines["left"].set_visible(False)
        axes.set_xticks([])
        draw_stack(axes, parts, 11, 20, narrowest=_NARROWEST)
        return svg(axes.figure, word("joint_strip_alt", language, **fields))


def strip_key(language: Language) -> str:
    """What the colours stand for, whatever the answers are called."""
    ends = colours(4, "high")
    entries = [
        (word("joint_key_positive", language), ends[0]),
        (word("joint_key_negative", language), ends[-1]),
        (word("joint_key_apart", language), APART),
    ]
    return key(entries, language)
