"""A spreadsheet (XLSX, XLS, XLSB, ODS) → the cells of one sheet, as a person sees them.

python-calamine reads the cells. What it leaves out or cannot stand is seen to before: cells with
an error, which it would give as empty; sheets with a cell so far away that the rectangle up to
there fits no memory; an ODS that is cut off, of which it would look for the end for ever.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError, ParserCreate

from evalkit.delimited import read_bytes
from evalkit.errors import EvalkitError, fault, nearest
from evalkit.intake.cells import cell_text
from evalkit.intake.export import Reason, Sheet

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_MOST_CELLS = 30_000_000
_MOST_BYTES = 2_000_000_000
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml|content\.xml", re.IGNORECASE)
_AGAIN = "Open it in a spreadsheet program and save it again, or export it again."

_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, LookupError, OSError, ValueError)

_XLSX_ERROR = re.compile(rb'(<(?:\w+:)?c\b[^>]*\bt=)"e"')
_XLSX_FAR = re.compile(rb' r="(?:[A-Z]{3}\d|[A-Z]{0,2}\d{6})')
_XLSX_CELL = re.compile(rb' r="([A-Z]+)(\d+)"')
_ODS_ERROR = re.compile(
    rb'(<table:table-cell\b[^>]*?) office:string-value=""([^>]*:value-type="error")'
)
_ODS_ROWS = re.compile(rb'number-rows-repeated="(\d+)"')
_ODS_WIDE = re.compile(rb'number-columns-repeated="\d{4,}"(?![^>]*/>\s*</table:table-row>)')


def read(path: Path, file: str, name: str = "") -> Sheet:
    """Read the sheet `name`, or the first that is not empty; visible ones come first.

    Empty rows and columns around the table are left out; rows keep the spreadsheet's numbers.
    Raises `EvalkitError` when the file is no spreadsheet, is damaged or has no such sheet.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    data = _prepared(read_bytes(path, file), file)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return _sheet(book, file, name)
    except PasswordError:
        fix = "Save it without a password."
        raise fault("The spreadsheet is protected by a password.", fix, file=file) from None
    except (CalamineError, OSError, ValueError, OverflowError, MemoryError) as cause:
        raise fault(f"The spreadsheet cannot be read ({cause}).", _AGAIN, file=file) from cause


def _sheet(book: CalamineWorkbook, file: str, name: str) -> Sheet:
    names = _in_order(book)
    if name and name not in names:
        raise fault(f'The spreadsheet has no sheet "{name}".', nearest(name, names), file=file)
    found = {each: rows for each in names if (rows := _rows(book, each))}
    taken = name or next(iter(found), "")
    if taken not in found:
        what = f'The sheet "{name}" is empty.' if name else "The file is empty."
        raise fault(what, "Export it again with a heading row.", file=file)
    others = ", ".join(each for each in found if each != taken)
    how = Reason("how_spreadsheet", {"sheet": taken})
    if others:
        how = Reason("how_spreadsheet_several", {"sheet": taken, "others": others})
    return Sheet(file, found[taken], how)


def _in_order(book: CalamineWorkbook) -> list[str]:
    """The names of the sheets with cells, visible ones first."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    shown = [each.name for each in sheets if each.visible == SheetVisibleEnum.Visible]
    return [*shown, *(each.name for each in sheets if each.name not in shown)]


def _rows(book: CalamineWorkbook, name: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Each row with its number, without the empty rows and columns around the table."""
    sheet = book.get_sheet_by_name(name)
    rows: Sequence[Sequence[object]] = sheet.to_python()
    first = 1 if sheet.start is None else sheet.start[0] + 1
    filled = [at for at, row in enumerate(rows) if any(map(_holds, row))]
    if not filled:
        return ()
    columns = range(len(rows[0]))
    left = next(at for at in columns if any(_holds(row[at]) for row in rows))
    right = next(at for at in reversed(columns) if any(_holds(row[at]) for row in rows)) + 1
    return tuple(
        (
            first + at,
            tuple([each if type(each) is str else _text(each) for each in rows[at][left:right]]),
        )
        for at in range(filled[0], filled[-1] + 1)
    )


def _holds(cell: object) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


@lru_cache(maxsize=65_536, typed=True)
def _text(value: object) -> str:
    return cell_text(value)


def _prepared(data: bytes, file: str) -> bytes:
    """The file with the error of a cell as its text; `EvalkitError` if it is out of all measure."""
    if not data.startswith(b"PK"):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(each.file_size for each in parts.infolist()) > _MOST_BYTES:
                raise _too_large(file)
            _check_ods(parts)
            changed: dict[str, bytes] = {}
            for name in filter(_SHEET.fullmatch, parts.namelist()):
                part = parts.read(name)
                if _extent(part) > _MOST_CELLS:
                    raise _too_large(file)
                mended = _with_errors_as_text(part)
                if mended is not part:
                    changed[name] = mended
            return _with_parts(parts, changed) if changed else data
    except EvalkitError:
        raise
    except (*_DAMAGE, ExpatError) as cause:
        raise fault(f"The spreadsheet is damaged ({cause}).", _AGAIN, file=file) from cause
    except (NotImplementedError, RuntimeError):
        return data  # packed in a way that only the reader knows, or with a password


def _check_ods(parts: zipfile.ZipFile) -> None:
    """Raise `ExpatError` for an ODS whose XML is cut off: python-calamine would never end."""
    for name in {"content.xml", "META-INF/manifest.xml"}.intersection(parts.namelist()):
        ParserCreate().Parse(parts.read(name), True)


def _too_large(file: str) -> EvalkitError:
    fix = "Delete the empty rows and columns behind the table, or save it as CSV."
    return fault("A sheet of the spreadsheet is too large to be read.", fix, file=file)


def _extent(part: bytes) -> int:
    """How many cells the rectangle around a sheet's cells may have; 0 where it is surely small."""
    if b"office:document-content" in part[:5000]:
        return max(_ods_extent(each) for each in part.split(b"<table:table "))
    if not _XLSX_FAR.search(part):
        return 0
    columns = rows = 0
    for letters, digits in set(_XLSX_CELL.findall(part)):
        columns, rows = max(columns, _column_number(letters)), max(rows, int(digits[:9]))
    return columns * rows


def _column_number(letters: bytes) -> int:
    number = 0
    for each in letters[:4]:
        number = number * 26 + each - 64
    return number


def _ods_extent(table: bytes) -> int:
    last = table.rfind(b"value-type=") + 1
    rows = table.count(b"<table:table-row", 0, last)
    rows += sum(int(each[:9]) for each in _ODS_ROWS.findall(table, 0, last))
    return rows * (16_384 if _ODS_WIDE.search(table, 0, last) else 1)


def _with_errors_as_text(part: bytes) -> bytes:
    if b't="e"' in part:
        return _XLSX_ERROR.sub(rb'\1"str"', part)
    if b'value-type="error"' in part:
        return _ODS_ERROR.sub(rb"\1\2", part)
    return part


def _with_parts(parts: zipfile.ZipFile, changed: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as copy:
        for name in dict.fromkeys(parts.namelist()):
            copy.writestr(name, changed.get(name) or parts.read(name))
    return whole.getvalue()
