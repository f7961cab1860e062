"""Personal data in an export: found and told by place, never by what it is.

A finding holds row numbers and counts only, so that nothing which is made from it can show a
person's number, address or name. Names are found by a column's heading, not in running text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evalkit.codebook import normal
from evalkit.intake.export import Column, Export, encoded

Sort = Literal["personal_number", "email", "telephone", "ip_address", "name", "address"]

NAMES: dict[Sort, str] = {
    "personal_number": "personal identity numbers",
    "email": "e-mail addresses",
    "telephone": "telephone numbers",
    "ip_address": "IP addresses",
    "name": "names of persons",
    "address": "addresses",
}
"""What each sort is called in running text."""


@dataclass(frozen=True)
class Finding:
    """Personal data of one sort in one column: the numbers of the rows that hold it.

    With `by_heading` it is the heading that tells, and every cell is taken for such.
    """

    column: str
    sort: Sort
    rows: tuple[int, ...]
    by_heading: bool = False

    @property
    def count(self) -> int:
        """In how many cells it was found."""
        return len(self.rows)

    def __str__(self) -> str:
        """What was found and where: "e-mail addresses in 2 cells (row 4, 9)"."""
        shown = ", ".join(str(row) for row in self.rows[:_SHOWN])
        more = f" and {self.count - _SHOWN} more" if self.count > _SHOWN else ""
        cells = "1 cell" if self.count == 1 else f"{self.count} cells"
        return f"{NAMES[self.sort]} in {cells} (row {shown}{more})"


_SHOWN = 10


def find(export: Export) -> tuple[Finding, ...]:
    """Every finding in every column of an export."""
    return tuple(f for column in export.columns for f in find_in(column, export.rows))


def find_in(column: Column, rows: Sequence[int]) -> tuple[Finding, ...]:
    """Every finding in a column, whose cells stand in the rows called `rows`."""
    distinct = {cell for cell in encoded(column.cells).texts if cell and not cell.isspace()}
    suspects = [cell for cell in distinct if _may_hold(cell)]
    by_sort: dict[Sort, set[str]] = {}
    for sort, spans_of in TELLS.items():
        found = {cell for cell in suspects if any(True for _ in spans_of(cell))}
        if found and _believed(sort, found, distinct, column.heading):
            by_sort[sort] = found
    told = [_finding(column, sort, found, rows) for sort, found in by_sort.items()]
    for sort in _by_heading(column, distinct):
        if not told:
            told.append(replace(_finding(column, sort, distinct, rows), by_heading=True))
    return tuple(told)


_SHORTEST = 7
"""No personal number, telephone number or IP address of version 4 has fewer signs."""


def _may_hold(text: str) -> bool:
    """Whether it is worth looking closer, which costs; most answers to most questions are not."""
    return len(text) >= _SHORTEST or "@" in text or ":" in text


def _finding(column: Column, sort: Sort, found: set[str], rows: Sequence[int]) -> Finding:
    return Finding(
        column.heading,
        sort,
        tuple(row for row, cell in zip(rows, column.cells, strict=True) if cell in found),
    )


_IDENTITY = re.compile(
    r"(?<![0-9])((?:19|20)?[0-9]{6})[ \u2010-\u2015\u2212]?([-+]?)[ ]?([0-9]{4})(?![0-9])"
)
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
_TELEPHONE = re.compile(
    r"(?<![\w.,:/+-])(?:\+[1-9][0-9]{0,2}|00[1-9][0-9]{0,2}|\(?0[1-9])"
    r"[0-9 ()\u00a0-]{5,16}[0-9](?![\w:.,-]?[0-9])"
)
_DAY = re.compile(r"[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,4}")
_IP = re.compile(
    r"(?<![\w.:])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f:]*::?[0-9A-Fa-f:.]+)(?![\w:])"
)
_BARE = re.compile(r"\s*[0-9]{10}\s*")


Span = tuple[int, int]
"""Where in a text something stands: its first sign, and the one after its last."""


def _personal_numbers(text: str) -> Iterator[Span]:
    for match in _IDENTITY.finditer(text):
        if _is_number(match[1], match[2] or "-", match[3]):
            yield match.span()


def _is_number(date: str, sign: str, last: str) -> bool:
    """The check digit, and a day that exists; a coordination number's day is 60 higher."""
    from stdnum import luhn
    from stdnum.exceptions import ValidationError
    from stdnum.se import personnummer

    day = int(date[-2:])
    birth = f"{date[:-2]}{day - 60:02}" if day > 60 else date
    if not luhn.is_valid(date[-6:] + last):
        return False
    try:
        personnummer.get_birth_date(f"{birth}{sign}{last}")
    except (ValidationError, ValueError):
        return False
    return True


def _emails(text: str) -> Iterator[Span]:
    if "@" in text:
        yield from (match.span() for match in _EMAIL.finditer(text))


def _telephones(text: str) -> Iterator[Span]:
    for match in _TELEPHONE.finditer(text):
        digits = sum(each.isdigit() for each in match.group())
        if 8 <= digits <= 15 and not _DAY.fullmatch(match.group().strip()):
            yield match.span()


def _ip_addresses(text: str) -> Iterator[Span]:
    yield from (match.span() for match in _IP.finditer(text) if _is_address(match.group()))


def _is_address(text: str) -> bool:
    import ipaddress

    try:
        found = ipaddress.ip_address(text.rstrip("."))
    except ValueError:
        return False
    return found.version == 4 or text.count(":") > 2


TELLS: dict[Sort, Callable[[str], Iterator[Span]]] = {
    "personal_number": _personal_numbers,
    "email": _emails,
    "telephone": _telephones,
    "ip_address": _ip_addresses,
}
"""Where in a text each sort of personal data stands."""


def spans(text: str) -> tuple[Span, ...]:
    """Where personal data stands in a text, in order and apart from each other; names are not."""
    if not _may_hold(text):
        return ()
    joined: list[Span] = []
    for first, last in sorted(each for spans_of in TELLS.values() for each in spans_of(text)):
        if joined and first < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)


def masked(text: str, found: Sequence[Span], mask: str) -> str:
    """The text with `mask` in place of each span of `found`, which are in order and apart."""
    parts, at = [], 0
    for first, last in found:
        parts += [text[at:first], mask]
        at = last
    return "".join([*parts, text[at:]])


def unsaid(cell: str, most: int = 60) -> str:
    """A cell as a message may tell of it: short, and without personal data."""
    text = masked(cell, spans(cell), "[…]")
    return text if len(text) <= most else f"{text[:most]}…"


_WORDS: dict[Sort, str] = {
    "personal_number": "personnummer personnr samordningsnummer ssn personalidentitynumber",
    "email": "epost epostadress mail mailadress email emailaddress mejl mejladress recipientemail",
    "telephone": "telefon telefonnummer telefonnr mobil mobilnummer phone phonenumber mobile "
    "telephone tel",
    "ip_address": "ip ipadress ipaddress ipaddr",
    "address": "adress address gatuadress postadress hemadress streetaddress",
    "name": "namn förnamn efternamn name firstname lastname fullname surname dittnamn yourname "
    "förnamnochefternamn recipientfirstname recipientlastname respondentensnamn kontaktperson "
    "contactperson användarnamn username",
}
_HEADINGS = {sort: frozenset(words.split()) for sort, words in _WORDS.items()}


def _by_heading(column: Column, distinct: set[str]) -> Iterator[Sort]:
    """Sorts that the heading names, where the cells differ as persons do and are no ticks."""
    texts = {column.option or column.heading, column.heading, column.question}
    own = {_compact(text) for text in texts}
    sorts = [sort for sort, words in _HEADINGS.items() if own & words]
    ticks = all(normal(cell) == normal(column.option) for cell in distinct)
    if not sorts or not distinct or ticks or any(len(cell) > 80 for cell in distinct):
        return
    if 2 * len(distinct) >= sum(1 for cell in column.cells if cell):
        yield from sorts


def _compact(text: str) -> str:
    """A heading as one word of letters, without a number before it."""
    return re.sub(r"[\W\d_]+", "", normal(text))


def _believed(sort: Sort, found: set[str], distinct: set[str], heading: str) -> bool:
    """Whether what looks like a personal number or telephone is one, and not by chance.

    In a column of bare digits (an identifier) about one in 250 has a valid date and check digit.
    """
    if sort not in ("personal_number", "telephone"):
        return True
    named = _compact(heading) in _HEADINGS[sort]
    bare = all(_BARE.fullmatch(cell) for cell in found)
    return named or not bare or 5 * len(found) >= len(distinct)
