"""The verbs of a study from Python: what the notebooks and the command line call."""

from evalkit.workbook.narrative import narrative_files
from evalkit.workbook.workbook import Workbook, check, open_study, opened_once

__all__ = ["Workbook", "check", "narrative_files", "open_study", "opened_once"]
