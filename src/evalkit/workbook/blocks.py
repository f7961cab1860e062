"""A piece of a report: HTML for the page, and for JupyterLab."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class Block:
    """HTML with a short name, by which it is known where HTML cannot be shown."""

    name: str
    html: str

    def _repr_html_(self) -> str:
        return block(self.html)

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __bool__(self) -> bool:
        return bool(self.html)


def block(html: str, styled: bool = False) -> str:
    """HTML inside the element that the page's style is for; `styled` brings the style along."""
    if not html:
        return ""
    style = files("evalkit.present").joinpath("page.css").read_text("utf-8") if styled else ""
    return f'{f"<style>{style}</style>" if styled else ""}<div class="evalkit">{html}</div>'
