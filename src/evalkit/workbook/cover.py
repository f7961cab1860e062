"""What every page of a study says of itself: title, round, edition, and its warnings."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.words import word
from evalkit.release import Edition
from evalkit.study import Study
from evalkit.workbook.blocks import block


@dataclass(frozen=True)
class Cover:
    """The head of a page; `round_name` is empty where the page is about no survey."""

    study: Study
    language: Language
    edition: Edition
    round_name: str = ""

    def shown(self, title: str = "") -> str:
        """In JupyterLab: the page's style, what this is, and its warnings."""
        name = html.in_language(self.study.settings.title.text, self.language)
        if title:
            name = html.escape(title)
        parts = [html.paragraph(f"<strong>{name}</strong>")]
        parts.append(html.paragraph(html.escape(self.subtitle)))
        return block("".join([*parts, *self.banners]), styled=True)

    @property
    def title(self) -> str:
        """The page's title: that of the study."""
        return self.study.settings.title.text.best(self.language).text

    @property
    def subtitle(self) -> str:
        """The round, where there is one, and the edition."""
        edition = word(f"edition_{self.edition}", self.language)
        if not self.round_name:
            return edition[:1].upper() + edition[1:]
        return f"{word('round', self.language)}: {self.round_label}, {edition}"

    @property
    def round_label(self) -> str:
        """The round as the reader knows it."""
        label = self.study.settings.rounds[self.round_name].label.text
        return label.best(self.language).text or self.round_name

    @property
    def banners(self) -> tuple[str, ...]:
        """What every page has to say: that it is a draft, internal, rebuilt or invented."""
        keys = [f"mark_{self.study.settings.mark}"] if self.study.settings.mark else []
        if self.edition == "internal":
            keys.insert(0, "internal_banner")
        if self.study.settings.draft:
            keys.insert(0, "draft_banner")
        return tuple(html.paragraph(word(key, self.language), "banner") for key in keys)
