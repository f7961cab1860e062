"""Who answered: response rate against the frame, and nonresponse item by item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evalkit.analysis.frequency import Question, Share, share


@dataclass(frozen=True)
class ResponseRate:
    """How many answered the survey; `invited` is None when the frame is not known."""

    responded: int
    invited: int | None

    @property
    def rate(self) -> Share | None:
        """Those who answered, of those invited."""
        return None if self.invited is None else share(self.responded, self.invited)


@dataclass(frozen=True)
class ItemNonresponse:
    """For each item: who was asked, who answered, and who did not (of those asked)."""

    rows: tuple[tuple[Question, Share], ...]


def item_nonresponse(questions: Iterable[Question]) -> ItemNonresponse:
    """Nonresponse of each item of whatever kind, in the order given."""
    return ItemNonresponse(
        tuple(
            (each, share(each.bases.asked - each.bases.answered, each.bases.asked))
            for each in questions
        )
    )
