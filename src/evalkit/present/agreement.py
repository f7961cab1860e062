"""How sure a coding is, in words."""

from __future__ import annotations

from evalkit.analysis.coder_agreement import CoderAgreement
from evalkit.codebook import Language
from evalkit.present.inference import estimate_text, interval_text, reason_text
from evalkit.present.numbers import in_words
from evalkit.present.sentences import join
from evalkit.present.themes import View
from evalkit.present.words import word
from evalkit.release import opened
from evalkit.release.themes import ReleasedThemes
from evalkit.statistics.agreement import Agreement


def measure_text(found: Agreement, language: Language, *, share: bool = False) -> str:
    """A measure: "0,91", a share of agreement as "98 %", or "odefinierat"; never 0 or 1 for it."""
    if found.estimate is None:
        return word("themes_undefined", language)
    return estimate_text(found.estimate, language, "percent" if share else "number")


def between_text(found: Agreement, language: Language, *, share: bool = False) -> str:
    """The bounds of a measure's interval; empty where there is none."""
    if found.interval.low is None or found.interval.high is None:
        return ""
    return interval_text(found.interval, language, "percent" if share else "number")


def agreement_finding(released: ReleasedThemes, language: Language) -> list[str]:
    """How often coders gave the same codes and categories, and on which codes they differ."""
    view, found = View(released, language), opened(released.agreement)
    if found is None:
        return [word("themes_one_coder", language)]
    if not found.compared:
        return [word("themes_nothing_compared", language)]
    overall, categories = found.overall, found.categories
    same = overall.same_codes.estimate or 0.0
    sentences = [
        word(
            "themes_agree_finding",
            language,
            n=in_words(round(same * found.compared), language),
            all=in_words(found.compared, language),
            percent=estimate_text(same, language),
            alpha=measure_text(overall.masi, language),
        )
    ]
    if categories.units:
        agreed = measure_text(categories.agreement, language, share=True)
        fields = {"percent": agreed, "kappa": measure_text(categories.kappa, language)}
        sentences.append(word("themes_agree_categories", language, **fields))
    differing = [
        each.code
        for each in found.codes
        if each.agreement.estimate is not None and each.agreement.estimate < 1
    ]
    if differing:
        named = join(
            [word("quoted", language, text=view.theme(each)) for each in differing], language
        )
        sentences.append(word("themes_agree_differing", language, codes=named))
    return sentences


def agreement_notes(released: ReleasedThemes, language: Language) -> list[str]:
    """What the unit is, what is left out, and warnings about what the measures cannot say."""
    view, found = View(released, language), opened(released.agreement)
    if found is None or not found.compared:
        return []
    fields = {
        "segments": in_words(found.segments, language),
        "units": in_words(found.units, language),
        "compared": in_words(found.compared, language),
    }
    notes = [word("themes_unit_note", language, **fields)]
    alone = [ident for each in found.alone for ident in each]
    if alone:
        names = join(alone, language)
        notes.append(word("themes_alone_note", language, segments=names))
    notes += _warnings(view, found)
    return notes


def _warnings(view: View, found: CoderAgreement) -> list[str]:
    language = view.language
    notes = []
    undefined = [each for each in found.codes if each.kappa.estimate is None]
    if undefined:
        named = join([view.theme(each.code) for each in undefined], language)
        reasons = dict.fromkeys(each.kappa.reason for each in undefined if each.kappa.reason)
        why = " ".join(reason_text(each, language) for each in reasons)
        notes.append(word("themes_undefined_note", language, codes=named, why=why))
    paradox = [each for each in found.codes if each.paradox]
    if paradox:
        named = join([view.theme(each.code) for each in paradox], language)
        notes.append(word("themes_paradox_note", language, codes=named))
    return notes
