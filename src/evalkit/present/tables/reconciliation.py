"""The differences from figures already published."""

from __future__ import annotations

from evalkit.analysis.reconcile import Reconciliation
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.numbers import whole
from evalkit.present.tables.data import NUMBER
from evalkit.present.words import word
from evalkit.release import Released, opened


def differences_table(released: Released[Reconciliation], language: Language) -> str:
    """The differences from the published figures; empty when there is none."""
    found = opened(released)
    if found is None or not found.differences:
        return ""
    columns = [("difference_place", NUMBER), ("item", ""), ("difference_what", "")]
    columns += [("printed", ""), ("ours", "")]
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    body = "".join(
        html.row(
            [
                html.cell("" if each.row is None else whole(each.row, language), NUMBER),
                html.row_head(html.escape(f"{each.item} {each.answer}".strip())),
                html.cell(html.escape(each.column or word("difference_row", language))),
                html.cell(html.escape(each.printed)),
                html.cell(html.escape(each.ours)),
            ]
        )
        for each in found.differences
    )
    caption = word("difference_caption", language, n=whole(len(found.differences), language))
    return html.table(caption, heading, [body], "avvikelser", wide=True)
