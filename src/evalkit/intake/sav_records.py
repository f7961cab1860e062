"""The dictionary of an SPSS file, checked record by record before ReadStat reads it.

ReadStat trusts lengths and numbers of a damaged file and can take the whole process down with it.
The layout is that of PSPP's developer's guide, "System File Format".
"""

from __future__ import annotations

import codecs
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

_CODE_PAGES = {65001: "utf-8", 28591: "latin-1", 2: "cp1252", 3: "cp1252"}
_DICHOTOMIES = re.compile(rb"^\$([^=\n]+)=(?:D|E 11? )(\d{1,5}) (.*)$", re.MULTILINE)
_TEXT_FORMATS = (1, 2)
_MOST_PER_BYTE = {0: 1, 1: 1, 2: 1100}
"""Compression → how many cases a byte can hold at most; deflate packs no tighter than 1 : 1032."""


def check_dictionary(path: Path, encoding: str | None = None) -> dict[str, str]:
    """The counted value of each multiple response set of dichotomies, by the set's name.

    Raises `ValueError` where the file's dictionary promises what the file does not hold. `encoding`
    is the one that shall be used instead of the file's own.
    """
    with path.open("rb") as file:
        walk = _Walk(file, path.stat().st_size)
        walk.through()
        return walk.counted_values(encoding or walk.encoding)


@dataclass
class _Walk:
    """A walk through the records; `widths` has each variable's width, 0 for a number.

    A string of more than eight bytes has further places of width -1. `codes` are the values of
    strings that have labels.
    """

    file: BinaryIO
    size: int
    order: str = "<"
    encoding: str = "cp1252"
    widths: list[int] = field(default_factory=list)
    codes: list[bytes] = field(default_factory=list)
    sets: bytes = b""

    def through(self) -> None:
        """Check the header and every record up to the one that ends the dictionary."""
        self._header()
        checks = {2: self._variable, 3: self._value_labels, 6: self._document, 7: self._extension}
        while (record := self._integer()) != 999:
            if record not in checks:
                raise ValueError(f"record {record} where another has to be")
            checks[record]()
        self._hold(self._pending() == 0 and bool(self.widths), "its variables are not complete")

    def counted_values(self, encoding: str) -> dict[str, str]:
        """Set → counted value, which pyreadstat gives only where it is a number.

        Raises `ValueError` for a labelled string that is no text: ReadStat would crash.
        """
        try:
            new = codecs.getincrementaldecoder(encoding)
        except LookupError:
            new = codecs.getincrementaldecoder("ascii")
        for code in self.codes:
            new().decode(code)  # a character may be cut off at the end
        return {
            new("replace").decode(name): new("replace").decode(rest[: int(length)])
            for name, length, rest in _DICHOTOMIES.findall(self.sets)
        }

    def _header(self) -> None:
        head = self._bytes(176)
        self.order = "<" if head[64:68] in (b"\2\0\0\0", b"\3\0\0\0") else ">"
        layout, _, compression, _, cases = struct.unpack_from(f"{self.order}5i", head, 64)
        self._hold(layout in (2, 3) and compression in _MOST_PER_BYTE, "its header is damaged")
        self._hold(cases <= self.size * _MOST_PER_BYTE[compression], f"no room for {cases} cases")

    def _variable(self) -> None:
        width, labelled, missing, shown, written = struct.unpack(
            f"{self.order}5i8x", self._bytes(28)
        )
        formats = (shown >> 16 & 0xFF, written >> 16 & 0xFF)
        pending = self._pending()
        self._hold((width == -1) if pending else (0 <= width <= 255), "a variable's width is wrong")
        self._hold(labelled in (0, 1) and -3 <= missing <= 3, "a variable is damaged")
        fits = width == -1 or all((each in _TEXT_FORMATS) == (width > 0) for each in formats)
        self._hold(fits, "a variable's format is not of its kind")
        self.widths.append(width)
        if labelled:
            length = self._integer()
            self._skip((length + 3) // 4 * 4)
        self._skip(abs(missing) * 8)

    def _pending(self) -> int:
        """How many places of the last string are still to come."""
        for continued, width in enumerate(reversed(self.widths)):
            if width != -1:
                return max(0, (width + 7) // 8 - 1 - continued)
        return 0

    def _value_labels(self) -> None:
        count = self._integer()
        self._hold(0 <= count <= self.size // 16, "it has no room for its value labels")
        codes = []
        for _ in range(count):
            *code, length = self._bytes(9)
            codes.append(bytes(code))
            self._skip((length + 8) // 8 * 8 - 1)
        self._hold(self._integer() == 4, "value labels without variables")
        variables = self._count(4)
        self._hold(variables > 0, "value labels without variables")
        for _ in range(variables):
            at = self._integer() - 1
            known = 0 <= at < len(self.widths) and self.widths[at] >= 0
            self._hold(known, "value labels of a variable that there is not")
            self.codes += codes if self.widths[at] else []

    def _document(self) -> None:
        self._skip(self._count(80) * 80)

    def _extension(self) -> None:
        kind, size = struct.unpack(f"{self.order}2i", self._bytes(8))
        self._hold(0 <= size <= self.size, "an extension is damaged")
        count = self._count(max(size, 1))
        if kind == 3 and size * count == 32:
            page = struct.unpack(f"{self.order}8i", self._bytes(32))[-1]
            self.encoding = _CODE_PAGES.get(page, f"cp{page}")
        elif kind == 20:
            self.encoding = self._bytes(size * count).decode("ascii", "replace").strip()
        elif kind in (7, 19):
            self.sets += self._bytes(size * count)
        else:
            self._skip(size * count)

    def _count(self, size: int) -> int:
        """A number of things of `size` bytes that follow."""
        count = self._integer()
        self._hold(0 <= count * size <= self.size, "it is shorter than it says")
        return count

    def _integer(self) -> int:
        return int(struct.unpack(f"{self.order}i", self._bytes(4))[0])

    def _bytes(self, count: int) -> bytes:
        found = self.file.read(count)
        self._hold(len(found) == count, "it ends too early")
        return found

    def _skip(self, count: int) -> None:
        self._hold(0 <= count <= self.size - self.file.tell(), "it ends too early")
        self.file.seek(count, 1)

    @staticmethod
    def _hold(true: bool, otherwise: str) -> None:
        if not true:
            raise ValueError(otherwise)
