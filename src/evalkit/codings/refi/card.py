"""What the standard has no attribute for, as lines in a selection's description.

    segment: s17
    group: Alingsås
    verbatim: no

A description of this form, and no other, is read back; so people see it in any program, and a
segment keeps its identifier on the way through one.
"""

from __future__ import annotations

from collections.abc import Mapping

from evalkit.codings.model import Segment

_KEYS = ("segment", "source", "place", "group", "speaker", "page", "verbatim", "approved")
UNPLACED = "unknown"
WORDS = {True: "yes", False: "no"}


def card(segment: Segment, placed: bool) -> str:
    """The lines of a segment; `placed` is False where its place in its source is not known."""
    lines = {
        "segment": segment.ident,
        "source": "" if placed else segment.source,
        "place": "" if placed else UNPLACED,
        "group": segment.group,
        "speaker": segment.speaker,
        "page": segment.page,
        "verbatim": "" if segment.verbatim is None else WORDS[segment.verbatim],
        "approved": "" if segment.approved is None else WORDS[segment.approved],
    }
    return "\n".join(f"{key}: {text}" for key, text in lines.items() if text)


def read_card(description: str) -> Mapping[str, str]:
    """The lines by key; empty of a description that somebody wrote."""
    pairs = [line.partition(": ") for line in description.splitlines()]
    keys = [key for key, _, _ in pairs]
    if (
        not pairs
        or keys[0] != "segment"
        or not set(keys) <= set(_KEYS)
        or len(set(keys)) < len(keys)
    ):
        return {}
    return {key: text for key, _, text in pairs}
