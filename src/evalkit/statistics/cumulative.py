"""The likelihood of ordered answers with cumulative logits, and its maximum.

P(answer ≤ j) = logistic(θⱼ − xβ). Where a predictor has *nominal effects*, its β differs between
the thresholds. The log-likelihood is concave in all parameters (Pratt 1981), so damped Newton
steps find its supremum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalkit.statistics.outcome import Counts, Floats

_STEPS = 200
_ENOUGH = 1e-10


@dataclass(frozen=True)
class Grouped:
    """Respondents with the same answer (0, 1, …) and predictors, counted."""

    answer: Counts
    predictors: Floats
    often: Counts
    levels: int

    @property
    def upper(self) -> NDArray[np.bool_]:
        """Who has a threshold above the answer."""
        return self.answer < self.levels - 1

    @property
    def lower(self) -> NDArray[np.bool_]:
        """Who has a threshold below the answer."""
        return self.answer > 0


def grouped(answers: Counts, predictors: Floats) -> Grouped:
    """Answers coded 0 … levels − 1, each of them given, and predictors (respondents, columns)."""
    rows = np.column_stack([answers.astype(np.float64), predictors])
    unique, often = np.unique(rows, axis=0, return_counts=True)
    return Grouped(unique[:, 0].astype(np.int64), unique[:, 1:], often, int(answers.max()) + 1)


def designs(data: Grouped, nominal: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """What the threshold above and below each row is of all parameters; 0 where there is none.

    Parameters: thresholds, then β of the predictors without nominal effects, then for each
    threshold the β of those with; `nominal` has one entry a predictor.
    """
    above = _design(data, nominal, data.answer, data.upper)
    below = _design(data, nominal, data.answer - 1, data.lower)
    return above, below


def _design(
    data: Grouped, nominal: NDArray[np.bool_], threshold: Counts, there: NDArray[np.bool_]
) -> Floats:
    cuts = data.levels - 1
    at = np.zeros((len(data.answer), cuts))
    at[there, threshold[there]] = 1.0
    same = np.where(there[:, None], -data.predictors[:, ~nominal], 0.0)
    own = -(at[:, :, None] * data.predictors[:, None, nominal]).reshape(len(at), -1)
    return np.column_stack([at, same, own])


def forms(data: Grouped, nominal: NDArray[np.bool_]) -> Floats:
    """The linear forms for `separation.is_separated`."""
    above, below = designs(data, nominal)
    return np.concatenate([above[data.upper], -below[data.lower]])


def best(data: Grouped, nominal: NDArray[np.bool_]) -> tuple[float, Floats] | None:
    """The supremum of the log-likelihood and the parameters there; None if it was not met.

    Separated answers only approach the supremum, with parameters that are merely far out. Newton's
    method with halved steps; directions in which the likelihood is flat get no step.
    """
    above, below = designs(data, nominal)
    parameters = np.zeros(above.shape[1])
    shares = np.bincount(data.answer, weights=data.often, minlength=data.levels).cumsum()[:-1]
    parameters[: data.levels - 1] = np.log(shares / (data.often.sum() - shares))
    value, gradient, hessian = _derivatives(data, above, below, parameters)
    for _ in range(_STEPS):
        ridge = 1e-12 * max(float(np.abs(np.diag(hessian)).max()), 1e-300)
        step = np.linalg.lstsq(ridge * np.eye(len(hessian)) - hessian, gradient, rcond=None)[0]
        gain = float(gradient @ step)
        if gain < _ENOUGH:
            return value, parameters
        # Far steps come from flat directions, where a good way is enough.
        step *= min(1.0, 10.0 / float(np.abs(step).max()))
        for _half in range(60):
            there = _derivatives(data, above, below, parameters + step)
            if there[0] > value:
                break
            step = step / 2
        else:
            return (value, parameters) if gain < 1e-6 else None
        parameters = parameters + step
        value, gradient, hessian = there
    return None


def _derivatives(
    data: Grouped, above: Floats, below: Floats, parameters: Floats
) -> tuple[float, Floats, Floats]:
    """Log-likelihood (−∞ where an answer becomes impossible), gradient and Hessian."""
    from scipy.special import expit

    a, b = above @ parameters, below @ parameters
    # 1 − F instead of F on the upper side keeps the difference exact far out.
    flip = (a + b > 0) & data.upper & data.lower
    high = np.where(data.upper, np.where(flip, expit(-b), expit(a)), 1.0)
    low = np.where(data.lower, np.where(flip, expit(-a), expit(b)), 0.0)
    only_lower = data.lower & ~data.upper
    high, low = np.where(only_lower, expit(-b), high), np.where(only_lower, 0.0, low)
    chance = high - low
    size = len(parameters)
    if (chance <= 0).any():
        return -np.inf, np.zeros(size), np.zeros((size, size))
    f_a = np.where(data.upper, expit(a) * expit(-a), 0.0) / chance
    f_b = np.where(data.lower, expit(b) * expit(-b), 0.0) / chance
    slope_a = f_a * (expit(-a) - expit(a)) - f_a**2
    slope_b = -f_b * (expit(-b) - expit(b)) - f_b**2
    often = data.often.astype(np.float64)
    gradient = above.T @ (often * f_a) - below.T @ (often * f_b)
    mixed = above.T @ (below * (often * f_a * f_b)[:, None])
    hessian = above.T @ (above * (often * slope_a)[:, None]) + mixed + mixed.T
    hessian += below.T @ (below * (often * slope_b)[:, None])
    return float(often @ np.log(chance)), gradient, hessian
