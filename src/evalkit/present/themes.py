"""What groups said, in words: names as a reader knows them, and the finding under each table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from evalkit.analysis.themes import Cell, Theme, Themes, Voice
from evalkit.codebook import Language, Text
from evalkit.present import html
from evalkit.present.numbers import decimal, in_words, whole
from evalkit.present.sentences import capital, join
from evalkit.present.words import word
from evalkit.release import opened
from evalkit.release.themes import ReleasedThemes, ShownSegment

MOST_NAMED = 4
"""As many themes as a sentence names."""


@dataclass(frozen=True)
class View:
    """Released themes with what their parts are called, for one language."""

    released: ReleasedThemes
    language: Language

    def __post_init__(self) -> None:
        if not isinstance(self.released, ReleasedThemes):
            raise TypeError("presentation takes only released themes; call release_themes first")

    @cached_property
    def themes(self) -> Themes:
        """The themes that may be shown."""
        found = opened(self.released.themes)
        if found is None:
            raise TypeError("these themes may not be shown")
        return found

    @cached_property
    def bank(self) -> dict[str, ShownSegment]:
        """What was said, by identifier."""
        return {each.ident: each for each in opened(self.released.bank) or ()}

    def text(self, name: str) -> Text:
        """What a name of the files is called; the name itself where study.yaml does not say."""
        return self.released.labels.get(name, Text(name, name))

    def called(self, name: str) -> str:
        """The same as plain text."""
        return self.text(name).best(self.language).text

    def shown(self, name: str) -> str:
        """The same as HTML."""
        return html.in_language(self.text(name), self.language)

    def voice(self, voice: Voice | str) -> str:
        """A group's name; words where nobody is named."""
        name = voice if isinstance(voice, str) else voice.name
        return self.called(name) if name else word("themes_unnamed", self.language)

    def theme(self, code: str) -> str:
        """A code's label as plain text."""
        own = self.themes.theme.get(code)
        return code if own is None else own.label.best(self.language).text or code

    def coder(self, name: str) -> str:
        """A coder's name, or "Kodare 1" in the published edition."""
        if name in self.released.labels or self.released.rule.edition == "internal":
            return self.called(name) or word("themes_coder_unnamed", self.language)
        return word("themes_coder", self.language, n=name)

    @property
    def number_of_groups(self) -> int:
        """How many groups are counted."""
        return len(self.themes.groups)

    def of_groups(self, n: int) -> str:
        """How many of the groups: "fem av sju grupper"."""
        fields = {
            "n": in_words(n, self.language),
            "all": in_words(self.number_of_groups, self.language),
        }
        return word("themes_of_groups", self.language, **fields)

    def segment_anchor(self, ident: str) -> str:
        """The id of a segment on the page, which tells nothing of its name."""
        return f"segment-{list(self.bank).index(ident) + 1}"

    def segment_links(self, idents: Sequence[str]) -> str:
        """Links to segments, as HTML."""
        return ", ".join(
            f'<a href="#{self.segment_anchor(each)}">{html.escape(each)}</a>' for each in idents
        )

    def theme_anchor(self, code: str) -> str:
        """The id of a theme's row in the table of codes."""
        return f"tema-{list(self.themes.theme).index(code) + 1}"


def cell_text(cell: Cell, language: Language) -> str:
    """A cell of the matrix as plain text: how many segments, or which kind of nothing."""
    if cell.state == "raised":
        return whole(len(cell.segments), language)
    if cell.state == "observed":
        return f"({whole(len(cell.observed), language)})"
    return word(f"themes_cell_{cell.state}", language)


def matrix_finding(released: ReleasedThemes, language: Language) -> list[str]:
    """Which themes most groups raised, and which no group by name did."""
    view = View(released, language)
    found = [each for each in view.themes.themes if each.found]
    if not found:
        return [word("themes_none", language)]
    sentences = []
    most = max(len(each.groups) for each in found)
    if most:
        top = [each for each in found if len(each.groups) == most]
        fields = {"themes": _listed(view, top), "of": view.of_groups(most)}
        sentences.append(word("themes_most", language, **fields))
    nobody = [each for each in found if not each.groups]
    if nobody:
        fields = {
            "n": capital(in_words(len(nobody), language)),
            "themes": _listed(view, nobody, len(nobody)),
        }
        key = "themes_by_nobody" if len(nobody) > 1 else "themes_by_nobody_one"
        sentences.append(word(key, language, **fields))
    return sentences


def _listed(view: View, themes: Sequence[Theme], most: int = MOST_NAMED) -> str:
    named = [word("quoted", view.language, text=view.theme(each.code)) for each in themes[:most]]
    if len(themes) > most:
        more = in_words(len(themes) - most, view.language)
        named.append(word("themes_more", view.language, n=more))
    return join(named, view.language)


def category_finding(released: ReleasedThemes, language: Language) -> str:
    """How much was coded under each category."""
    view = View(released, language)
    parts = [
        word(
            "themes_category_part",
            language,
            category=word("quoted", language, text=view.called(each.name)),
            n=whole(len(each.segments), language),
            of=view.of_groups(len(each.groups)),
        )
        for each in view.themes.categories
    ]
    return word("themes_category_finding", language, parts="; ".join(parts)) if parts else ""


def synthesis_finding(released: ReleasedThemes, language: Language) -> str:
    """How many of the published themes our coding finds again."""
    View(released, language)
    compared = opened(released.synthesis) or ()
    if not compared:
        return ""
    kinds = [each.finding for each in compared]
    fields = {
        "all": in_words(len(kinds), language),
        "same": in_words(kinds.count("same"), language),
        "other": in_words(kinds.count("other"), language),
        "none": in_words(kinds.count("none") + kinds.count("no_code"), language),
    }
    return word("themes_synthesis_finding", language, **fields)


def pairs_finding(released: ReleasedThemes, language: Language) -> str:
    """Which codes stand together most often."""
    view = View(released, language)
    pairs = opened(released.pairs) or ()
    if not pairs:
        return word("themes_pairs_none", language)
    top = pairs[0]
    first, second = (word("quoted", language, text=view.theme(each)) for each in top.codes)
    fields = {
        "first": first,
        "second": second,
        "both": in_words(top.both, language),
        "texts": in_words(top.texts, language),
    }
    alike = sum(each.both == top.both for each in pairs)
    more = (
        word("themes_pairs_alike", language, n=in_words(alike - 1, language)) if alike > 1 else ""
    )
    return " ".join(filter(None, [word("themes_pairs_finding", language, **fields), more]))


def saturation_finding(released: ReleasedThemes, language: Language) -> str:
    """How many themes were raised, and how many the last group added."""
    View(released, language)
    found = opened(released.saturation)
    if found is None:
        return word("themes_saturation_none", language)
    fields = {
        "groups": in_words(found.groups, language),
        "themes": in_words(found.themes, language),
        "all": in_words(found.all_themes, language),
        "first": decimal(found.mean[0], language, 1),
        "last": decimal(found.new[-1], language, 1),
    }
    return word("themes_saturation_finding", language, **fields)


def alt_saturation(released: ReleasedThemes, language: Language) -> str:
    """The alternative text of the saturation chart."""
    View(released, language)
    found = opened(released.saturation)
    if found is None:
        return ""
    points = ", ".join(
        word(
            "themes_saturation_point",
            language,
            n=whole(at, language),
            mean=decimal(mean, language, 1),
            low=whole(low, language),
            high=whole(high, language),
        )
        for at, (mean, low, high) in enumerate(
            zip(found.mean, found.low, found.high, strict=True), start=1
        )
    )
    finding = saturation_finding(released, language)
    return word("themes_saturation_alt", language, finding=finding, points=points)
