"""Whether a model of ordered answers has a finite best fit."""

from __future__ import annotations

import numpy as np

from evalkit.statistics.outcome import Floats


def is_separated(forms: Floats) -> bool:
    """Whether some direction never lowers and somewhere raises the likelihood, without end.

    `forms`, shape (inequalities, parameters), are the linear forms that must not sink so that no
    answer becomes less likely: for each answer its upper threshold less the predictor, and the
    predictor less its lower threshold. Albert and Anderson (1984) for complete and quasi-complete
    separation; found by linear programming (Konis 2007).
    """
    from scipy.optimize import linprog

    unique = np.unique(forms, axis=0)
    size = np.abs(unique).max(axis=1, keepdims=True)
    unique = unique / np.where(size > 0, size, 1.0)
    found = linprog(
        -unique.sum(axis=0),
        A_ub=-unique,
        b_ub=np.zeros(len(unique)),
        bounds=[(-1.0, 1.0)] * unique.shape[1],
        method="highs",
    )
    return bool(found.status == 0 and -found.fun > 1e-6)
