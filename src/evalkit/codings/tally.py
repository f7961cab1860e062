"""What an import has to tell, gathered while it reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from evalkit.codings.model import CodingProject, Told


class Tally:
    """Lines of `Told`, those of the same kind added together."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: dict[tuple[str, str, str, tuple[tuple[str, str], ...]], int] = {}

    def add(self, action: str, what: str, n: int = 1, why: str = "", **fields: str) -> None:
        """Count `n` more of `what`; nothing is told of none."""
        if n:
            key = (action, what, why, tuple(fields.items()))
            self._found[key] = self._found.get(key, 0) + n

    def read(self, project: CodingProject) -> None:
        """How many of each thing were read, also if none."""
        self._found |= {("read", what, "", ()): n for what, n in _sizes(project).items()}

    @property
    def told(self) -> tuple[Told, ...]:
        """What was read, then what was matched, then what was left out."""
        lines = [
            Told(action, what, n, why, dict(fields), self._file)
            for (action, what, why, fields), n in self._found.items()
        ]
        return tuple(sorted(lines, key=lambda each: _ORDER.index(each.action)))


_ORDER = ("read", "matched", "left_out")


def _sizes(project: CodingProject) -> dict[str, int]:
    return {
        "sources": len(project.sources),
        "segments": len(project.segments),
        "codes": len(project.codes),
        "codings": len(project.codings),
        "coders": len([each for each in project.coders if each]),
        "cases": len(project.cases),
    }


def told(
    action: str, what: str, n: int, why: str = "", *, file: str = "", **fields: str
) -> tuple[Told, ...]:
    """One line of the report, or none where there is nothing to tell of."""
    return (Told(action, what, n, why, fields, file),) if n else ()


def telling(project: CodingProject, file: str, lines: Iterable[Told]) -> CodingProject:
    """The project with what was read of each kind, and then `lines`."""
    counted = [
        line for what, n in _sizes(project).items() for line in told("read", what, n, file=file)
    ]
    return replace(project, told=(*counted, *lines))
