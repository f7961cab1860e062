"""An export as delivered, and a codebook → responses, with every cell that could not be placed."""

from evalkit.intake.export import Export
from evalkit.intake.gather import read_export
from evalkit.intake.place import Reading, place
from evalkit.intake.responses import Level, Responses

__all__ = ["Export", "Level", "Reading", "Responses", "place", "read_export"]
