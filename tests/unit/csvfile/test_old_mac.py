"""Letters of old Macs are told from those of Windows-1252 by the letters beside them (file-47)."""

from collections.abc import Sequence

import pytest

from shared.csvfile import CsvOptions, FileRefused, Problem, inspect, read
from shared.csvfile.text import BLOCK_BYTES


def _table(names: Sequence[str]) -> str:
    return "Acct,Name,Note\n10-1000,ANA,x\n" + "".join(f"10-{n},{name},x\n" for n, name in enumerate(names, 2000))


def _read(data: bytes, encoding: str | None = None) -> tuple[list[str], Sequence[Problem], str]:
    reader = read([data], CsvOptions(encoding=encoding))
    names = [row[1] for batch in reader for row in batch.rows]
    return names[1:], reader.problems, reader.inspection.encoding


@pytest.mark.parametrize(
    "names",
    [
        *(
            ["Jos\u00e9 Ruiz"],
            ["MART\u00cdNEZ", "PE\u00d1A"],
            ["MU\u00d1OZ"],
            ["M\u00fcller"],
            ["O\u2019Brien"],
            ["can\u2019t say"],
        ),
        *(
            ["\u201cBest Cuts\u201d Salon"],
            ["Andr\u00e9 Nu\u00f1ez", "Garc\u00eda", "G\u00f3mez"],
            ["Ren\u00e9e", "Zo\u00eb"],
        ),
        ["IB\u00c1\u00d1EZ", "\u00c1ngel", "Nu\u00f1o"],
    ],
)
def test_letters_of_a_mac_are_read_and_told(names: Sequence[str]) -> None:
    read_names, [problem], encoding = _read(_table(names).encode("mac-roman"))
    assert (read_names, encoding, problem.code) == (names, "mac-roman", "W302")
    assert problem.message == "The file is not UTF-8; Mac Roman was assumed."
    assert "choose the encoding" in problem.remedy


@pytest.mark.parametrize(
    "names",
    [
        *(
            ["Jos\u00e9 Ruiz"],
            ["PE\u00d1A"],
            ["M\u00fcller"],
            ["O\u2019Brien", "D\u2019Angelo"],
            ["caf\u00e9\u2014bar"],
        ),
        *(["\u017di\u017eek", "Ni\u0161"], ["Widget\u2122", "Widget\u2122s"], ["\u201cBest\u201d \u2013 5\u20ac"]),
        *(["S\u00e3o", "\u00c9lan", "\u00c5ngstr\u00f6m"], ["c\u0153ur", "PE\u00f1A", "GARC\u00edA", "don\u2019t"]),
    ],
)
def test_letters_of_windows_stay_those(names: Sequence[str]) -> None:
    read_names, [problem], encoding = _read(_table(names).encode("cp1252"))
    assert (read_names, encoding) == (names, "windows-1252")
    assert problem.message == "The file is not UTF-8; Windows-1252 was assumed."


@pytest.mark.parametrize(
    ("names", "words"),
    [(["Mu\u00f1oz"], "1 word"), (["Garc\u00eda", "G\u00f3mez"], "2 words"), (["MART\u00cdNEZ"], "1 word")],
)
def test_signs_that_may_be_letters_are_told(names: Sequence[str], words: str) -> None:
    data = _table(names).encode("mac-roman")
    _, [problem], encoding = _read(data)
    assert encoding == "windows-1252"
    assert f"In {words} a sign may be a letter of Mac Roman" in problem.message
    assert "mac-roman" in problem.remedy
    for told in ("mac-roman", "mac_roman", "macintosh", "Mac-Roman"):
        assert _read(data, told)[0] == names
    assert _read(_table(["Jos\u00e9"]).encode("mac-roman"), "windows-1252")[0] == ["Jos\u017d"]


@pytest.mark.parametrize("codec", ["cp437", "cp850", "cp1250"])
@pytest.mark.parametrize(
    "names", [["Hern\u00e1ndez"], ["Mu\u00f1oz", "M\u00fcller"], ["Wo\u017aniak", "D\u0105browski"]]
)
def test_letters_of_others_are_not_of_a_mac(names: Sequence[str], codec: str) -> None:
    problems = inspect(_table(names).encode(codec, "replace")).problems
    assert all(problem.code == "F003" or "Mac Roman was" not in problem.message for problem in problems)


@pytest.mark.parametrize("codecs", [("mac-roman", "cp1252"), ("cp1252", "mac-roman")])
def test_letters_of_both_are_refused_or_of_the_first(codecs: Sequence[str]) -> None:
    filler = "10-1,ANA,x\n" * (BLOCK_BYTES // 10)
    data = f"Acct,Name,Note\n{filler}".encode() + "10-2,Jos\u00e9,x\n".encode(codecs[0])
    data += filler.encode() + "10-3,Ren\u00e9,x\n".encode(codecs[1])
    if codecs[0] == "mac-roman":
        with pytest.raises(FileRefused) as refused:
            _read(data)
        assert refused.value.code == "F003"
    else:
        assert _read(data)[2] == "windows-1252"
