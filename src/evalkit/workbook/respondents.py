"""Why something that needs the respondents of a round cannot be had."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from evalkit.errors import fault
from evalkit.intake import Responses
from evalkit.study import Study
from evalkit.workbook.sources import WHY_NOT_CROSSED, RoundData, respondents_of

WhyNot = Literal["", "reconstructed", "counts", "not_asked"]
"""Why not; "" where it can."""


def why_not(study: Study, data: RoundData, items: Iterable[str]) -> WhyNot:
    """Why the answers of each respondent to `items` are not at hand in a round."""
    if study.settings.mark == "reconstructed":
        return "reconstructed"
    if data.reading is None:
        return "counts"
    known = data.reading.responses.codes
    return "" if all(each in known for each in items) else "not_asked"


def open_respondents(study: Study, data: RoundData, items: Iterable[str], what: str) -> Responses:
    """The respondents of a round; `EvalkitError` where `what` cannot be had of `items`."""
    reason = why_not(study, data, items)
    if reason == "reconstructed":
        raise fault(f"The study {study.name} is reconstructed. {WHY_NOT_CROSSED}")
    if reason == "counts":
        raise fault(
            f"The round {data.round_name} of {study.name} came in as counts.",
            f"{what} needs the respondents' answers.",
        )
    responses = respondents_of(study, data)
    if reason or responses is None:
        lacking = [each for each in items if each not in study.codebook_of(data.round_name).items]
        raise fault(
            f"{', '.join(lacking) or 'An item'} was not asked in the round {data.round_name}.",
            "Name a round that asked all of them.",
        )
    return responses
