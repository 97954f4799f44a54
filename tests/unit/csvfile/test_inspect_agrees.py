"""`inspect` says exactly what the check says of a file: rows, codes, places, words and refusals."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.inspection import Found, inspect_file, mapped_by, options_of
from services.validation.domain.context import Context
from services.validation.domain.screening import holds_cards_unread
from services.validation.reading import FileReading, Refused
from tests.unit.validation.reading_rows import SECRETS, TODAY

_OF_READING = ("R104", "R106", "R107")
_MEANINGLESS = "X" * 11


@dataclass(frozen=True)
class File:
    """What an import maps, and the file. `by_default` is what `inspect` says without the definition, if otherwise."""

    data: str | bytes
    account: str = "Account"
    columns: dict[str, str] = field(default_factory=dict)
    reading: dict[str, Any] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return self.data if isinstance(self.data, bytes) else self.data.encode()

    @property
    def definition(self) -> dict[str, Any]:
        parts = [{"column": self.account}]
        options = {"reading": self.reading}
        return {"kind": "paperless", "columns": self.columns, "account_number": parts, "options": options}


def rows(count: int = 30, row: str = "10-2{0:03},Ana,ana{0}@example.com\n") -> str:
    return "".join(map(row.format, range(count)))


_HEAD = "Account,Name,E-mail\n"
_CARD = "4111111111111111"
FILES = {
    "plain": File(_HEAD + rows()),
    "ragged": File(_HEAD + rows() + "10-2999,ORTIZ, ANA,x@example.com\n"),
    "short row": File(_HEAD + rows() + "10-2999\n" + rows(3)),
    "all ragged": File(_HEAD + rows(20, "1,2\n")),
    "stray quote": File(_HEAD + rows(900) + '10-2,O"B,x\n'),
    "open quote": File(_HEAD + rows() + '10-2,"O,x\n'),
    "totals": File(_HEAD + rows() + "Total,30,\n"),
    "header again": File((_HEAD + rows()) * 2),
    "header in another order": File(_HEAD + rows() + "Name,Account,E-mail\nAna,1,x\n"),
    "dashes": File(_HEAD + "-------,----,------\n" + rows() + "(30 rows affected)\n"),
    "no header": File(rows()),
    "header with a date": File("Account,Balance 12/31/2025,E-mail\n" + rows()),
    "told header": File("Account,2025,E-mail\n" + rows(), reading={"header_line": 1}),
    "told delimiter": File("Account%Name, x\n1%a, b\n2%c, d\n", reading={"delimiter": "%"}),
    "two delimiters": File("Name, last%Account\nORTIZ, ANA%1045\nWU%1046\nDIAZ%1047\n"),
    "repeated, mapped": File("Account,Name,Account\n" + rows()),
    "repeated, one mapped": File("Account,Name,Account\n" + rows(), account="Account (2)"),
    "repeated, not mapped": File("Account,Note,Note\n" + rows()),
    "no name": File(",Account,Name\n" + rows(30, "{0},10-{0},x\n")),
    "mapped by place": File("Account,,Name\n" + rows(), columns={"email": "Column 2"}),
    "not there": File(_HEAD + rows(), columns={"email": "Mail"}),
    "account not there": File(_HEAD + rows(), account="Acct"),
    "semicolons": File((_HEAD + rows()).replace(",", ";")),
    "tails": File((_HEAD + rows()).replace("\n", ";;\n")),
    "titles": File("Riverbend Water\n\n" + _HEAD + rows()),
    "windows": File((_HEAD + "10-1,PEÑA,x\n").encode("cp1252")),
    "bad byte": File((_HEAD + "10-1,PEÑA,x\n").encode() + b"10-2,\xff,x\n"),
    "damaged": File(_HEAD + "10-1,O\x92Brien,x\n10-2,a\x07,x\n"),
    "empty": File(""),
    "header alone": File(_HEAD),
    "NACHA": File("101 021000021 1234567890261128120 0A094101RIVERBEND\n5225RIVERBEND\n"),
    "PGP": File("-----BEGIN PGP MESSAGE-----\n\nabc\n"),
    "zip": File(b"PK\x03\x04abc"),
    "mixed line ends": File(_HEAD + "10-1,a,x\r\n10-2,b,y\n"),
    "card in a note": File(_HEAD + rows() + f"10-2,paid {_CARD},x\n"),
    "cards as accounts": File("Account,Name\n" + f"{_CARD},a\n5555555555554444,b\n378282246310005,c\n"),
    "an account like a card": File("Account,Name\n" + f"{_CARD},a\n" + rows(9, "123456789012345{0},b\n")),
    "a number like a card": File("Account,Number\n" + f"1,{_CARD}\n" + rows(9, "2,123456789012345{0}\n")),
    "card in a ragged line": File(_HEAD + rows() + f"10-2,{_CARD}\n"),
    "cards unread": File(f'Account,Name\n1,a\n2,"{_CARD}\n'),
    "card as a name": File(f"Account,{_CARD}\n1,a\n", reading={"header_line": 1}),
    "CVV": File("Account,CVV\n1,123\n"),
    "CVV twice": File("Account,CVV,CVV\n1,123,x\n"),
    "social security numbers": File("Account,Number\n" + rows(30, "{0},123-45-6{0:03}\n")),
    "accounts like them": File("Account,Name\n" + rows(30, "123-45-6{0:03},x\n")),
    "hashes": File("Account,Note\n" + rows(30, "{0},$2a$10$abcdefghijk{0}\n")),
    "wrong options": File(_HEAD + rows(), reading={"encoding": "utf-16-le"}),
}


@dataclass
class Judged:
    """What either of them says."""

    usable: int | None
    refused: list[tuple[str, int | None, int | None, str]]
    bad: dict[int, str]
    warnings: list[tuple[str, int | None]]


def by_check(file: File) -> Judged:
    definition = mapped_by(cast("Any", file.definition))
    content = file.content
    pieces = iter([content[start : start + 100_000] for start in range(0, len(content), 100_000)])
    reading = FileReading(pieces, definition, biller_name="Riverbend")
    lines: list[dict[str, str]] = []
    try:
        reading.open(Context(TODAY, SECRETS), fold_case=False)
        while piece := reading.next_lines():
            cells = (line.split("\t") for line in piece.text.decode().splitlines())
            lines += [dict(zip(piece.columns, line, strict=True)) for line in cells]
    except Refused as refused:
        where = (refused.detail.get("line"), refused.detail.get("column"), refused.detail.get("message", ""))
        found = [(refused.code, *where)]
        if holds_cards_unread(refused.code, [content]):
            found.append(("F008", None, None, _MEANINGLESS))
        return Judged(None, found, {}, [])
    bad = {}
    for line in lines:
        for code in line["codes"].strip("{}").split(","):
            if code in _OF_READING:
                bad[int(line["line_no"])] = code
    warnings = sorted((problem.code, problem.line) for problem in reading.warnings)
    return Judged(len(lines) - len(bad), [], bad, warnings)


def by_inspect(file: File, folder: Path, *, with_definition: bool = True) -> Judged:
    path = folder / "file.csv"
    path.write_bytes(file.content)
    definition = mapped_by(cast("Any", file.definition))
    options = options_of({} if with_definition else file.reading, definition)
    found: Found = inspect_file(path, options, None, definition if with_definition else None)
    problems = found["problems"]
    refused = [
        (one["code"], one["line"], one["column"], one["message"].rstrip("."))
        for one in problems
        if one["code"][0] == "F"
    ]
    refused = [(*one[:3], _MEANINGLESS) if number else one for number, one in enumerate(refused)]
    if found["refused"]:
        return Judged(None, refused, {}, [])
    bad = {one["line"] or 0: one["code"] for one in problems if one["code"][0] == "R"}
    warnings = sorted((one["code"], one["line"]) for one in problems if one["code"][0] == "W")
    return Judged(found["rows"], [], bad, warnings)


@pytest.mark.parametrize("name", FILES)
def test_they_say_the_same(name: str, tmp_path: Path) -> None:
    assert by_inspect(FILES[name], tmp_path) == by_check(FILES[name])


_DEPENDS = {"repeated, one mapped", "mapped by place", "not there", "account not there"}


@pytest.mark.parametrize("name", sorted(FILES.keys() - _DEPENDS))
def test_without_a_definition_as_well_where_its_columns_are_what_they_are_called(name: str, tmp_path: Path) -> None:
    found, expected = by_inspect(FILES[name], tmp_path, with_definition=False), by_check(FILES[name])
    assert [one[:3] for one in found.refused] == [one[:3] for one in expected.refused]
    assert (found.usable, found.bad, found.warnings) == (expected.usable, expected.bad, expected.warnings)


_LINES = st.sampled_from(
    (
        *(
            "10-1,Ana,x",
            "10-2,ORTIZ, ANA,x",
            "10-3",
            "",
            ",,",
            "Total,2,",
            "Account,Name,E-mail",
            "Name,Account,E-mail",
        ),
        *('10-4,"a\nb",x', '10-5,O"B,x', '10-6,"open,x', f"10-7,{_CARD},x", f"{_CARD},a,b", "10-8,O\x92B,x"),
        "-------,----,---",
    )
)


@given(lines=st.lists(_LINES, max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_they_say_the_same_of_any_lines(lines: list[str], tmp_path: Path) -> None:
    file = File("\n".join([_HEAD.strip(), *lines, ""]))
    assert by_inspect(file, tmp_path) == by_check(file)
