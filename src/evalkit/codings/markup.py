"""HTML → its text, and where each of the bytes that a program counts stands in it.

Taguette keeps documents as HTML and counts the UTF-8 bytes of the text between the tags, so that
two paragraphs side by side have nothing between them. Here they get a line break, which is not
counted. Broken HTML is read as far as it goes, in time that grows with its length alone.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple


class Token(NamedTuple):
    """A piece of HTML: the name of a tag that begins or ends, or text with its signs resolved."""

    kind: Literal["start", "end", "text"]
    text: str
    attributes: str = ""


_NAME = re.compile(r"/?[A-Za-z][^\s/>]*")
_REST = re.compile(r"""(?:[^>"']++|"[^"]*+(?:"|$)|'[^']*+(?:'|$))*+""", re.DOTALL)
_FAR = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")


def tokens(source: str) -> Iterator[Token]:
    """The tags and texts of HTML in their order; comments and declarations are left out."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    at = 0
    held: list[str] = []
    while at < len(source):
        opens = source.find("<", at)
        if opens < 0:
            held.append(source[at:])
            break
        held.append(source[at:opens])
        name = _NAME.match(source, opens + 1)
        if name:
            yield from _text(held)
            held = []
            closes = _end_of(_REST.match(source, name.end()), name.end())
            word = name[0].lower()
            kind: Literal["start", "end"] = "end" if word.startswith("/") else "start"
            yield Token(kind, word.lstrip("/"), source[name.end() : closes])
            at = closes + 1
        elif source.startswith("<!--", opens):
            closes = source.find("-->", opens + 4)
            at = len(source) if closes < 0 else closes + 3
        elif source[opens + 1 : opens + 2] in ("!", "?", "/"):
            closes = source.find(">", opens)
            at = len(source) if closes < 0 else closes + 1
        else:
            held.append("<")
            at = opens + 1
    yield from _text(held)


def _end_of(match: re.Match[str] | None, otherwise: int) -> int:
    return match.end() if match else otherwise


def _text(held: Iterable[str]) -> Iterator[Token]:
    text = "".join(held)
    if text:
        yield Token("text", html.unescape(_FAR.sub("\ufffd", text)))


_BREAKS = frozenset(
    "address article aside blockquote br caption dd div dl dt figure footer h1 h2 h3 h4 h5 h6 "
    "header hr li ol p pre section table tbody thead tr ul".split()
)
_CELLS = frozenset(("td", "th"))
_UNSEEN = frozenset(("head", "script", "style", "title"))


@dataclass(frozen=True)
class Stripped:
    """A text to read, and its counted pieces: where each begins in it, and in bytes.

    `pieces` joined are the text between the tags; `text` has line breaks between blocks beside.
    """

    text: str
    pieces: tuple[str, ...]
    begins: tuple[int, ...]
    begins_bytes: tuple[int, ...]

    @cached_property
    def _encoded(self) -> tuple[bytes, ...]:
        return tuple(each.encode("utf-8", "surrogatepass") for each in self.pieces)

    @property
    def bare(self) -> str:
        """The text between the tags, and nothing else."""
        return "".join(self.pieces)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Where in `text` the bytes from `start` to before `end` stand; None if nowhere.

        A place within a sign is the one after it, as in Taguette.
        """
        if not 0 <= start < end or not self.pieces:
            return None
        if end > self.begins_bytes[-1] + len(self._encoded[-1]):
            return None
        first = self._point(bisect_right(self.begins_bytes, start) - 1, start)
        last = self._point(bisect_left(self.begins_bytes, end) - 1, end)
        return (first, last) if first < last else None

    def _point(self, piece: int, offset: int) -> int:
        before = self._encoded[piece][: offset - self.begins_bytes[piece]]
        signs = sum(1 for byte in before if byte & 0xC0 != 0x80)
        return self.begins[piece] + signs


def stripped(source: str, *, from_first: bool = False) -> Stripped:
    """The text of HTML. With `from_first`, space before the first sign is not counted.

    A browser counts it, an HTML parser that reads a whole page does not; Taguette uses both.
    """
    shown: list[str] = []
    pieces: list[str] = []
    begins: list[int] = []
    bytes_at: list[int] = []
    length = counted = 0
    waits, last, hidden, after_pre = "", "\n", "", False
    for kind, text, _ in tokens(source):
        if kind == "text" and not hidden:
            piece = text.removeprefix("\n") if after_pre else text
            if from_first and not pieces:
                piece = piece.lstrip(" \t\n\f")
            after_pre = False
            if not piece:
                continue
            if waits and not (last == "\n" or piece[0] == "\n"):
                shown.append(waits)
                length += 1
            waits = ""
            begins.append(length)
            bytes_at.append(counted)
            pieces.append(piece)
            shown.append(piece)
            length += len(piece)
            counted += len(piece.encode("utf-8", "surrogatepass"))
            last = piece[-1]
        elif kind != "text":
            hidden = _hidden(hidden, kind, text)
            after_pre = kind == "start" and text == "pre"
            if text in _BREAKS:
                waits = "\n"
            elif text in _CELLS:
                waits = waits or "\t"
    return Stripped("".join(shown), tuple(pieces), tuple(begins), tuple(bytes_at))


def _hidden(hidden: str, kind: str, name: str) -> str:
    if hidden:
        return "" if kind == "end" and name == hidden else hidden
    return name if kind == "start" and name in _UNSEEN else ""
