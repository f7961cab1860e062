"""How sure a coding is: how far coders agree, code by code, over all, and on categories.

The unit is a text: segments with the same text count once, and only units that two coders or more
have coded count at all. Each code is a yes or no for every coder of a unit.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.codings.model import CodingProject
from evalkit.codings.units import CodedUnit, coded_units
from evalkit.statistics import distances
from evalkit.statistics.agreement import (
    Agreement,
    Coefficient,
    pooled,
    prevalence_paradox,
)
from evalkit.statistics.bootstrap import DRAWS, SEED, Way, bootstrap
from evalkit.statistics.krippendorff import alpha
from evalkit.statistics.many_coders import fleiss, gwet, percent
from evalkit.statistics.outcome import LEVEL, Counts
from evalkit.statistics.ratings import MISSING, Ratings, ratings
from evalkit.statistics.two_coders import YesNo, cohen, yes_no

# The place of "has the code" among the two categories of a code; how many `_measures` there are.
YES = 0
MEASURES = 4


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """How intervals are made: bootstrap over units."""

    level: float = LEVEL
    draws: int = DRAWS
    seed: int = SEED
    way: Way = "percentile"


@dataclass(frozen=True, kw_only=True)
class CodeAgreement:
    """Agreement on one code.

    `given` counts the units that each coder gave the code, in the order of the coders; `by_any`
    those that any of them gave it. `prevalence` is its share of all ratings. `kappa` is Cohen's
    for two coders, else Fleiss'. `behind` has positive and negative agreement, prevalence and bias
    index, of two coders. `paradox` warns that a low kappa or alpha may come from prevalence alone.
    """

    code: str
    label: str
    given: tuple[int, ...]
    by_any: int
    prevalence: float | None
    agreement: Agreement
    kappa: Agreement
    alpha: Agreement
    ac1: Agreement
    behind: YesNo | None
    paradox: bool


@dataclass(frozen=True, kw_only=True)
class OverallAgreement:
    """Agreement over all codes.

    `same_codes` is the share of pairs of coders with exactly the same codes on a unit; `jaccard`
    and `masi` are alphas of the sets of codes. The pooled measures take the mean of observed and of
    expected agreement over the codes that anybody gave. `codes_a_unit` is how many codes a coder
    gave a unit, in the mean.
    """

    codes_a_unit: float | None
    same_codes: Agreement
    jaccard: Agreement
    masi: Agreement
    pooled_kappa: Agreement
    pooled_ac1: Agreement


@dataclass(frozen=True, kw_only=True)
class CategoryAgreement:
    """Agreement on the category (e.g. framgångsfaktor, utmaning), on units with one from each.

    A coder who gave a unit no category or several is missing there. `given` counts units by coder
    and category, `table` (of two coders) by the first's category and the second's; both only of
    the units that are compared. `several` are segments on which a coder gave several categories.
    """

    categories: tuple[str, ...]
    units: int
    given: tuple[tuple[int, ...], ...]
    table: tuple[tuple[int, ...], ...] | None
    agreement: Agreement
    kappa: Agreement
    alpha: Agreement
    ac1: Agreement
    several: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """A unit for discussion: every coder's codes and categories, in the order of the coders.

    None is a coder who has not coded it. `differing` are the codes that some gave and others not;
    `on_category` says that categories differ.
    """

    segments: tuple[str, ...]
    text: str
    codes: tuple[tuple[str, ...] | None, ...]
    categories: tuple[tuple[str, ...] | None, ...]
    differing: tuple[str, ...]
    on_category: bool


@dataclass(frozen=True, kw_only=True)
class CoderAgreement:
    """Everything about how coders agree.

    `segments` and `units` count all of the project; `compared` the units that two coders or more
    have coded, which all measures rest on. `coded` counts the units of each coder. `alone` are the
    segments of units that one coder alone has coded, `uncoded` of those that nobody has, `uneven`
    of those whose copies a coder coded differently.
    """

    coders: tuple[str, ...]
    segments: int
    units: int
    compared: int
    coded: tuple[int, ...]
    alone: tuple[tuple[str, ...], ...]
    uncoded: tuple[tuple[str, ...], ...]
    uneven: tuple[tuple[str, ...], ...]
    codes: tuple[CodeAgreement, ...]
    overall: OverallAgreement
    categories: CategoryAgreement
    disagreements: tuple[Disagreement, ...]


def coder_agreement(project: CodingProject, drawing: Drawing | None = None) -> CoderAgreement:
    """How far the coders of a project agree; with one coder, every measure has its reason.

    All codes and the overall measures see the same draws of units.
    """
    how = drawing or Drawing()
    units = coded_units(project)
    coders = project.coders
    both = [each for each in units if len(each.codes) > 1]
    names = _names(project)
    rated = [_yes_or_no(name, both, coders) for name in names]
    of_codes = [each for one in rated for each in _measures(one)]
    found = _drawn([*of_codes, *_over_all(both, coders, rated)], how)
    own = [found[start : start + MEASURES] for start in range(0, len(of_codes), MEASURES)]
    return CoderAgreement(
        coders=coders,
        segments=len(project.segments),
        units=len(units),
        compared=len(both),
        coded=tuple(sum(coder in each.codes for each in units) for coder in coders),
        alone=tuple(each.segments for each in units if len(each.codes) == 1),
        uncoded=tuple(each.segments for each in units if not each.codes),
        uneven=tuple(each.segments for each in units if each.uneven),
        codes=tuple(
            _code(name, label, one, measures)
            for (name, label), one, measures in zip(names.items(), rated, own, strict=True)
        ),
        overall=_overall(both, found[len(of_codes) :]),
        categories=_categories(both, coders, how),
        disagreements=_disagreements(both, coders, list(names)),
    )


def _names(project: CodingProject) -> dict[str, str]:
    """Codes that can be given or were given, with their labels, in the order of the codebook."""
    given = dict.fromkeys(each.code for each in project.codings if each.code)
    names = {each.name: each.label for each in project.codes if each.codable or each.name in given}
    return names | {name: name for name in given if name not in names}


def _code(name: str, label: str, rated: Ratings, found: Sequence[Agreement]) -> CodeAgreement:
    agreement, kappa, of_alpha, ac1 = found
    yes, there = rated.codes == YES, rated.codes != MISSING
    prevalence = float(yes.sum() / there.sum()) if there.any() else None
    two = rated.codes.shape[1] == 2
    return CodeAgreement(
        code=name,
        label=label,
        given=tuple(yes.sum(axis=0).tolist()),
        by_any=int(yes.any(axis=1).sum()),
        prevalence=prevalence,
        agreement=agreement,
        kappa=kappa,
        alpha=of_alpha,
        ac1=ac1,
        behind=yes_no(rated.table()) if two else None,
        paradox=any(
            prevalence_paradox(agreement.estimate, each.estimate, prevalence)
            for each in (kappa, of_alpha)
        ),
    )


def _measures(rated: Ratings) -> tuple[Coefficient, ...]:
    """Per cent agreement, kappa, alpha and AC1 of one code, or of the category."""
    counts, same = rated.counts, np.eye(len(rated.categories))
    return percent(counts, same), _kappa(rated), alpha(counts), gwet(counts, same)


def _yes_or_no(code: str, units: Sequence[CodedUnit], coders: Sequence[str]) -> Ratings:
    """Category `YES` where a coder gave the code, the other where not."""
    rows = [
        [code in each.codes[coder] if coder in each.codes else None for coder in coders]
        for each in units
    ]
    return ratings(rows, [True, False])


def _kappa(rated: Ratings) -> Coefficient:
    """Cohen's kappa of two coders, Fleiss' of more."""
    size = len(rated.categories)
    weights = np.eye(size)
    if rated.codes.shape[1] != 2:
        return fleiss(rated.counts, weights)
    cells = rated.codes[:, 0] * size + rated.codes[:, 1]
    tables: Counts = (cells[:, np.newaxis] == np.arange(size * size)).astype(np.int64)
    return cohen(tables.reshape(-1, size, size), weights)


def _drawn(coefficients: Sequence[Coefficient], how: Drawing) -> tuple[Agreement, ...]:
    return bootstrap(coefficients, level=how.level, draws=how.draws, seed=how.seed, way=how.way)


def _over_all(
    units: Sequence[CodedUnit], coders: Sequence[str], rated: Sequence[Ratings]
) -> tuple[Coefficient, ...]:
    sets = ratings([[each.codes.get(coder) for coder in coders] for each in units])
    kinds = [_as_set(each) for each in sets.categories]
    of_codes = [_measures(each) for each in rated]
    return (
        percent(sets.counts, np.eye(len(kinds))),
        alpha(sets.counts, distances.jaccard(kinds), scale="jaccard"),
        alpha(sets.counts, distances.masi(kinds), scale="masi"),
        pooled([kappa for _, kappa, _, _ in of_codes], "pooled_kappa", len(units)),
        pooled([ac1 for *_, ac1 in of_codes], "pooled_ac1", len(units)),
    )


def _overall(units: Sequence[CodedUnit], found: Sequence[Agreement]) -> OverallAgreement:
    same, jaccard, masi, kappa, ac1 = found
    numbers = [len(codes) for each in units for codes in each.codes.values()]
    return OverallAgreement(
        codes_a_unit=sum(numbers) / len(numbers) if numbers else None,
        same_codes=same,
        jaccard=jaccard,
        masi=masi,
        pooled_kappa=kappa,
        pooled_ac1=ac1,
    )


def _as_set(category: Hashable) -> frozenset[str]:
    if not isinstance(category, frozenset):
        raise TypeError(f"{category} is no set of codes.")
    return category


def _categories(
    units: Sequence[CodedUnit], coders: Sequence[str], how: Drawing
) -> CategoryAgreement:
    rows = [[_only(each.categories.get(coder, frozenset())) for coder in coders] for each in units]
    compared = [row for row in rows if sum(one is not None for one in row) > 1]
    order = dict.fromkeys(one for row in compared for one in row if one is not None)
    rated = ratings(compared, list(order))
    given = [(rated.codes == place).sum(axis=0) for place in range(len(order))]
    agreement, kappa, of_alpha, ac1 = _drawn(_measures(rated), how)
    two = len(coders) == 2 and bool(compared)
    return CategoryAgreement(
        categories=tuple(order),
        units=len(compared),
        given=tuple(tuple(each[coder].item() for each in given) for coder in range(len(coders)))
        if compared
        else (),
        table=tuple(tuple(row) for row in rated.table().tolist()) if two else None,
        agreement=agreement,
        kappa=kappa,
        alpha=of_alpha,
        ac1=ac1,
        several=tuple(
            ident
            for each in units
            if any(len(one) > 1 for one in each.categories.values())
            for ident in each.segments
        ),
    )


def _only(categories: frozenset[str]) -> str | None:
    return next(iter(categories)) if len(categories) == 1 else None


def _disagreements(
    units: Sequence[CodedUnit], coders: Sequence[str], names: Sequence[str]
) -> tuple[Disagreement, ...]:
    found = (_disagreement(each, coders, names) for each in units)
    return tuple(each for each in found if each.differing or each.on_category)


def _disagreement(unit: CodedUnit, coders: Sequence[str], names: Sequence[str]) -> Disagreement:
    sets = list(unit.codes.values())
    some, everybody = frozenset().union(*sets), sets[0].intersection(*sets)
    categories = {each for each in unit.categories.values() if each}
    return Disagreement(
        segments=unit.segments,
        text=unit.text,
        codes=tuple(
            tuple(name for name in names if name in unit.codes[coder])
            if coder in unit.codes
            else None
            for coder in coders
        ),
        categories=tuple(
            tuple(sorted(unit.categories[coder])) if coder in unit.categories else None
            for coder in coders
        ),
        differing=tuple(name for name in names if name in some - everybody),
        on_category=len(categories) > 1,
    )
