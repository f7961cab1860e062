"""XML within limits, by local names, since programs differ in namespace; GUIDs in one spelling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import TreeBuilder

from evalkit.errors import EvalkitError, fault

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_DEPTH = 200
MOST_ELEMENTS = 2_000_000
MOST_ATTRIBUTE = 5_000_000
_PIECE = 1_000_000
_AGAIN = "Export it again from the program that it was made in."


class _TooMuchError(ValueError):
    """XML out of all measure."""


class _Bounded(TreeBuilder):
    """A tree that stops growing in time."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: Any, attrs: dict[Any, Any], /) -> Any:
        """Refuse an element too deep, one too many, or one with an endless attribute."""
        self._depth += 1
        self._count += 1
        if self._depth > MOST_DEPTH:
            raise _TooMuchError("elements stand too deep in each other")
        if self._count > MOST_ELEMENTS:
            raise _TooMuchError("there are too many elements")
        if any(len(each) > MOST_ATTRIBUTE for each in attrs.values()):
            raise _TooMuchError("an attribute is too long")
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> Any:
        """Leave an element."""
        self._depth -= 1
        return super().end(tag)


def parse(data: bytes, root: str, file: str) -> Element:
    """The root element, whose local name must be `root`.

    Raises `EvalkitError` for what is no XML, has a document type or entities, or is out of measure.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import XMLParser

    parser = XMLParser(target=_Bounded(), forbid_dtd=True)
    try:
        for at in range(0, len(data), _PIECE):
            parser.feed(data[at : at + _PIECE])
        found: Element = parser.close()
    except DefusedXmlException as cause:
        message = "The XML declares a document type or entities, which no export of codings does."
        raise fault(message, _AGAIN, file=file) from cause
    except _TooMuchError as cause:
        raise fault(f"The XML is out of all measure: {cause}.", _AGAIN, file=file) from cause
    except (ParseError, ValueError, LookupError, MemoryError) as cause:
        raise fault(f"The file is not XML, or is cut off ({cause}).", _AGAIN, file=file) from cause
    if local(found) != root:
        raise _other(local(found), root, file)
    return found


def _other(name: str, root: str, file: str) -> EvalkitError:
    return fault(f"The XML begins with <{name[:60]}>, not with <{root}>.", _AGAIN, file=file)


def local(element: Element) -> str:
    """An element's name without its namespace; empty of a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """The elements directly below with one of these local names."""
    for each in () if element is None else element:
        if local(each) in names:
            yield each


def child(element: Element | None, name: str) -> Element | None:
    """The first element directly below with this local name."""
    return next(children(element, name), None)


def value(element: Element, *names: str) -> str:
    """The first attribute of these local names that has something in it."""
    return next((found.strip() for each in names if (found := as_written(element, each))), "")


def as_written(element: Element, name: str) -> str:
    """An attribute by its local name with its outer space; empty if there is nothing in it."""
    found = element.get(name)
    if found is None:
        pairs = element.attrib.items()
        found = next((text for key, text in pairs if key.rpartition("}")[2] == name), "")
    return found if found.strip() else ""


def text_of(element: Element | None, name: str) -> str:
    """The text of the first element directly below with this local name, without outer space."""
    found = child(element, name)
    return "" if found is None else "".join(found.itertext()).strip()


def guid(text: str) -> str:
    """A GUID in one spelling: without braces, in lower case."""
    return text.strip().strip("{}").strip().lower()


def target(element: Element) -> str:
    """The GUID that a reference (`CodeRef`, `NoteRef`, …) points to."""
    return guid(value(element, "targetGUID", "guid"))
