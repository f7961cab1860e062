"""What every finished page has to fulfil, checked by evalkit because the usual checkers do not.

axe finds neither a missing caption or scope, nor a file name or stock sentence as alternative text,
nor a page from which outputs were dropped.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from html.parser import HTMLParser

from evalkit.errors import Problem

_STOCK = "No description has been provided for this image"
_FILE_NAME = re.compile(r"^\S+\.(png|jpe?g|gif|svg|webp|pdf)$", re.IGNORECASE)
_FETCHES = frozenset({"src", "srcset", "poster", "data", "background"})
_FETCHES_BY_HREF = frozenset({"link", "use", "image", "base"})
_CSS_FETCH = re.compile(r"""@import|url\(\s*["']?(?!data:|#)""", re.IGNORECASE)


@dataclass
class _Table:
    caption: str = ""
    heads_without_scope: int = 0
    empty_heads: int = 0


@dataclass
class _Page(HTMLParser):
    """Walks through a page once and notes what is wrong."""

    faults: list[str] = field(default_factory=list)
    idents: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    tables: list[_Table] = field(default_factory=list)
    open_text: list[list[str]] = field(default_factory=list)
    language: str = ""
    internal: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._note_structure(tag, given)
        self._note_table(tag, given)
        if given.get("data-edition") == "internal":
            self.internal = True
        if tag == "script" or any(name.startswith("on") for name in given):
            self.faults.append(f"there is a script (<{tag}>)")
        if tag == "img" or (tag == "svg" and given.get("aria-hidden") != "true"):
            self._check_alternative(tag, given)
        self._check_fetching(tag, given)

    def _check_fetching(self, tag: str, given: dict[str, str]) -> None:
        """Anything that a browser would ask the network for, or run."""
        sources = [value for name, value in given.items() if name in _FETCHES]
        if tag in _FETCHES_BY_HREF:
            sources.append(given.get("href", ""))
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            sources.append(given.get("content", ""))
        if given.get("href", "").strip().lower().startswith("javascript:"):
            sources.append(given["href"])
        if _CSS_FETCH.search(given.get("style", "")):
            sources.append(given["style"])
        self.faults += [
            f"the page would fetch {source}"
            for source in sources
            if source and not source.startswith(("data:", "#"))
        ]

    def _note_structure(self, tag: str, given: dict[str, str]) -> None:
        if "id" in given:
            self.idents.append(given["id"])
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "a" and given.get("href", "").startswith("#"):
            self.links.append(given["href"][1:])
        elif re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))

    def _note_table(self, tag: str, given: dict[str, str]) -> None:
        if tag == "table":
            self.tables.append(_Table())
        elif tag in ("caption", "th"):
            self.open_text.append([])
            if tag == "th" and "scope" not in given and self.tables:
                self.tables[-1].heads_without_scope += 1

    def _check_alternative(self, tag: str, given: dict[str, str]) -> None:
        text = given.get("alt" if tag == "img" else "aria-label", "").strip()
        if not text:
            fix = "give display(Image(…)) an alt text" if tag == "img" else "give it an aria-label"
            self.faults.append(f"an image (<{tag}>) has no alternative text: {fix}")
        elif text.startswith(_STOCK) or _FILE_NAME.match(text):
            self.faults.append(f'the alternative text "{text}" describes nothing')

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("caption", "th") or not self.open_text:
            return
        text = "".join(self.open_text.pop()).strip()
        if tag == "caption" and self.tables:
            self.tables[-1].caption = text
        elif tag == "th" and not text and self.tables:
            self.tables[-1].empty_heads += 1

    def handle_data(self, data: str) -> None:
        if self.lasttag == "style" and _CSS_FETCH.search(data):
            self.faults.append("a style would fetch something")
        for each in self.open_text:
            each.append(data)


def audit(
    page: str, file: str, language: str, expected: Collection[str], internal: bool = False
) -> list[Problem]:
    """Everything that is wrong with a finished page; `expected` are ids that it has to hold.

    A page that is not `internal` may hold nothing that shows itself with unprotected figures.
    """
    walked = _Page()
    walked.feed(page)
    faults = list(walked.faults)
    if walked.language != language:
        faults.append(f'the page\'s language is "{walked.language}", not "{language}"')
    if walked.internal and not internal:
        faults.append("a cell shows unprotected figures, as frequency() does: take it out")
    faults += _heading_faults(walked.levels)
    faults += [f'the id "{each}" stands there twice' for each in _repeated(walked.idents)]
    known = set(walked.idents)
    faults += [
        f'a link leads to "#{each}", which is nowhere' for each in walked.links if each not in known
    ]
    faults += [f'"#{each}" was declared and is not shown' for each in expected if each not in known]
    for number, table in enumerate(walked.tables, start=1):
        where = f'table {number} ("{table.caption}")' if table.caption else f"table {number}"
        if not table.caption:
            faults.append(f"{where} has no caption")
        if table.heads_without_scope:
            faults.append(f"{where} has a heading cell without scope")
        if table.empty_heads:
            faults.append(f"{where} has an empty heading cell")
    return [Problem(file, None, None, f"{each[:1].upper()}{each[1:]}.") for each in faults]


def _heading_faults(levels: list[int]) -> list[str]:
    faults = []
    if levels.count(1) != 1:
        faults.append(f"there are {levels.count(1)} headings of level 1")
    for above, below in itertools.pairwise(levels):
        if below > above + 1:
            faults.append(f"a heading of level {below} follows one of level {above}")
    return faults


def _repeated(idents: list[str]) -> list[str]:
    seen: set[str] = set()
    twice = [each for each in idents if each in seen or seen.add(each)]  # type: ignore[func-returns-value]
    return sorted(set(twice))
