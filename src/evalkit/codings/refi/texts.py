"""The texts of a project's sources: inside the archive, in the XML itself, outside or missing."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.codings.refi.places import Text
from evalkit.codings.refi.tree import child, value

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Open = Callable[[str], bytes | None]


@dataclass(frozen=True)
class Found:
    """A text, or why there is none: `missing`, `external`, `rich` (a DOCX alone) or `no_path`."""

    text: Text | None
    why: str = ""
    encoding: str = "utf-8"


def text(element: Element, inside: Open) -> Found:
    """The text of a `TextSource`, `Representation`, `Transcript` or `Note`.

    Files outside the archive are never opened, and their paths never told: they name somebody's
    folders.
    """
    content = child(element, "PlainTextContent")
    if content is not None:
        return Found(Text("".join(content.itertext())))
    path = value(element, "plainTextPath")
    if not path:
        return Found(None, "rich" if value(element, "richTextPath", "path") else "no_path")
    if _OUTSIDE.match(path):
        return Found(None, "external")
    data = inside(path)
    return Found(None, "missing") if data is None else _decoded(data)


_OUTSIDE = re.compile(r"(relative|absolute|file|https?)://?|[A-Za-z]:[\\/]|[\\/]", re.IGNORECASE)


def _decoded(data: bytes) -> Found:
    """UTF-8 by the standard; a byte-order mark stays, since some programs count it."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return Found(Text(data.decode(encoding, "replace")), "", "utf-16")
    try:
        return Found(Text(data.decode("utf-8")))
    except UnicodeDecodeError:
        return Found(Text(data.decode("cp1252", "replace")), "", "cp1252")
