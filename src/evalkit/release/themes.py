"""What may be shown of codings: what was said, by whom, and under which names.

In the published edition
- a quotation, and a text of which nobody says whether it is one, is shown only where approved; a
  summary is shown unless it is not approved. A text that is kept back of one segment is kept back
  of every segment that has it. Identifier and codes are shown in any case;
- names that have pseudonyms are replaced everywhere: groups, texts, codes, attributes, labels. The
  order of groups is then that of the pseudonyms, segments get identifiers of the report's own, in
  an order that has nothing to do with that of the file, and pages and sources are left out;
- a speaker's role is shown only where study.yaml says that it points to nobody. With pseudonyms,
  attributes of groups are shown only where they are named there;
- coders are called by number.

Personal data in texts is taken out in every edition. The internal edition is otherwise unchanged.
Everything is renamed before it is counted, so that matrix, texts and CSV cannot disagree.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from evalkit.analysis.coder_agreement import CoderAgreement, coder_agreement
from evalkit.analysis.synthesis import ComparedTheme, PublishedTheme, compare_synthesis
from evalkit.analysis.theme_pairs import CodePair, Saturated, code_pairs, saturated
from evalkit.analysis.themes import Themes, counted_coder, themes
from evalkit.codebook import Text
from evalkit.codings.model import Case, Code, Coding, CodingProject, NotAsked, Segment, Told
from evalkit.codings.open_answers import MASK
from evalkit.codings.pseudonyms import Pseudonyms
from evalkit.collation import swedish
from evalkit.intake.personal import masked, spans
from evalkit.release.tables import Released, Rule
from evalkit.settings import Codings, Words

TextKind = Literal["summary", "quotation", "unknown"]


@dataclass(frozen=True)
class ShownSegment:
    """A segment as it may be shown; `text` is None where what was said may not.

    `speaker` is empty where the role may not be told; `codes` are those of the counted coder.
    """

    ident: str
    kind: TextKind
    text: str | None
    voice: str
    speaker: str
    page: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class ShownCase:
    """A group with what may be shown of it, attribute → value, in the order of the table."""

    name: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class ReleasedThemes:
    """Everything about themes as it may be shown.

    `labels` has what a name of the files is called: groups, categories, attributes, values, roles,
    coders. `disguised` says that groups have pseudonyms; `roles_hidden` and `attributes_hidden`
    that some are left out.
    """

    rule: Rule
    disguised: bool
    roles_hidden: bool
    attributes_hidden: bool
    labels: Mapping[str, Text]
    themes: Released[Themes]
    bank: Released[tuple[ShownSegment, ...]]
    cases: Released[tuple[ShownCase, ...]]
    synthesis: Released[tuple[ComparedTheme, ...]]
    told: Released[tuple[Told, ...]]
    told_hidden: int
    _project: CodingProject
    _counted: Themes
    _idents: Mapping[str, str]

    def ident_of(self, segment: str) -> str:
        """What a segment of the files is called in this edition."""
        return self._idents[segment]

    @cached_property
    def pairs(self) -> Released[tuple[CodePair, ...]]:
        """Codes that stand on the same segments."""
        return Released(code_pairs(self._project, self._counted), self.rule)

    @cached_property
    def saturation(self) -> Released[Saturated]:
        """How many themes more groups would add."""
        return Released(saturated(self._counted), self.rule)

    @cached_property
    def agreement(self) -> Released[CoderAgreement]:
        """How far coders agree, without the texts that they disagree on."""
        if len(self._project.coders) < 2:
            return Released(None, self.rule)
        found = coder_agreement(self._project)
        without = tuple(replace(each, text="") for each in found.disagreements)
        return Released(replace(found, disagreements=without), self.rule)


def release_themes(
    project: CodingProject,
    settings: Codings,
    rule: Rule,
    published: Sequence[PublishedTheme] = (),
) -> ReleasedThemes:
    """Decide what may be shown of a project, rename what has to be, and count what is left."""
    public = rule.edition == "published"
    names = _names(project, settings, public=public)
    shown, own = _renamed(project, names), _renamed_settings(project, settings, names)
    counted = themes(shown, own)
    attributes = _attributes(project, settings, public=public)
    told = _told(project, public=public)
    renamed = [
        PublishedTheme(
            names.text(each.category),
            Text(names.text(each.theme.sv), names.text(each.theme.en)),
            tuple(names.text(code) for code in each.codes),
        )
        for each in published
    ]
    return ReleasedThemes(
        rule,
        names.disguised,
        public and any(each.speaker not in settings.roles for each in project.segments),
        any(name not in attributes for each in project.cases for name in each.attributes),
        {key: each.text for key, each in own.labels.items()},
        Released(counted, rule),
        Released(_bank(shown, counted, own, public=public), rule),
        Released(_cases(shown, [names.text(each) for each in attributes], counted), rule),
        Released(compare_synthesis(renamed, counted), rule),
        Released(told, rule),
        len(project.told) - len(told),
        shown,
        counted,
        names.idents,
    )


@dataclass(frozen=True)
class _Names:
    """What things are called in an edition: identifiers and coders by their own name."""

    pseudonyms: Pseudonyms
    idents: Mapping[str, str]
    coders: Mapping[str, str]

    @property
    def disguised(self) -> bool:
        """Whether groups have pseudonyms."""
        return bool(self.pseudonyms.names)

    def text(self, text: str) -> str:
        """A text or name, without what has a pseudonym."""
        return self.pseudonyms.text(text)


def _names(project: CodingProject, settings: Codings, *, public: bool) -> _Names:
    pseudonyms = Pseudonyms(settings.pseudonyms if public else {})
    first = counted_coder(project, settings.coder)
    coders = [first, *(each for each in project.coders if each != first)]
    called = {each: each for each in coders}
    if public:
        for number, each in enumerate(coders, start=1):
            called[each] = each if each in settings.labels else str(number)
    idents = {each.ident: each.ident for each in project.segments}
    if pseudonyms.names:
        order = sorted(project.segments, key=lambda each: _place(each, pseudonyms))
        idents = {each.ident: f"S{number}" for number, each in enumerate(order, start=1)}
    return _Names(pseudonyms, idents, called)


def _place(segment: Segment, pseudonyms: Pseudonyms) -> tuple[object, ...]:
    """A segment's place among the others: by what its group is called, then by no known order."""
    text = pseudonyms.text(segment.text)
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return (*_natural(pseudonyms.text(segment.group)), digest)


def _natural(name: str) -> tuple[object, ...]:
    """Names in Swedish order, "Kommun 2" before "Kommun 10"."""
    padded = re.sub(r"\d+", lambda match: match.group().zfill(6), name)
    return (swedish(padded),)


def _renamed(project: CodingProject, names: _Names) -> CodingProject:
    """The project as the edition may know it; pages, sources and notes stay out of a disguise."""
    segments = [_segment(each, names) for each in project.segments]
    cases = [
        Case(
            names.text(each.name),
            {names.text(name): names.text(cell) for name, cell in each.attributes.items()},
        )
        for each in project.cases
    ]
    if names.disguised:
        segments.sort(key=lambda each: int(each.ident[1:]))
        cases.sort(key=lambda each: _natural(each.name))
    places = {each.ident: at for at, each in enumerate(segments)}
    order = list(names.coders.values())
    codings = [
        Coding(
            names.idents[each.segment],
            names.text(each.code),
            names.coders[each.coder],
            names.text(each.category),
        )
        for each in project.codings
        if each.segment in names.idents
    ]
    known = {names.text(each.name): at for at, each in enumerate(project.codes)}
    codings.sort(
        key=lambda each: (
            order.index(each.coder), places[each.segment], known.get(each.code, 0), each.code,
        )
    )  # fmt: skip
    return CodingProject(
        segments=tuple(segments),
        codes=tuple(_code(each, names) for each in project.codes),
        codings=tuple(codings),
        cases=tuple(cases),
        not_asked=tuple(
            NotAsked(names.text(each.group), names.text(each.code)) for each in project.not_asked
        ),
    )


def _segment(segment: Segment, names: _Names) -> Segment:
    found = spans(segment.text)
    text = masked(segment.text, found, MASK) if found else segment.text
    return replace(
        segment,
        ident=names.idents[segment.ident],
        text=names.text(text),
        group=names.text(segment.group),
        page="" if names.disguised else segment.page,
        source="" if names.disguised else segment.source,
    )


def _code(code: Code, names: _Names) -> Code:
    return replace(
        code,
        name=names.text(code.name),
        label=names.text(code.label),
        parent=names.text(code.parent),
        definition=names.text(code.definition),
        label_en=names.text(code.label_en),
        definition_en=names.text(code.definition_en),
        guid="",
    )


def _renamed_settings(project: CodingProject, settings: Codings, names: _Names) -> Codings:
    """The settings by which the renamed project is counted."""
    labels = {
        names.text(key): Words(sv=names.text(each.sv), en=names.text(each.en))
        for key, each in settings.labels.items()
    }
    return settings.model_copy(
        update={
            "coder": names.coders[counted_coder(project, settings.coder)],
            "collective": {names.text(key): each for key, each in settings.collective.items()},
            "labels": labels,
        }
    )


def _attributes(project: CodingProject, settings: Codings, *, public: bool) -> list[str]:
    """The attributes of groups that may be shown, in the order of the table."""
    known = list(dict.fromkeys(name for each in project.cases for name in each.attributes))
    if not public:
        return known
    chosen = settings.published_attributes
    if chosen is None:
        chosen = () if settings.pseudonyms else tuple(known)
    return [each for each in known if each in chosen]


def _bank(
    project: CodingProject, counted: Themes, settings: Codings, *, public: bool
) -> tuple[ShownSegment, ...]:
    codes: dict[str, list[str]] = {}
    for each in project.codings:
        if each.coder == counted.coder:
            codes.setdefault(each.segment, []).append(each.code)
    unread = {_words(each.text) for each in project.segments if public and not _may_be_read(each)}
    return tuple(
        ShownSegment(
            each.ident,
            _kind(each),
            None if _words(each.text) in unread else each.text,
            each.group,
            each.speaker if not public or each.speaker in settings.roles else "",
            each.page,
            tuple(dict.fromkeys(codes.get(each.ident, ()))),
        )
        for each in project.segments
    )


def _words(text: str) -> str:
    """A text by which copies of it are known: what one of them hides, none may show."""
    return " ".join(text.casefold().split())


def _kind(segment: Segment) -> TextKind:
    if segment.verbatim is None:
        return "unknown"
    return "quotation" if segment.verbatim else "summary"


def _may_be_read(segment: Segment) -> bool:
    """Whether what a segment says may be published."""
    if segment.approved is not None:
        return segment.approved
    return segment.verbatim is False


def _cases(
    project: CodingProject, attributes: Sequence[str], counted: Themes
) -> tuple[ShownCase, ...]:
    of_group = {each.name: each.attributes for each in project.cases}
    return tuple(
        ShownCase(
            group.name,
            {name: of_group.get(group.name, {}).get(name, "") for name in attributes},
        )
        for group in counted.groups
    )


def _told(project: CodingProject, *, public: bool) -> tuple[Told, ...]:
    """What the import tells; names of files, sources and columns are for the evaluator alone."""
    if not public:
        return project.told
    return tuple(replace(each, file="") for each in project.told if not each.fields)
