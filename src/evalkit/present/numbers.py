"""Numbers as a reader sees them, through Babel: "44 %", "2,63", "−1"."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import format_decimal, format_percent

from evalkit.codebook import Language
from evalkit.rounding import half_up

MINUS = "\u2212"
NBSP = "\u00a0"
SUPPRESSED = ".."
"""The sign of official statistics for a figure that is not available."""

_WORDS: dict[Language, list[str]] = {
    "sv": ("ingen en två tre fyra fem sex sju åtta nio tio elva tolv".split()),
    "en": ("none one two three four five six seven eight nine ten eleven twelve".split()),
}


@cache
def _locale(language: Language) -> Locale:
    return Locale.parse("sv_SE" if language == "sv" else "en_GB")


def whole(n: int, language: Language) -> str:
    """A count in digits, with a no-break space (or a comma) between thousands."""
    return _minus(format_decimal(n, locale=_locale(language)))


def in_words(n: int, language: Language) -> str:
    """A count of persons as running text has it: in words up to twelve, else in digits."""
    words = _WORDS[language]
    return words[n] if 0 <= n < len(words) else whole(n, language)


def decimal(value: float, language: Language, digits: int = 2) -> str:
    """A number with exactly `digits` decimals, rounded half up."""
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    return _minus(format_decimal(half_up(value, digits), pattern, _locale(language)))


def trimmed(value: float, language: Language, digits: int) -> str:
    """A number with at most `digits` decimals, rounded half up, without zeros at its end."""
    shown = half_up(value, digits).normalize()
    exponent = shown.as_tuple().exponent
    return decimal(value, language, max(0, -exponent if isinstance(exponent, int) else 0))


def percent(value: float | None, language: Language) -> str:
    """A percentage (0–100) as whole per cent, rounded half up; the suppression sign for None."""
    if value is None:
        return SUPPRESSED
    share = half_up(value) / Decimal(100)
    return _minus(format_percent(share, locale=_locale(language)))


def _minus(text: str) -> str:
    without_sign = text.removeprefix("-")
    return without_sign if not re.search("[1-9]", text) else text.replace("-", MINUS)
