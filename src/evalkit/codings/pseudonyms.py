"""Names that are not to be read: replaced in every text, and found where they are left.

Whole words are replaced, with the genitive's s, in capitals too: "Lerums", "LERUM". A word that
only begins with a name ("Lerumsgruppen") is not guessed at: `left` finds it, the evaluator decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from evalkit.codings.model import CodingProject
from evalkit.errors import Problem
from evalkit.settings import Codings


@dataclass(frozen=True)
class Pseudonyms:
    """Name → what it is called instead; one that is called by itself is a word that may stand."""

    names: Mapping[str, str]

    @cached_property
    def _by_key(self) -> Mapping[str, str]:
        return {_key(name): called for name, called in self.names.items()}

    @cached_property
    def _whole(self) -> re.Pattern[str] | None:
        """Any of the names as a whole word, the longest first."""
        names = sorted(self.names, key=len, reverse=True)
        if not names:
            return None
        joined = "|".join(_pattern(each) for each in names)
        return re.compile(rf"(?<!\w)({joined})([’']?s)?(?!\w)", re.IGNORECASE)

    def text(self, text: str) -> str:
        """The text with every name replaced."""
        if self._whole is None:
            return text
        return self._whole.sub(self._called, unicodedata.normalize("NFC", text))

    def _called(self, match: re.Match[str]) -> str:
        found, genitive = match[1], match[2] or ""
        if not _is_name(found):
            return match.group()  # "lund" is no Lund
        called = self._by_key[_key(found)]
        if not genitive:
            return called
        if called[-1:].isalpha():
            return called if called[-1:] in "sxz" else f"{called}s"
        return f"{called}:s"

    def left(self, text: str) -> list[str]:
        """Words that begin with a name that is to be replaced, after `text` has been through."""
        hidden = [name for name, called in self.names.items() if name != called]
        if not hidden:
            return []
        joined = "|".join(_pattern(each) for each in hidden)
        found = re.findall(
            rf"(?<!\w)((?:{joined})\w*)", unicodedata.normalize("NFC", text), re.IGNORECASE
        )
        kept = {_key(name) for name, called in self.names.items() if name == called}
        return [each for each in dict.fromkeys(found) if _is_name(each) and _key(each) not in kept]


def _is_name(found: str) -> bool:
    return found[:1].isupper() or not found[:1].isalpha()


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _pattern(name: str) -> str:
    return r"\s+".join(re.escape(each) for each in unicodedata.normalize("NFC", name).split())


def pseudonym_problems(
    project: CodingProject, settings: Codings, groups: Sequence[str]
) -> Iterator[Problem]:
    """What is wrong with the pseudonyms of a study: they have to hold for every group and text."""
    named = settings.pseudonyms
    if not named:
        return

    def problem(message: str, fix: str) -> Problem:
        return Problem("study.yaml", None, "codings.pseudonyms", message, fix)

    pseudonyms = Pseudonyms(named)
    missing = [each for each in groups if each not in named]
    if missing and len(missing) < len(groups):
        message = f"{', '.join(missing)} would stand there by name beside groups with pseudonyms."
        yield problem(message, "Give every group a pseudonym, or none.")
    called = [named[each] for each in groups if each in named]
    for each in dict.fromkeys(each for each in called if called.count(each) > 1):
        yield problem(f'Two groups are called "{each}".', "Give each a pseudonym of its own.")
    for name, new in named.items():
        if not new.strip():
            yield problem(f"The pseudonym of {name} is empty.", "Write what it is called.")
        elif name != new and pseudonyms.left(new):
            yield problem(f'The pseudonym "{new}" holds a name.', "Choose one that tells nothing.")
    for where, text in _texts(project, settings):
        for left in pseudonyms.left(pseudonyms.text(text)):
            message = f'"{left}" stands in {where}, and begins with a name that has a pseudonym.'
            yield problem(message, f'Add a line for it, such as "{left}: …".')


def _texts(project: CodingProject, settings: Codings) -> Iterator[tuple[str, str]]:
    """Every text that a page may show, with where it stands."""
    for segment in project.segments:
        yield f"the text of segment {segment.ident}", segment.text
    for code in project.codes:
        for text in (code.name, code.label, code.definition, code.label_en, code.definition_en):
            yield f"the code {code.name}", text
    for case in project.cases:
        for name, value in case.attributes.items():
            yield f"the attribute {name} of {case.name}", value
    for key, words in settings.labels.items():
        for text in (key, words.sv, words.en):
            yield f"the label of {key}", text
    yield from (("codings.note", each) for each in (settings.note.sv, settings.note.en))
