"""Each remedy for what is said of a file as a whole, or of lines that cannot be read, helps."""

from pathlib import Path
from typing import Any

import pytest

from cli.inspection import inspect_file, options_of

_ROWS = "".join(f"10-2{n:03},Ana,ana{n}@example.com\n" for n in range(30))
_FILE = f"Account,Name,E-mail\n{_ROWS}"
_ACCENTED = _FILE.replace("Ana", "Zo\u00eb")
_METERS = "Account,Meter\n" + "".join(
    f"10-2{n:03},4{n:015}\n" for n in range(30)
)  # one number in ten passes the check digit
_MIXED = _FILE.encode() + "1,Zo\u00eb,x\n".encode() + "2,Zo\u00eb,x\n".encode("cp1252")
# Code, a file that has it, the file as the remedy wants it, or how it is to be read.
FOLLOWED: tuple[tuple[str, str | bytes, str | bytes, dict[str, Any]], ...] = (
    ("F002", "Account,Name,E-mail\n", _FILE, {}),
    ("F003", _MIXED, _ACCENTED, {}),
    ("F003", _MIXED, _MIXED, {"encoding": "windows-1252"}),
    ("F006", _FILE + "1,2\n" * 20, _FILE + "1,2\n" * 20, {"delimiter": ",", "header_line": 1}),
    ("F008", _FILE.replace("Ana", "4111111111111111"), _FILE.replace("Ana", "tok_4Xd1"), {}),
    ("F009", _FILE.replace("Name", "CVV2"), _FILE, {}),
    ("F015", _FILE.replace("Ana", "x" * 70_000, 1), _FILE, {}),
    ("R104", _FILE + "1,ORTIZ, ANA,x@example.com\n", _FILE + '1,"ORTIZ, ANA",x@example.com\n', {}),
    ("R104", _FILE + "Elm Street\n", _FILE, {}),
    ("R106", _FILE + "Total,30,\n", _FILE, {}),
    ("R107", _FILE * 1 + '1,5" pipe,x@example.com\n', _FILE + '1,"5"" pipe",x@example.com\n', {}),
    ("W302", _ACCENTED.encode("cp1252"), _ACCENTED, {}),
    ("W303", _FILE.replace(",", ";"), _FILE, {}),
    ("W305", f"Customer Listing\n{_FILE}", _FILE, {}),
    ("W306", _FILE.replace("\n", "\r\n", 3), _FILE, {}),
    ("W307", _FILE.replace(",Ana,", ', "Ana B",'), _FILE, {}),
    ("W309", _METERS, _METERS.replace(",4", ",M-9"), {}),
    ("W308", _FILE.replace("Ana", "Zo\u00c3\u00ab"), _ACCENTED, {}),
)


def codes_in(path: Path, content: str | bytes, told: dict[str, Any]) -> set[str]:
    """What `inspect` says, which is what the check says (test_inspect_agrees)."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return {problem["code"] for problem in inspect_file(path, options_of(told), None)["problems"]}


@pytest.mark.parametrize(("code", "wrong", "right", "told"), FOLLOWED, ids=[case[0] for case in FOLLOWED])
def test_each_remedy_helps(
    tmp_path: Path, code: str, wrong: str | bytes, right: str | bytes, told: dict[str, Any]
) -> None:
    assert code in codes_in(tmp_path / "file.csv", wrong, {})
    left = codes_in(tmp_path / "file.csv", right, told)
    assert code not in left
    assert {one for one in left if one[0] == "F"} == set()
