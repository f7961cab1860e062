"""How far coders agree, code by code and over all, and what they disagree on."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.analysis.coder_agreement import CodeAgreement, Disagreement
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.agreement import between_text, measure_text
from evalkit.present.numbers import percent, whole
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.tables.said import segment_text
from evalkit.present.themes import View
from evalkit.present.words import word
from evalkit.release import opened
from evalkit.release.themes import ReleasedThemes
from evalkit.statistics.agreement import Agreement


def overall_table(released: ReleasedThemes, language: Language) -> str:
    """Agreement over all codes and on the category, each measure with its interval."""
    View(released, language)
    found = opened(released.agreement)
    if found is None or not found.compared:
        return ""
    overall, category = found.overall, found.categories
    parts: list[tuple[str, Sequence[tuple[str, Agreement]]]] = [
        (
            "themes_all_codes",
            (
                ("same_codes", overall.same_codes),
                ("jaccard_alpha", overall.jaccard),
                ("masi_alpha", overall.masi),
                ("pooled_kappa", overall.pooled_kappa),
                ("pooled_ac1", overall.pooled_ac1),
            ),
        ),
        (
            "themes_the_category",
            (
                ("same_category", category.agreement),
                ("category_kappa", category.kappa),
                ("category_alpha", category.alpha),
                ("category_ac1", category.ac1),
            ),
        ),
    ]
    if not category.units:
        parts = parts[:1]
    bodies = []
    for key, rows in parts:
        head = html.row([html.row_head(word(key, language), "rowgroup", 3)], "part")
        bodies.append(head + "".join(_measure_row(name, each, language) for name, each in rows))
    columns = [
        (word("themes_measure", language), ""),
        (word("themes_estimate", language), NUMBER),
        (word("themes_interval", language), NUMBER),
    ]
    caption = word("themes_overall_caption", language, n=whole(found.compared, language))
    return html.table(caption, html.head(columns), bodies, "samstammighet-tabell")


def _measure_row(name: str, found: Agreement, language: Language) -> str:
    share = name in ("same_codes", "same_category")
    between = between_text(found, language, share=share)
    return html.row(
        [
            html.row_head(word(f"themes_measure_{name}", language)),
            html.cell(measure_text(found, language, share=share), NUMBER),
            html.cell(between or word("themes_no_interval", language), NUMBER),
        ]
    )


def agreement_table(released: ReleasedThemes, language: Language) -> str:
    """Agreement on each code, with how often it was given beside it."""
    view, found = View(released, language), opened(released.agreement)
    if found is None or not found.compared:
        return ""
    columns = [(word("themes_code", language), "")]
    columns += [(html.escape(view.coder(each)), NUMBER) for each in found.coders]
    columns += [(word(f"themes_{key}", language), NUMBER) for key in _MEASURES]
    body = "".join(_code_row(view, each) for each in found.codes)
    caption = word("themes_agreement_caption", language, n=whole(found.compared, language))
    return html.table(caption, html.head(columns), [body], "samstammighet-koder", wide=True)


_MEASURES = ("prevalence", "agree_short", "kappa", "kappa_interval", "alpha", "ac1")


def _code_row(view: View, each: CodeAgreement) -> str:
    language = view.language
    prevalence = None if each.prevalence is None else 100 * each.prevalence
    mark = "*" if each.paradox else ""
    cells = [html.row_head(html.escape(view.theme(each.code)) + mark)]
    cells += [html.cell(whole(n, language), NUMBER) for n in each.given]
    cells += [
        html.cell(text, NUMBER)
        for text in (
            percent(prevalence, language),
            measure_text(each.agreement, language, share=True),
            measure_text(each.kappa, language),
            between_text(each.kappa, language) or word("themes_no_interval", language),
            measure_text(each.alpha, language),
            measure_text(each.ac1, language),
        )
    ]
    return html.row(cells)


def agreement_csv(released: ReleasedThemes, language: Language) -> str:
    """A row for each code; a measure that is not defined is empty."""
    view, found = View(released, language), opened(released.agreement)
    if found is None:
        return ""
    rows: list[list[Cell]] = [
        [
            view.theme(each.code),
            "; ".join(str(n) for n in each.given),
            found.compared,
            each.prevalence,
            each.agreement.estimate,
            each.kappa.estimate,
            each.kappa.interval.low,
            each.kappa.interval.high,
            each.alpha.estimate,
            each.ac1.estimate,
        ]
        for each in found.codes
    ]
    keys = (
        "code", "given", "texts", "prevalence", "agreement", "kappa", "low", "high", "alpha", "ac1",
    )  # fmt: skip
    return as_csv(keys, rows, language)


def disagreements_table(released: ReleasedThemes, language: Language) -> str:
    """The texts that coders coded differently, with what each gave; empty where there are none."""
    view, found = View(released, language), opened(released.agreement)
    if found is None or not found.disagreements:
        return ""
    columns = [(word("themes_segment", language), ""), (word("themes_text", language), "")]
    columns += [(html.escape(view.coder(each)), "") for each in found.coders]
    body = "".join(_disagreement_row(view, each) for each in found.disagreements)
    caption = word(
        "themes_disagreements_caption", language, n=whole(len(found.disagreements), language)
    )
    return html.table(caption, html.head(columns), [body], "olika-kodat-tabell", wide=True)


def _disagreement_row(view: View, each: Disagreement) -> str:
    language = view.language
    cells = [html.row_head(view.segment_links(each.segments))]
    cells.append(html.cell(segment_text(view.bank[each.segments[0]], language)))
    for codes, categories in zip(each.codes, each.categories, strict=True):
        if codes is None:
            cells.append(html.cell(word("themes_not_coded_by", language)))
            continue
        named = "; ".join(
            f"<strong>{html.escape(view.theme(code))}</strong>"
            if code in each.differing
            else html.escape(view.theme(code))
            for code in codes
        )
        under = ", ".join(html.escape(view.called(one)) for one in categories or ())
        if under and each.on_category:
            under = f"<strong>{under}</strong>"
        cells.append(html.cell(f"{named}<br>({under})" if under else named))
    return html.row(cells)
