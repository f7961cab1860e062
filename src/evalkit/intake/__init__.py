"""An export as delivered, and a codebook → responses, with every cell that could not be placed."""

from evalkit.intake.export import Reading, read_export
from evalkit.intake.responses import Level, Responses

__all__ = ["Level", "Reading", "Responses", "read_export"]
