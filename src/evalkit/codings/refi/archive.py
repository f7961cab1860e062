"""The zip of a `.qdpx`, read in memory within limits; nothing is ever written to disk.

A project may hold films of gigabytes, which are not read. What is read (the project and its texts)
is unpacked a bounded piece at a time, whatever size the zip says that it has.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from evalkit.errors import EvalkitError, fault

MOST_MEMBERS = 20_000
MOST_PROJECT = 200_000_000
MOST_TEXT = 50_000_000
MOST_READ = 500_000_000
MOST_RATIO = 200
_RATIO_FROM = 1_000_000

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, LookupError, OSError, ValueError,
)  # fmt: skip
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_AGAIN = "Export the project again from the program that it was made in."
_DRIVE = re.compile(r"[A-Za-z]:")
_OF_A_MAC = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$)")


class Archive:
    """An open `.qdpx`: its project, and its texts by name.

    Raises `EvalkitError` for a zip that is damaged, encrypted, out of all measure or that names
    files outside itself, and for one with no project (`*.qde`) or several.
    """

    def __init__(self, path: Path, file: str) -> None:
        self.file = file
        self._read = 0
        try:
            self._zip = zipfile.ZipFile(path)
        except (*_DAMAGE, NotImplementedError) as cause:
            raise self._damaged(cause) from cause
        try:
            self._members = self._checked()
            self.root = self._project_name()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def project(self) -> bytes:
        """The XML of the project."""
        return self._unpacked(self._members[self.root.casefold()], MOST_PROJECT)

    def text(self, reference: str) -> bytes | None:
        """The bytes of a text that the project names; None where it is not inside.

        `reference` is what stands in the project: `internal://name`, `sources/name` or the name
        alone. A path out of the archive is an error.
        """
        name = reference.replace("\\", "/")
        name = name.split("://", 1)[1] if name.casefold().startswith("internal://") else name
        if self._leaves(name.lstrip("/")):
            raise self._outside()
        found = self._sources.get(posixpath.basename(name).casefold())
        return None if found is None else self._unpacked(found, MOST_TEXT)

    @cached_property
    def _sources(self) -> Mapping[str, zipfile.ZipInfo]:
        """What lies below the project, by the name alone."""
        below = posixpath.dirname(self.root).casefold()
        found: dict[str, zipfile.ZipInfo] = {}
        for name, info in self._members.items():
            base = posixpath.basename(name)
            if not base or info.is_dir() or not name.startswith(f"{below}/" if below else ""):
                continue
            if base in found:
                fix = "Each file below sources/ must have a name of its own. " + _AGAIN
                raise self._fault("Two files in the archive have the same name.", fix)
            found[base] = info
        return found

    def _checked(self) -> dict[str, zipfile.ZipInfo]:
        infos = self._zip.infolist()
        if len(infos) > MOST_MEMBERS:
            raise self._bomb(f"it holds {len(infos)} files")
        found: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            name = info.filename.replace("\\", "/")
            if self._leaves(name):
                raise self._outside()
            if info.file_size > max(_RATIO_FROM, MOST_RATIO * info.compress_size):
                raise self._bomb("what it holds is far larger than the file")
            if _OF_A_MAC.search(name):
                continue
            if name.casefold() in found:
                raise self._fault("Two files in the archive have the same name.", _AGAIN)
            found[name.casefold()] = info
        return found

    def _project_name(self) -> str:
        names = [each for each in self._members if each.endswith(".qde")]
        at_the_root = [each for each in names if "/" not in each]
        taken = at_the_root or names
        if not taken:
            raise self._fault("The archive holds no project (a file *.qde).", _AGAIN)
        if len(taken) > 1:
            raise self._fault("The archive holds several projects (files *.qde).", _AGAIN)
        return taken[0]

    def _unpacked(self, info: zipfile.ZipInfo, most: int) -> bytes:
        if info.flag_bits & 0x1:
            raise self._fault("The archive is protected by a password.", "Save it without one.")
        if info.compress_type not in _PACKED:
            raise self._fault("The archive is packed in a way that is not read.", _AGAIN)
        most = min(most, MOST_READ - self._read)
        try:
            with self._zip.open(info) as packed:
                data = packed.read(most + 1)
        except (*_DAMAGE, RuntimeError, NotImplementedError) as cause:
            raise self._damaged(cause) from cause
        if len(data) > most:
            raise self._bomb("what it holds is too large")
        self._read += len(data)
        return data

    @staticmethod
    def _leaves(name: str) -> bool:
        return name.startswith("/") or bool(_DRIVE.match(name)) or ".." in name.split("/")

    def _outside(self) -> EvalkitError:
        message = "The archive names files outside itself. It was not made by an ordinary export."
        return self._fault(message, "Do not open it in other programs either.")

    def _bomb(self, why: str) -> EvalkitError:
        return self._fault(f"The archive is out of all measure: {why}.", _AGAIN)

    def _damaged(self, cause: BaseException) -> EvalkitError:
        return self._fault(f"The archive is damaged or cut off ({cause}).", _AGAIN)

    def _fault(self, message: str, fix: str) -> EvalkitError:
        return fault(message, fix, file=self.file)
