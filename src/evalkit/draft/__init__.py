"""A fresh export → a study's folder whose codebook is a guess, for a person to confirm."""

from evalkit.draft.folder import Drafted, new_study
from evalkit.draft.summary import summary

__all__ = ["Drafted", "new_study", "summary"]
