"""Sweden's municipalities and counties by SCB's codes."""

from evalkit.sweden.register import (
    County,
    Municipality,
    code_fix,
    counties,
    find_county,
    find_municipality,
    is_called,
    municipalities,
)

__all__ = [
    "County",
    "Municipality",
    "code_fix",
    "counties",
    "find_county",
    "find_municipality",
    "is_called",
    "municipalities",
]
