"""Damaged characters are counted, and real names in any language are none (file-37)."""

import io

import pytest

from shared.csvfile import Problem, read

MISREAD = "PEÑA".encode().decode("cp1252")


def damage(text: str, encoding: str = "utf-8") -> Problem | None:
    reader = read(io.BytesIO(text.encode(encoding)))
    for _ in reader:
        pass
    return next((problem for problem in reader.problems if problem.code == "W308"), None)


def table(*cells: str) -> str:
    return "Acct,Name,Note\n" + "".join(f'10-{number},"{cell}",x\n' for number, cell in enumerate(cells))


@pytest.mark.parametrize("codec", ["cp1252", "latin-1", "mac-roman", "cp437", "cp850"])
@pytest.mark.parametrize(
    "name", ["PEÑA", "José", "O\u2019BRIEN", "Müller", "café\u2014bar", "Ångström", "\u201cAna\u201d"]
)
def test_text_decoded_with_the_wrong_encoding(name: str, codec: str) -> None:
    found = damage(table("ANA", name.encode().decode(codec, "ignore"), name))
    if len(name.encode().decode(codec, "ignore")) < len(name.encode()):
        return  # this code page lacks the byte: the letter is lost, and nobody can tell
    assert found is not None
    assert (found.count, found.line) == (1, 3)
    assert "decoded with the wrong encoding" in found.message
    assert "\u201cName\u201d" in found.message


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("O\x92Brien", "control"),
        ("a\x07b", "control"),
        ("a\x0bb", "control"),
        ("a\x7fb", "control"),
        ("\x1b[1m", "control"),
        ("a\ufffdb", "lost"),
        ("Pe\xef\xbf\xbda", "wrong encoding"),
        ("Pe\ufffd\x01a", "control characters and characters that"),
        ("PE?A", "question marks instead of letters"),
        ("Jos? Mu\u00bfoz", "question marks instead of letters"),
        ("O&#39;Brien", "written as in HTML"),
        ("Pe&ntilde;a &amp; Sons", "written as in HTML"),
    ],
)
def test_control_characters_and_lost_ones(name: str, kind: str) -> None:
    found = damage(table("ANA", name, "LEE", name))
    assert found is not None
    assert (found.count, found.line) == (2, 3)
    assert kind in found.message
    assert name not in found.message


@pytest.mark.parametrize(
    "name",
    [
        *(
            "SÃO JOÃO",
            "ÂNGELA",
            "IRMÃ",
            "Ångström AÅÄÖ",
            "Łódź Dvořák",
            "naïve façade",
            "Großmütter",
            "Æblegrød",
            "İstanbul Şişli",
        ),
        *(
            "“Ana”",
            "O\u2019Brien",
            "½ of 10°",
            "© Acme™ ®",
            "§ 5 \u2013 7",
            "a\tb",
            "a\nb",
            "a\r\nb",
            "日本語 Ελλάδα Кириллица",
            "عربى",
            "👍🏽",
            "Ô Çà",
        ),
        *(
            "ÂÊÎÔÛ ÃÕ ÄËÏÖÜ",
            "Việt Nguyễn",
            "50€",
            "√2 ≈ 1.4",
            "¬ p",
            "┌──┐",
            "e\u0301",
            "soft\u00adhyphen",
            "zero\u200bwidth",
        ),
    ],
)
def test_real_text_is_no_damage(name: str) -> None:
    assert damage(table("ANA", name)) is None


def test_the_header_counts_too() -> None:
    found = damage("Acct,NÃºmero\n10-1,x\n10-2,y\n")
    assert found is not None
    assert (found.count, found.line) == (1, 1)


def test_every_cell_is_counted_once_wherever_blocks_end() -> None:
    rows = [f"10-{number},{'O' * (number % 97)}\x92Brien,{MISREAD if number % 3 else 'ok'}\n" for number in range(9000)]
    text = ("Acct,Name,Note\n" + "".join(rows)).encode()
    counts: set[tuple[int, int | None]] = set()
    for size in (1 << 20, 70_001, 4099):
        reader = read(iter([text[start : start + size] for start in range(0, len(text), size)]))
        assert sum(len(batch.line_nos) for batch in reader) == 9000
        counts.update((problem.count, problem.line) for problem in reader.problems if problem.code == "W308")
    assert counts == {(15_000, 2)}


def test_many_columns_are_not_all_named() -> None:
    names = ",".join(f"N{letter}" for letter in "abcdefgh")
    found = damage(f"Acct,{names}\n" + "10-1" + ",\x07" * 8 + "\n10-2" + ",x" * 8 + "\n")
    assert found is not None
    assert found.count == 8
    assert found.message.endswith("\u201cNe\u201d and 3 more.")


@pytest.mark.parametrize(
    "text",
    [
        *("Really?", "Paid? Yes", "Why ?not", "https://example.com/a?b", "a?b=c", "x@example.com?subject", "1?2"),
        *("Smith & Jones; Sons", "AT&T", "R&D;", "\u00bfQui\u00e9n?", "a&b=c"),
    ],
)
def test_question_marks_and_ampersands_of_texts_are_no_damage(text: str) -> None:
    """file-50."""
    assert damage(table("ANA", text)) is None
