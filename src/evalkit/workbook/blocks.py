"""A piece of a report: HTML for the page, and for JupyterLab."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """HTML with a short name, by which it is known where HTML cannot be shown."""

    name: str
    html: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __bool__(self) -> bool:
        return bool(self.html)
