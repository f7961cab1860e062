"""Who answered: response rate against the frame, and nonresponse item by item."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.analysis.frequency import Frequency, Share, share


@dataclass(frozen=True)
class ResponseRate:
    """How many answered the survey; `invited` is None when the frame is not known.

    `responded` are all who answered, also those `excluded` since; the tables are about `included`.
    """

    responded: int
    invited: int | None
    excluded: int = 0

    @property
    def included(self) -> int:
        """Those who answered and whose answers are counted."""
        return self.responded - self.excluded

    @property
    def rate(self) -> Share | None:
        """Those who answered, of those invited."""
        return None if self.invited is None else share(self.responded, self.invited)


@dataclass(frozen=True)
class ItemNonresponse:
    """For each item: who was asked, who answered, and who did not (of those asked)."""

    rows: tuple[tuple[Frequency, Share], ...]


def item_nonresponse(frequencies: tuple[Frequency, ...]) -> ItemNonresponse:
    """Nonresponse of each item, in the order given."""
    return ItemNonresponse(
        tuple(
            (each, share(each.bases.asked - each.bases.answered, each.bases.asked))
            for each in frequencies
        )
    )
