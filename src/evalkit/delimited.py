"""A delimited text file, bytes to cells: encoding, separator, rows. It knows nothing of surveys.

Both the study's own tables (codebook, scales) and exports are read here, because an evaluator who
saves a codebook from a Swedish Excel gets semicolons and cp1252 just as a survey tool gives.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evalkit.errors import EvalkitError, Problem, fault, nearest

SEPARATORS = {";": "semicolon", "\t": "tab", ",": "comma"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_QUOTED = re.compile(r'"[^"]*"')
BEGINNING = 100_000
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class TextTable:
    """Cells as text. `rows` holds (row number as in a spreadsheet, cells as many as headings)."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str
    separator: str

    def column(self, heading: str) -> tuple[str, ...]:
        """The cells under `heading` (the first, if it stands there twice), top to bottom."""
        place = self.header.index(heading)
        return tuple(cells[place] for _, cells in self.rows)

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row as (row number, heading → cell without surrounding space)."""
        for number, cells in self.rows:
            yield number, {h: c.strip() for h, c in zip(self.header, cells, strict=True)}


@dataclass(frozen=True)
class Rows:
    """A delimited file's cells as they stand, before anybody says which row is the heading.

    `rows` holds (row number as in a spreadsheet, cells); rows may differ in width.
    """

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str
    separator: str


def read_rows(path: Path, file: str, encoding: str | None = None) -> Rows:
    """Read every row of `path`, called `file` in messages, without blank lines at either end.

    The encoding is the one given, else by byte-order mark, else UTF-8, else cp1252. The separator
    is the one of semicolon, tab and comma by which most rows are as wide as the first. Raises
    `EvalkitError` for a file that is missing, empty or not text.
    """
    text, used = _decode(read_bytes(path, file), file, encoding)
    records, separator = _parse(text, file)
    while records and not any(cell.strip() for cell in records[-1]):
        if records[-1] and len(records[-1]) > 1:
            break  # a respondent who left everything empty is still a respondent
        records.pop()
    if not records:
        raise fault("The file is empty.", "Export it again with a heading row.", file=file)
    rows = tuple((number, tuple(cells)) for number, cells in enumerate(records, start=1))
    return Rows(rows, used, separator)


def read_delimited(path: Path, file: str, encoding: str | None = None) -> TextTable:
    """Read a file whose first row is the heading.

    Raises `EvalkitError` as `read_rows` does, and for rows of another width than the heading.
    """
    found = read_rows(path, file, encoding)
    header = tuple(cell.strip() for cell in found.rows[0][1])
    rows, problems = rectangular(len(header), found.rows[1:], file)
    if problems:
        raise EvalkitError(problems)
    return TextTable(file, header, rows, found.encoding, found.separator)


def read_table(
    path: Path, file: str, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> TextTable:
    """Read one of the study's own tables, whose headings are known.

    Raises `EvalkitError` when a required heading is missing or one stands there twice.
    """
    table = read_delimited(path, file)
    problems = [
        Problem(file, 1, heading, "The column is missing.", nearest(heading, table.header))
        for heading in required
        if heading not in table.header
    ]
    problems += [
        Problem(file, 1, heading, "The column stands there twice.", "Remove one of them.")
        for heading in (*required, *optional)
        if table.header.count(heading) > 1
    ]
    if problems:
        raise EvalkitError(problems)
    return table


def read_bytes(path: Path, file: str) -> bytes:
    """The bytes of a file, or `EvalkitError` with the name that was perhaps meant."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        folder = path.parent
        names = [each.name for each in folder.glob(f"*{path.suffix}")] if folder.is_dir() else []
        raise fault("The file does not exist.", nearest(path.name, names), file=file) from None
    except (OSError, ValueError) as cause:
        why = getattr(cause, "strerror", None) or cause
        raise fault(f"The file cannot be read ({why}).", file=file) from cause


def _decode(data: bytes, file: str, encoding: str | None) -> tuple[str, str]:
    if not data.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise fault("The file is empty.", "Export it again with a heading row.", file=file)
    for candidate in encodings(data, file, encoding):
        try:
            text = data.decode(candidate)
        except UnicodeError:
            continue
        text = text.removeprefix("\ufeff")
        if not CONTROL.search(text):
            return text, candidate
    raise fault(
        "The text encoding is not known: it is neither UTF-8, UTF-16 with a mark, nor cp1252."
        if encoding is None
        else f"The file is not text in the encoding {encoding}.",
        "Save it as CSV UTF-8, or name its encoding in study.yaml (encoding: …).",
        file=file,
    )


def encodings(data: bytes, file: str, encoding: str | None) -> tuple[str, ...]:
    """The encodings to try, in order, for a file that begins with `data`."""
    if encoding is not None:
        if not _is_text_encoding(encoding):
            raise fault(
                f'There is no encoding "{encoding}".',
                nearest(encoding, ("utf-8", "utf-16", "cp1252", "latin-1", "cp850", "mac-roman")),
                file=file,
            )
        return (encoding,)
    for mark, name in _BOMS:
        if data.startswith(mark):
            return (name,)
    return ("utf-8", "cp1252")


def _is_text_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except (LookupError, ValueError):
        return False
    return True


def _parse(text: str, file: str) -> tuple[list[list[str]], str]:
    text = text.lstrip("\r\n")
    separator = separator_of(text)
    records: list[list[str]] = []
    try:
        records.extend(reader(text, separator))
    except csv.Error as cause:
        raise fault(
            f"The row cannot be read ({cause}).",
            "Look for a quotation mark that is not closed.",
            file=file,
            row=len(records) + 1,
        ) from None
    return records, separator


def reader(text: str, separator: str) -> Iterator[list[str]]:
    """The rows of a delimited text; raises `csv.Error` for one that is malformed."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def separator_of(text: str) -> str:
    """The separator of a text that begins with its heading; its first `BEGINNING` tell."""
    heading = _QUOTED.sub("", text[:BEGINNING])
    bare = re.split(r"[\r\n]", heading, maxsplit=1)[0]
    return max(SEPARATORS, key=lambda each: (_fits(text, each), bare.count(each)))


def _fits(text: str, separator: str) -> int:
    """How many of the first rows are as wide as the heading, if that is more than one cell."""
    rows = csv.reader(io.StringIO(text[:BEGINNING], newline=""), delimiter=separator)
    widths = [len(row) for row in itertools.islice(rows, 50) if row]
    return widths.count(widths[0]) if widths and widths[0] > 1 else 0


def rectangular(
    width: int, rows: Iterable[tuple[int, tuple[str, ...]]], file: str
) -> tuple[tuple[tuple[int, tuple[str, ...]], ...], list[Problem]]:
    """The rows with `width` cells, without blank lines, and a problem for each of another width."""
    kept: list[tuple[int, tuple[str, ...]]] = []
    problems: list[Problem] = []
    for number, cells in rows:
        if not cells and width > 1:
            continue
        full = cells or ("",)
        if len(full) == width:
            kept.append((number, full))
        else:
            message = f"The row has {len(full)} cells, the heading has {width}."
            fix = "Look for a separator inside an answer that is not in quotation marks."
            problems.append(Problem(file, number, None, message, fix))
    return tuple(kept), problems
