"""Who answered: response rate against the frame, and nonresponse item by item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from evalkit.analysis.frequency import Bases, Share, share
from evalkit.codebook import Item, Text


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


class Answered(Protocol):
    """A table of one question, whatever its kind."""

    @property
    def item(self) -> Item:
        """The question."""

    @property
    def title(self) -> Text:
        """Its label where it stands alone."""

    @property
    def number(self) -> str:
        """The number of its table."""

    @property
    def bases(self) -> Bases:
        """How many were asked and answered."""


@dataclass(frozen=True)
class ItemNonresponse:
    """For each item: who was asked, who answered, and who did not (of those asked).

    The share is None where it is not known who answered.
    """

    rows: tuple[tuple[Answered, Share | None], ...]


def item_nonresponse(tables: Iterable[Answered]) -> ItemNonresponse:
    """Nonresponse of each item of whatever kind, in the order given."""
    return ItemNonresponse(tuple((each, _missing(each)) for each in tables))


def _missing(table: Answered) -> Share | None:
    if table.item.base == "units":
        return None
    return share(table.bases.asked - table.bases.answered, table.bases.asked)
