"""Swedish order of names, against published lists; tests/test_browser.py asks a browser."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.collation import swedish

# The counties as Swedish registers list them by name.
COUNTIES = [
    "Blekinge", "Dalarna", "Gotland", "Gävleborg", "Halland", "Jämtland", "Jönköping", "Kalmar",
    "Kronoberg", "Norrbotten", "Skåne", "Stockholm", "Södermanland", "Uppsala", "Värmland",
    "Västerbotten", "Västernorrland", "Västmanland", "Västra Götaland", "Örebro", "Östergötland",
]  # fmt: skip
MUNICIPALITIES = [
    "Ale", "Alingsås", "Upplands Väsby", "Upplands-Bro", "Uppsala", "Uppvidinge", "Vadstena",
    "Wallby", "Ystad", "Zinkgruvan", "Åmål", "Ånge", "Åre", "Årjäng", "Åsele", "Åstorp",
    "Åtvidaberg", "Älmhult", "Älvdalen", "Älvkarleby", "Älvsbyn", "Ängelholm", "Öckerö", "Ödeshög",
]  # fmt: skip


@pytest.mark.parametrize("names", [COUNTIES, MUNICIPALITIES, ["Kommun 1", "Kommun A", "kommun b"]])
def test_names_are_sorted_as_swedish_registers_have_them(names):
    shuffled = np.random.default_rng(1).permutation(names).tolist()
    assert sorted(shuffled, key=swedish) == names


@pytest.mark.parametrize(
    "names",
    [
        ["v", "w", "x", "y", "ü", "z", "å", "ä", "æ", "ö", "ø"],
        ["linne", "linné", "linneda"],
        ["aa", "Aa", "ab"],
        ["", " ", "-", "1", "a"],
    ],
    ids=["letters", "accents", "capitals", "what is no letter"],
)
def test_what_comes_before_what(names):
    turned = names[::-1]
    assert sorted(turned, key=swedish) == names


@given(st.text(max_size=8))
def test_how_a_letter_is_composed_does_not_matter(text):
    assert swedish(unicodedata.normalize("NFD", text)) == swedish(
        unicodedata.normalize("NFC", text)
    )
