"""What an import of codings has to tell, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.codebook import Language
from evalkit.codings.model import Told
from evalkit.present.words import word, words

_MOST = 12


def told_lines(told: Sequence[Told], language: Language) -> list[str]:
    """A line for each thing; of very many texts counted the same way, the first are named."""
    kept = _shortened(told)
    lines = [_line(each, language) for each in kept]
    if len(kept) < len(told):
        lines.append(word("codings_more", language, n=len(told) - len(kept)))
    return lines


def _line(told: Told, language: Language) -> str:
    if "first" in told.fields:
        return _places(told, language)
    what = told.what
    if f"codings_what_{what}" in words():
        what = word(f"codings_what_{told.what}", language)
    line = word(f"codings_action_{told.action}", language, what=what, n=told.n)
    return f"{line} {_why(told, language)}".rstrip()


def _why(told: Told, language: Language) -> str:
    if f"codings_why_{told.why}" not in words():
        return told.why
    fields = dict(told.fields)
    if "unit" in fields:
        fields["unit"] = word(f"codings_unit_{fields['unit']}", language)
    return word(f"codings_why_{told.why}", language, **fields)


def _places(told: Told, language: Language) -> str:
    """How places in a text are counted, and what speaks for it."""
    fields = {**told.fields, "n": told.n}
    ways = [
        word(f"codings_count_{key}_{told.fields[key]}", language)
        for key in ("first", "unit", "end", "newline", "bom")
        if key in told.fields
    ]
    why = word(f"codings_places_{told.why}", language, **fields)
    return f"{why} {word('codings_counted', language, ways=', '.join(ways))}"


def _shortened(told: Sequence[Told]) -> list[Told]:
    """All but the lines of further texts whose places are counted as in many before."""
    seen: dict[tuple[str, ...], int] = {}
    kept = []
    for each in told:
        if "first" in each.fields:
            ways = (
                each.why,
                *(text for key, text in each.fields.items() if key not in ("source", "of")),
            )
            seen[ways] = seen.get(ways, 0) + 1
            complete = str(each.n) == each.fields.get("of", str(each.n))
            if seen[ways] > _MOST and complete:
                continue
        kept.append(each)
    return kept
