"""A project out again, by the name of what is to be made; what is there is never overwritten."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from evalkit.codings.model import CodingProject, Told
from evalkit.codings.plain_write import plain
from evalkit.codings.refi import qdc, qdpx
from evalkit.errors import EvalkitError, fault


def write_codings(project: CodingProject, out: Path) -> tuple[Told, ...]:
    """Write `X.qdpx`, `X.qdc`, or a folder of CSV files (a name without a suffix).

    Gives what the format could not hold. Raises `EvalkitError` for another suffix, for what is
    there already and for a place that cannot be written; nothing half-written is left.
    """
    _check(out)
    suffix = out.suffix.casefold()
    if suffix == ".qdpx":
        written = qdpx(project, out.stem)
        _put(out, {"": written.data})
        return written.told
    if suffix == ".qdc":
        written = qdc(project)
        _put(out, {"": written.data})
        return written.told
    files, told = plain(project)
    _put(out, {name: text.encode("utf-8") for name, text in files.items()})
    return told


def _check(out: Path) -> None:
    if out.suffix and out.suffix.casefold() not in (".qdpx", ".qdc"):
        fix = "Name a file .qdpx or .qdc, or a folder (without a suffix)."
        raise fault(f"Codings are not written as {out.suffix}.", fix, file=out.name)
    if os.path.lexists(out):
        raise _exists(out)
    if not out.parent.is_dir():
        raise fault("The folder that it shall stand in does not exist.", file=str(out.parent))


def _exists(out: Path) -> EvalkitError:
    fix = "Choose another name; what is there is never overwritten."
    return fault("There is a file or folder of that name already.", fix, file=out.name)


def _put(out: Path, files: Mapping[str, bytes]) -> None:
    """Put a file (the one without a name) or a folder in place at one stroke."""
    around: Path | None = None
    try:
        around = Path(tempfile.mkdtemp(prefix=".evalkit-", dir=out.parent))
        made = around / out.name
        if "" in files:
            made.write_bytes(files[""])
        else:
            made.mkdir()
            for name, data in files.items():
                (made / name).write_bytes(data)
        if os.path.lexists(out):
            raise _exists(out)
        made.rename(out)
    except OSError as cause:
        raise fault(f"It cannot be written ({cause.strerror}).", file=out.name) from cause
    finally:
        if around is not None:
            shutil.rmtree(around, ignore_errors=True)
