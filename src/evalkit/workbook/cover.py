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
        settings = self.study.settings
        keys = ["draft_banner"] if settings.draft else []
        keys += ["internal_banner"] if self.edition == "internal" else []
        texts = [word(key, self.language) for key in keys]
        if settings.mark:
            note = html.in_language(settings.mark_note.text, self.language)
            texts.append(f"{word(f'mark_{settings.mark}', self.language)} {note}".rstrip())
        return tuple(html.paragraph(each, "banner") for each in texts)
