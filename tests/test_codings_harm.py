"""Files made to harm: one clear error, quickly, and nothing written."""

from __future__ import annotations

import io
import random
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from evalkit.codings.read import read_codings
from evalkit.codings.refi import archive as limits
from evalkit.errors import EvalkitError

FIXTURES = Path(__file__).parent / "fixtures" / "codings"
START = '<Project xmlns="urn:QDA-XML:project:1.0" name="x">'
TEXT = '<Sources><TextSource guid="a" name="t" plainTextPath="{path}"/></Sources></Project>'
EMPTY = START + "</Project>"
NOISE = random.Random(1).randbytes(3_000_000)  # noqa: S311
MEGABYTE = b"\0" * 1_000_000


def packed(*members, kind=zipfile.ZIP_DEFLATED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", kind) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return data.getvalue()


def zeros(megabytes):
    """Deflated zeros, a thousandth of their size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return b"".join(packer.compress(MEGABYTE) for _ in range(megabytes)) + packer.flush()


def bomb(name="project.qde", megabytes=400, said=None):
    """An archive whose only member unpacks to zeros, and says that it is `said` bytes."""
    body = zeros(megabytes)
    size = said if said is not None else megabytes * 1_000_000
    head = (20).to_bytes(2, "little") + bytes(2) + (8).to_bytes(2, "little") + bytes(4) + bytes(4)
    head += len(body).to_bytes(4, "little") + size.to_bytes(4, "little")
    head += len(name).to_bytes(2, "little")
    local = b"PK\x03\x04" + head + bytes(2) + name.encode()
    central = b"PK\x01\x02" + bytes(2) + head + bytes(14 - 2) + bytes(4) + name.encode()
    end = b"PK\x05\x06" + bytes(4) + b"\x01\x00\x01\x00"
    end += len(central).to_bytes(4, "little") + (len(local) + len(body)).to_bytes(4, "little")
    return local + body + central + end + bytes(2)


def encrypted():
    data = bytearray(packed(("project.qde", EMPTY)))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    return bytes(data)


def with_text(path, *members):
    return packed(("project.qde", START + TEXT.format(path=path)), *members)


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {chr(98 + at)} "{"&" + chr(97 + at) + ";"}{"&" + chr(97 + at) + ";"}">'
        for at in range(20)
    )
    + "]>"
    + '<Project name="&u;"/>'
)
EXTERNAL = (
    '<?xml version="1.0"?><!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    '<Project name="x"><Sources><TextSource guid="a"><PlainTextContent>&x;</PlainTextContent>'
    "</TextSource></Sources></Project>"
)
GOOD = (FIXTURES / "nvivo-lik.qdpx").read_bytes()
NESTED = "<Code>" * 100_000

HARMFUL = {
    "bomb": (bomb, "out of all measure"),
    "bomb that lies about its size": (lambda: bomb(megabytes=250, said=1000), "damaged|measure"),
    "bomb beside the project": (
        lambda: packed(("project.qde", EMPTY), ("sources/a.txt", MEGABYTE * 300)),
        "out of all measure",
    ),
    "bomb in a bomb": (
        lambda: packed(("project.qde", packed(("project.qde", MEGABYTE * 50)))),
        "not XML",
    ),
    "too many files": (
        lambda: packed(*((f"sources/{at}.txt", b"") for at in range(limits.MOST_MEMBERS + 1))),
        "out of all measure",
    ),
    "packed so that pieces are endless": (
        lambda: packed(("project.qde", EMPTY), kind=zipfile.ZIP_BZIP2),
        "packed in a way",
    ),
    "up": (lambda: packed(("project.qde", EMPTY), ("../../etc/cron.d/x", "x")), "outside itself"),
    "up with backslashes": (
        lambda: packed(("project.qde", EMPTY), ("sources\\..\\..\\x.txt", "x")),
        "outside itself",
    ),
    "absolute": (lambda: packed(("project.qde", EMPTY), ("/etc/x", "x")), "outside itself"),
    "drive": (lambda: packed(("project.qde", EMPTY), ("C:\\x.txt", "x")), "outside itself"),
    "reference up": (lambda: with_text("internal://../../../etc/passwd"), "outside itself"),
    "reference up by backslashes": (lambda: with_text("internal://..\\..\\x"), "outside itself"),
    "entities": (lambda: packed(("project.qde", LAUGHS)), "document type or entities"),
    "external entity": (lambda: packed(("project.qde", EXTERNAL)), "document type or entities"),
    "document type": (
        lambda: packed(("project.qde", "<!DOCTYPE Project>" + EMPTY)),
        "document type or entities",
    ),
    "truncated": (lambda: GOOD[: len(GOOD) // 2], "damaged or cut off"),
    "only a beginning": (lambda: b"PK\x03\x04", "damaged or cut off"),
    "XML cut off": (lambda: packed(("project.qde", START)), "cut off"),
    "encrypted": (encrypted, "password"),
    "two projects": (lambda: packed(("a.qde", EMPTY), ("b.qde", EMPTY)), "several projects"),
    "the same name twice": (
        lambda: with_text("internal://a.txt", ("sources/a.txt", "x"), ("Sources/A.TXT", "y")),
        "same name",
    ),
    "endless attribute": (
        lambda: packed(("project.qde", f'<Project name="{NOISE.hex()}"/>')),
        "attribute is too long",
    ),
    "too deep": (
        lambda: packed(("project.qde", f"{START}{NESTED}"), kind=zipfile.ZIP_STORED),
        "too deep",
    ),
    "another root": (lambda: packed(("project.qde", "<html/>")), "not with <Project>"),
    "not XML": (lambda: packed(("project.qde", b"\xff\xfe\x00")), "not XML"),
    "no XML at all": (lambda: packed(("project.qde", b"")), "not XML"),
    "an encoding that is none": (
        lambda: packed(("project.qde", '<?xml version="1.0" encoding="x-y"?><Project/>')),
        "not XML",
    ),
    "no project": (lambda: packed(("x.txt", "x")), "not recognised|holds no project"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", HARMFUL)
def test_a_file_made_to_harm_gives_one_error_quickly_and_writes_nothing(
    name, tmp_path, evalkit_command
):
    make, message = HARMFUL[name]
    path = tmp_path / "in" / "farlig.qdpx"
    path.parent.mkdir()
    path.write_bytes(make())
    before = _files(tmp_path)
    began = time.perf_counter()
    done = evalkit_command("codings", path, "--out", tmp_path / "ut.qdpx", cwd=tmp_path)
    assert time.perf_counter() - began < 5
    assert done.status == 1
    assert done.out == ""
    assert done.err.startswith("error: farlig.qdpx: ")
    assert done.err.count("\n") == 1
    assert _matches(message, done.err), done.err
    assert "passwd" not in done.err
    assert _files(tmp_path) == before


def _files(folder):
    return sorted(
        (str(each), each.stat().st_mtime_ns) for each in folder.rglob("*") if each.is_file()
    )


def _matches(pattern, text):
    return any(each in text for each in pattern.split("|"))


@pytest.mark.parametrize("name", ["kodbok.qdc", "text.qdc"])
def test_a_codebook_with_entities_is_refused(name, tmp_path):
    (tmp_path / name).write_text(LAUGHS.replace("Project", "CodeBook"))
    with pytest.raises(EvalkitError, match="document type or entities"):
        read_codings(tmp_path / name)


def test_a_film_of_gigabytes_beside_the_project_is_no_harm(tmp_path):
    """What is not read does not matter, as long as it is as large as it is packed."""
    path = tmp_path / "film.qdpx"
    path.write_bytes(packed(("project.qde", EMPTY), ("sources/film.mp4", NOISE)))
    assert read_codings(path).sources == ()


@pytest.mark.parametrize("seed", range(150))
def test_a_damaged_project_is_read_or_refused(seed, tmp_path):
    """Bytes changed at random: an EvalkitError at worst."""
    chance = random.Random(seed)  # noqa: S311
    with zipfile.ZipFile(FIXTURES / "annat-namn.qdpx") as archive:
        data = bytearray(archive.read("Intervjuer 2024.qde"))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        data[at : at + chance.randint(0, 3)] = bytes(
            chance.choice(b'<>"/ 0a9-{}&;') for _ in range(chance.randint(0, 3))
        )
    whole = packed(("p.qde", bytes(data)))
    if seed % 3 == 0:
        at = chance.randrange(len(whole))
        whole = whole[:at] + bytes([chance.randrange(256)]) + whole[at + 1 :]
    path = tmp_path / "skadad.qdpx"
    path.write_bytes(whole)
    try:
        read_codings(path)
    except EvalkitError as error:
        message = str(error)
    else:
        message = path.name
    assert message.startswith(path.name)
