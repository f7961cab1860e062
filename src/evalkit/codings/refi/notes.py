"""Notes and what refers to them: memos, and what the standard has no other place for.

A category, a code's name beside its label, and what was not asked have no element of their own in
the standard. They are written as notes with these titles, which people can read in any program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from evalkit.codings.refi.tree import child, children, guid, target, text_of, value

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CATEGORY = "Category"
CODE_NAME = "Code name"
NOT_ASKED = "Not asked"
_OWN = (CATEGORY, CODE_NAME, NOT_ASKED)


class Notes:
    """The notes of a project by GUID; it remembers which were used."""

    def __init__(self, project: Element | None, text: Callable[[Element], str]) -> None:
        below = children(child(project, "Notes"), "Note")
        self._notes = {guid(value(each, "guid")): each for each in below}
        self._text = text
        self._used: set[str] = set()

    def about(self, element: Element, title: str) -> str:
        """The text of the first note on an element that has this title; empty without one."""
        return next((text for name, text in self._of(element) if name == title), "")

    def memo(self, element: Element) -> str:
        """The texts of the other notes on an element, a line each."""
        return "\n".join(text for name, text in self._of(element) if name not in _OWN and text)

    @property
    def left(self) -> int:
        """How many notes nothing was taken from."""
        return len(self._notes.keys() - self._used)

    def _of(self, element: Element) -> Iterator[tuple[str, str]]:
        for reference in children(element, "NoteRef"):
            note = self._notes.get(target(reference))
            if note is not None:
                self._used.add(target(reference))
                yield value(note, "name"), self._text(note) or text_of(note, "Description")
