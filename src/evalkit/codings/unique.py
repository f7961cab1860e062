"""Names that no two things share."""

from __future__ import annotations


class Unique:
    """Gives each name once; the next of the same name gets a number: "Kim", "Kim (2)"."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def of(self, name: str) -> str:
        """The name, or with the next number that is free."""
        unique, number = name, self._last.get(name, 1)
        while unique in self._taken:
            number += 1
            unique = f"{name} ({number})"
        self._taken.add(unique)
        self._last[name] = number
        return unique
