"""What each respondent answered, as numbers: for what needs respondents and not counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evalkit.intake import Responses


def numbers(responses: Responses, item: str) -> NDArray[np.float64]:
    """The value of each respondent's answer, NaN where it is no opinion; shape (respondents,)."""
    values = [
        float(level.value) if level.status == "valid" and level.value is not None else np.nan
        for level in responses.levels[item]
    ]
    found: NDArray[np.float64] = np.array([*values, np.nan])[responses.codes[item]]
    return found
