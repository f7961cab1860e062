"""A fresh export → a new study or the next round of one; guesses are for a person to confirm."""

from evalkit.draft.folder import Drafted, new_study
from evalkit.draft.next_round import AddedRound, NewRound, add_round
from evalkit.draft.summary import summary
from evalkit.draft.told import summary as round_summary

__all__ = [
    "AddedRound",
    "Drafted",
    "NewRound",
    "add_round",
    "new_study",
    "round_summary",
    "summary",
]
