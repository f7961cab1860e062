"""The proportional-odds model: an ordered answer on one or more background variables."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalkit.statistics import cumulative
from evalkit.statistics.intervals import normal_quantile
from evalkit.statistics.outcome import (
    LEVEL,
    Counts,
    Floats,
    Interval,
    Reason,
    SignificanceTest,
    clip,
)
from evalkit.statistics.separation import is_separated
from evalkit.statistics.two_way import two_sided

METHOD = "proportional_odds"
# Harrell (2015, section 4.4): fewer than this for each coefficient, and they cannot be trusted.
ANSWERS_A_COEFFICIENT = 10


@dataclass(frozen=True, kw_only=True)
class Coefficient:
    """The change in the log-odds of a higher answer with one step of the predictor."""

    name: str
    estimate: float
    error: float
    z: float
    p: float
    odds_ratio: Interval


@dataclass(frozen=True, kw_only=True)
class OrdinalModel:
    """P(answer ≤ j) = logistic(θⱼ − xβ), fitted; or the reason why it is not.

    `levels` are the answers that were given, in order; `thresholds` lie between them. `few` says
    that there are fewer than ten answers a coefficient, counted as Harrell does for ordered
    answers. `odds` tests, a term each and last all together, whether the odds are proportional.
    """

    method: str = METHOD
    n: int
    levels: tuple[float, ...]
    coefficients: tuple[Coefficient, ...] = ()
    thresholds: tuple[float, ...] = ()
    log_likelihood: float | None = None
    few: bool = False
    odds: tuple[ProportionalOdds, ...] = ()
    reason: Reason | None = None


@dataclass(frozen=True, kw_only=True)
class ProportionalOdds:
    """The likelihood-ratio test of one term, or of all where `term` is None.

    Against effects of its own at each threshold (Peterson and Harrell 1990). `separated` warns that
    some of those are infinite, so that p is rough.
    """

    term: str | None
    test: SignificanceTest
    separated: bool


def proportional_odds(
    answers: ArrayLike,
    predictors: Mapping[str, ArrayLike],
    *,
    terms: Mapping[str, Sequence[str]] | None = None,
    level: float = LEVEL,
) -> OrdinalModel:
    """McCullagh's (1980) model by maximum likelihood, with statsmodels' `OrderedModel`.

    `answers` are numbers whose order counts, one a respondent; each of `predictors` is a numeric
    column of the same length. `terms` names the columns that belong to one background variable
    (its dummies); each column is its own term if left out. Odds ratios have Wald intervals.
    There is no model where the answers are separated (by linear programming, not by large
    estimates), where predictors follow from each other, or with too few answers.
    """
    y, x, names = _data(answers, predictors)
    levels, coded = np.unique(y, return_inverse=True)
    given = tuple(float(each) for each in levels)
    reason = _missing(x, len(levels))
    if reason is not None:
        return OrdinalModel(n=len(y), levels=given, reason=reason)
    centre, scale = x.mean(axis=0), x.std(axis=0)
    standard = (x - centre) / scale
    data = cumulative.grouped(coded, standard)
    plain = np.zeros(x.shape[1], dtype=bool)
    if is_separated(cumulative.forms(data, plain)):
        return OrdinalModel(n=len(y), levels=given, reason=Reason.SEPARATION)
    start = cumulative.best(data, plain)
    fitted = None if start is None else _fit(data, start[1])
    if fitted is None:
        return OrdinalModel(n=len(y), levels=given, reason=Reason.NOT_CONVERGED)
    beta, errors, thresholds, log_likelihood = fitted
    beta, errors = beta / scale, errors / scale
    return OrdinalModel(
        n=len(y),
        levels=given,
        coefficients=tuple(
            _coefficient(name, float(b), float(e), level)
            for name, b, e in zip(names, beta, errors, strict=True)
        ),
        thresholds=tuple((thresholds + centre @ beta).tolist()),
        log_likelihood=log_likelihood,
        few=_limiting(coded) < ANSWERS_A_COEFFICIENT * len(names),
        odds=_odds(data, names, terms, log_likelihood),
    )


def _data(
    answers: ArrayLike, predictors: Mapping[str, ArrayLike]
) -> tuple[Floats, Floats, list[str]]:
    y = np.asarray(answers, dtype=np.float64).ravel()
    columns = [np.asarray(each, dtype=np.float64).ravel() for each in predictors.values()]
    if not columns or any(each.shape != y.shape for each in columns):
        raise ValueError("Predictors are columns of the length of the answers, at least one.")
    x = np.column_stack(columns)
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise ValueError("A value is missing or not finite; leave the respondent out before.")
    return y, x, list(predictors)


def _missing(x: Floats, levels: int) -> Reason | None:
    n, columns = x.shape
    if n == 0:
        return Reason.NO_ANSWERS
    if n == 1:
        return Reason.ONE_ANSWER
    if levels < 2:
        return Reason.ALL_EQUAL
    if n <= columns + levels - 1:
        return Reason.TOO_FEW_ANSWERS
    spread = np.ptp(x, axis=0)
    if (spread == 0).any():
        return Reason.COLLINEAR
    whole = np.column_stack([np.ones(n), (x - x.mean(axis=0)) / spread])
    return Reason.COLLINEAR if np.linalg.matrix_rank(whole) < columns + 1 else None


def _fit(data: cumulative.Grouped, start: Floats) -> tuple[Floats, Floats, Floats, float] | None:
    """Coefficients, their errors, thresholds and log-likelihood, from the maximum that we found.

    `OrderedModel` knows no counts and takes seconds for two thousand respondents. It is given those
    who are alike as one row, and the sum over them as the row's likelihood.
    """
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    cuts = data.levels - 1
    thresholds, beta = start[:cuts], start[cuts:]
    there = np.concatenate([beta, thresholds[:1], np.log(np.diff(thresholds))])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        model = OrderedModel(data.answer, data.predictors, distr="logit")
        of_one = model.loglikeobs
        model.loglikeobs = lambda parameters: data.often * of_one(parameters)
        found = model.fit(method="newton", start_params=there, maxiter=20, disp=0)
        errors = np.asarray(found.bse)
        gradient = np.asarray(model.score(found.params))
    parameters = np.asarray(found.params)
    figures = np.concatenate([parameters, errors, [found.llf]])
    if not np.isfinite(figures).all() or np.abs(gradient).max() > 1e-6 * data.often.sum():
        return None
    thresholds = np.asarray(model.transform_threshold_params(parameters))[1 : cuts + 1]
    columns = data.predictors.shape[1]
    return parameters[:columns], errors[:columns], thresholds, float(found.llf)


def _coefficient(name: str, estimate: float, error: float, level: float) -> Coefficient:
    z = estimate / error
    reach = normal_quantile(level) * error
    # Beyond this an odds ratio is past all sense, and past what a float holds.
    low, middle, high = (
        math.exp(clip(each, -700, 700)) for each in (estimate - reach, estimate, estimate + reach)
    )
    return Coefficient(
        name=name,
        estimate=estimate,
        error=error,
        z=z,
        p=two_sided(z),
        odds_ratio=Interval(method="wald", level=level, estimate=middle, low=low, high=high),
    )


def _limiting(coded: Counts) -> float:
    """How many answers those of this order are worth: n − Σ nⱼ³/n² (Harrell 2015, table 4.1)."""
    sizes = np.bincount(coded).astype(np.float64)
    n = float(sizes.sum())
    return n - float((sizes**3).sum()) / n**2


def _odds(
    data: cumulative.Grouped,
    names: list[str],
    terms: Mapping[str, Sequence[str]] | None,
    log_likelihood: float,
) -> tuple[ProportionalOdds, ...]:
    """Each term's test, and that of all when there are several; none with two answers."""
    if data.levels < 3:
        return ()
    groups = {name: (name,) for name in names} if terms is None else dict(terms)
    if sorted(each for columns in groups.values() for each in columns) != sorted(names):
        raise ValueError("Each predictor belongs to one term.")
    asked: list[tuple[str | None, Sequence[str]]] = list(groups.items())
    if len(groups) > 1:
        asked.append((None, names))
    return tuple(
        _odds_of(data, term, np.isin(names, columns), log_likelihood) for term, columns in asked
    )


def _odds_of(
    data: cumulative.Grouped,
    term: str | None,
    nominal: np.ndarray[tuple[int], np.dtype[np.bool_]],
    log_likelihood: float,
) -> ProportionalOdds:
    method = "nominal_effects"
    n = int(data.often.sum())
    best = cumulative.best(data, nominal)
    if best is None:
        test = SignificanceTest(method=method, n=n, reason=Reason.NOT_CONVERGED)
        return ProportionalOdds(term=term, test=test, separated=False)
    from scipy.special import chdtrc

    statistic = max(2 * (best[0] - log_likelihood), 0.0)
    df = int(nominal.sum()) * (data.levels - 2)
    test = SignificanceTest(
        method=method,
        n=n,
        kind="asymptotic",
        statistic=statistic,
        df=float(df),
        p=float(chdtrc(df, statistic)),
    )
    separated = is_separated(cumulative.forms(data, nominal))
    return ProportionalOdds(term=term, test=test, separated=separated)
