"""Guesses by a column's heading, or by cells that are no answers: identifiers, dates, amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from evalkit.codebook import normal
from evalkit.draft import cells
from evalkit.draft.facts import Facts, Guess, Habits, Sort, numeric
from evalkit.intake.export import Column

_IDENTIFIER = re.compile(
    r"(?:id|nr|no|#|löpnummer|löpnr|token|uid|uuid|guid|nyckel|case|resp|respid|record)"
    r"|(?:svars|respondent|response|respons|participant|case|record|deltagar|enkät|formulär|svar)"
    r"[ _-]?(?:id|nr|nummer|number|no|kod)|respondent|svarsnummer|serial|serienummer"
)
_TECHNICAL = frozenset(
    "lastpage|last page|sista sidan|startlanguage|start language|startspråk|seed|refurl"
    "|referer url|collector id|collectorid|insamlar-id|progress|finished|response type"
    "|responsetype|distributionchannel|distribution channel|userlanguage|user language"
    "|externalreference|external data reference|externaldatareference|locationlatitude"
    "|locationlongitude|user agent|useragent|webbläsare"
    "|browser|collector|samlad status|samlet status|custom data 1|version|source".split("|")
)
_AMOUNT = re.compile(
    r"\b(?:ålder|age|antal|hur många|how many|number of|how old|hur gammal|födelseår|year of birth"
    r"|timmar|hours|minuter|minutes|procent|per cent|percent|kronor|kostnad|cost|budget|years|"
    r"hur länge i år|antal år|invånare|postnummer|zip)\b"
)


_TIMER = re.compile(
    r".+_(?:first click|last click|page submit|click count)"
    r"|.*(?:browser|meta).*_(?:browser|version|operating system|resolution)"
)
"""Qualtrics' questions of timing and of the respondent's browser, each of four columns."""


def headings(column: Column) -> set[str]:
    """The texts above a column, as they are compared."""
    return {normal(each) for each in (column.heading, column.question, column.option) if each}


def by_heading(facts: Facts, _: Habits) -> Guess | None:
    """What the survey tool writes itself, what was written under Other, identifiers."""
    above = headings(facts.column)
    if above & _TECHNICAL or any(map(_TIMER.fullmatch, above)):
        return Guess("technical", "high", "The survey tool writes such a column itself.")
    if _OTHER_TEXT.search(normal(facts.column.heading)) and cells.ticks(facts.texts) is None:
        return Guess("open", "medium", "What was written under Other.")
    unique = facts.filled == len(facts.texts) == facts.rows
    named = any(_IDENTIFIER.fullmatch(each) for each in headings(facts.column))
    if named and unique:
        return Guess("id", "high", "The heading is that of an identifier; no cell stands twice.")
    if named and _like_codes(facts):
        why = "The heading is that of an identifier, but cells are empty or stand there twice."
        return Guess("technical", "medium", why, "If it shall be the identifier, mend the export.")
    return None


_OTHER_TEXT = re.compile(r"\[(?:other|annat|övrigt)\]$|_(?:text|other|annat)$")


def _like_codes(facts: Facts) -> bool:
    return all(" " not in text and any(c.isdigit() for c in text) for text in facts.texts)


def by_being_unique(facts: Facts, _: Habits) -> Guess | None:
    """An identifier without a heading that says so: running numbers, or codes of one length."""
    texts = tuple(facts.texts)
    if facts.rows <= _ON_A_SCALE or not facts.filled == len(texts) == facts.rows:
        return None
    numbers = cells.wholes(texts)
    if numbers and sorted(numbers) == list(range(min(numbers), min(numbers) + len(numbers))):
        return Guess("id", "medium", "Running numbers, each once.", "Is it the identifier?")
    codes = len({len(text) for text in texts}) == 1 and len(texts[0]) >= 8
    if codes and _like_codes(facts) and not cells.are_dates(texts):
        return Guess("id", "medium", "Codes of one length, each once.", "Is it the identifier?")
    return None


_ON_A_SCALE = 11
"""So few respondents can by chance have used each number of a scale once."""


_TIMES: Mapping[Sort, re.Pattern[str]] = {
    "started": re.compile(
        r"startdate|start date|start time|starttid(?:punkt)?|startdatum(?: .*)?|date started"
        r"|started|påbörjad|startad"
    ),
    "completed": re.compile(
        r"submitdate|enddate|end date|end time|completion time|slutförandetid|sluttid(?:punkt)?"
        r"|slutdatum|date submitted|completed|slutförd|inskickad|tidstämpel|timestamp"
        r"|datum för inskickat svar|recordeddate|recorded date"
    ),
    "duration": re.compile(
        r"duration \(in seconds\)|interviewtime|total tid|total time|svarstid(?: \(sekunder\))?"
    ),
}


def timing(facts: Facts, _: Habits) -> Guess | None:
    """When the questionnaire was begun and ended, and how many seconds it took."""
    names = {part for each in headings(facts.column) for part in (each, *each.split(". ", 1))}
    kinds = [kind for kind, words in _TIMES.items() if any(map(words.fullmatch, names))]
    if not kinds:
        return None
    fits = cells.are_numbers if kinds[0] == "duration" else cells.are_dates
    why = "The heading is that of a time at which, or in which, the survey was answered."
    return Guess(kinds[0], "high", why) if fits(facts.texts) else None


def dates(facts: Facts, _: Habits) -> Guess | None:
    """Dates and times of anything else."""
    if cells.are_dates(facts.texts):
        return Guess("date", "high", "Every cell is a date or a time.", "Dates are not counted.")
    return None


def amount(facts: Facts, _: Habits) -> Guess | None:
    """Numbers under a heading that asks how many or how much."""
    named = any(_AMOUNT.search(each) for each in headings(facts.column))
    if named and cells.are_numbers(facts.opinions) and not facts.column.labels:
        return numeric(facts, "high", "Numbers under a heading that asks for one.")
    return None
