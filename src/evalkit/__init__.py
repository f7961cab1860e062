"""evalkit: from a survey export to a report that a public authority can publish.

>>> import evalkit
>>> evalkit.open_study("bou-2012").frequency("q01")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.errors import EvalkitError, Problem

if TYPE_CHECKING:
    from evalkit.workbook import Workbook, check, open_study

__version__ = "0.1.0"
__all__ = ["EvalkitError", "Problem", "Workbook", "check", "open_study"]


def __getattr__(name: str) -> Any:
    """Import the verbs, and with them pandas, only when they are asked for."""
    if name in ("Workbook", "check", "open_study"):
        from evalkit import workbook

        return getattr(workbook, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
