"""Polluted variants of a clean file, and the oracle that knows no third outcome.

A variant is *loadable* where a careful person could tell the clean content from the file alone: it is written in
another way throughout, or has lines around and between the rows that are no rows. It is not where a sign of some cell,
row or header was lost, added or changed (nobody knows what else was), and where the bytes do not say which of several
encodings they are in.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.csvfile import CsvOptions, FileRefused, read

HEADER = ["Account", "Name", "Routing", "Email", "Note"]
ROWS = [
    ["WTR-0001045", "ANA ORTIZ", "021000021", "ana@example.com", ""],
    ["WTR-0001046", "WU, LEE", "011000015", "lee@example.com", "calls on Mondays"],
    ["WTR-0001047", 'J "JAY" PARK', "122105155", "jay@example.com, park@example.com", "x"],
    ["WTR-0001048", "K DIAZ", "021000021", "", "two\nlines"],
    ["WTR-0001049", "O'BRIEN", "011000015", "o'brien@example.org", "; | semicolon and bar"],
    ["WTR-0001050", "MARY ANN", "122105155", "mary@example.com", "last"],
]
ACCENTED = [[*row[:1], row[1].replace("DIAZ", "PEÑA"), *row[2:]] for row in ROWS]


@dataclass(frozen=True)
class Variant:
    name: str
    data: bytes
    rows: list[list[str]]
    loadable: bool = False


def text_of(
    rows: list[list[str]], delimiter: str = ",", end: str = "\n", *, quote_all: bool = False, gap: str = ""
) -> str:
    def cell(value: str) -> str:
        if quote_all or any(sign in value for sign in f'{delimiter}"\r\n'):
            return '"' + value.replace('"', '""') + '"'
        return value

    return "".join((delimiter + gap).join(map(cell, row)) + end for row in rows)


CLEAN = text_of([HEADER, *ROWS])
SIMPLE_ROWS = [
    [row[0], f"NAME {index}", row[2], f"u{index}@example.com", f"n{index}"] for index, row in enumerate(ROWS)
]
SIMPLE = text_of([HEADER, *SIMPLE_ROWS])


def _layouts() -> Iterator[Variant]:
    for delimiter in (",", ";", "\t", "|", "^", "~", ":", "\x1f", " "):
        for end in ("\n", "\r\n", "\r"):
            for quote_all in (False, True):
                text = text_of([HEADER, *ROWS], delimiter, end, quote_all=quote_all)
                name = f"layout {delimiter!r} {end!r} {quote_all}"
                yield Variant(name, text.encode(), ROWS, loadable=True)
                yield Variant(f"{name} without last end", text.removesuffix(end).encode(), ROWS, loadable=True)
                yield Variant(f"{name} blank at the start", (end * 2 + text).encode(), ROWS, loadable=True)
                yield Variant(f"{name} with mark", text.encode("utf-8-sig"), ROWS, loadable=True)
                if delimiter in ",;\t|":
                    told = f"sep={delimiter}{end}{text}"
                    yield Variant(f"{name} sep=", told.encode(), ROWS, loadable=True)
                    yield Variant(f"{name} sep= with mark", told.encode("utf-8-sig"), ROWS, loadable=True)


def _quotings() -> Iterator[Variant]:
    """Quoting that is consistent and not that of RFC 4180."""
    for table in (ROWS, SIMPLE_ROWS, ACCENTED):
        for delimiter in (",", ";", "\t", "|"):
            for quote_all in (False, True):
                text = text_of([HEADER, *table], delimiter, quote_all=quote_all)
                name = f"quoting {delimiter!r} {quote_all} {len(text)}"
                yield Variant(f"{name} backslash", _backslash(text).encode(), table, loadable=True)
                spaced = text_of([HEADER, *table], delimiter, quote_all=quote_all, gap=" ")
                yield Variant(f"{name} blanks", spaced.encode(), table, loadable=True)
                wrapped = "".join('"' + line.replace('"', '""') + '"\n' for line in text.splitlines())
                yield Variant(f"{name} lines quoted", wrapped.encode(), table, loadable=True)


def _backslash(text: str) -> str:
    return re.sub(r'(?<=[^,;\t|\n"])""|""(?=[^,;\t|\n"])', r'\\"', text)


def _encodings() -> Iterator[Variant]:
    sure = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "utf-16-le", "utf-16-be", "utf-32")
    for codec in (*sure, "cp850", "cp437", "mac-roman"):
        for delimiter in (",", ";", "\t", "|"):
            for quote_all in (False, True):
                text = text_of([HEADER, *ACCENTED], delimiter, quote_all=quote_all)
                name = f"encoding {codec} {delimiter!r} {quote_all}"
                yield Variant(name, text.encode(codec), ACCENTED, loadable=codec in sure)
    for offset in range(0, len(SIMPLE), 7):
        data = SIMPLE.encode()
        for byte in (b"\x81", b"\0", b"\x1a", b"\xff\xfe"):
            yield Variant(f"byte {byte!r} at {offset}", data[:offset] + byte + data[offset:], SIMPLE_ROWS)
    for tail in (b"\x1a", b"\x1a\x1a", b"\r\n\x1a", b"\x1a\r\n"):
        yield Variant(f"tail {tail!r}", SIMPLE.encode() + tail, SIMPLE_ROWS, loadable=True)


def _preambles() -> Iterator[Variant]:
    titles = (
        "Riverbend Water",
        "Export of 2026-01-01",
        "Riverbend Water, autopay export",
        "Printed: June 1, 2026",
        '"Autopay, all"',
        "",
        ",,,,",
        "Riverbend Water,,,,",
        "# comment",
        "----------",
        "a,b",
        "A,B,C,D,E",
        "1,2,3,4,5",
    )
    for title in titles:
        for count in (1, 2, 3):
            for body, rows in ((CLEAN, ROWS), (SIMPLE, SIMPLE_ROWS)):
                name = f"preamble {title!r} x{count} {len(body)}"
                yield Variant(name, f"{(title + chr(10)) * count}{body}".encode(), rows, loadable=True)
    for title in ("Account,Name,Routing,Email", "Account;Name;Routing;Email;Note"):
        yield Variant(f"preamble {title!r}", f"{title}\n{CLEAN}".encode(), ROWS)


def _footers() -> Iterator[Variant]:
    footers = (
        "Total: 6",
        "TOTAL,,,,6",
        "Total,6",
        "6 records",
        "End of report",
        "Page 1 of 1",
        "-----",
        ",,,,",
        "",
        "  ",
    )
    lines = SIMPLE.splitlines(keepends=True)
    for footer in (*footers, "Grand total,6,,,", "(6 rows affected)", ",".join(HEADER), '"Total","6"'):
        for end in ("\n", ""):
            yield Variant(f"footer {footer!r} {end!r}", f"{SIMPLE}{footer}{end}".encode(), SIMPLE_ROWS, loadable=True)
        for at in range(2, len(lines)):
            text = "".join([*lines[:at], footer + "\n", *lines[at:]])
            yield Variant(f"inside {footer!r} {at}", text.encode(), SIMPLE_ROWS, loadable=True)
    for every in (1, 2, 3):
        pages = (lines[start : start + every] for start in range(1, len(lines), every))
        text = "".join("".join([lines[0], *page, "Page total,2\n"]) for page in pages)
        yield Variant(f"header and total each {every} rows", text.encode(), SIMPLE_ROWS, loadable=True)


def _reports() -> Iterator[Variant]:
    """Several pollutions at once, as reports have them."""
    for delimiter in (",", ";", "\t", "|"):
        for codec in ("utf-8-sig", "cp1252", "utf-16"):
            for end in ("\n", "\r\n"):
                for before in ("", "Riverbend Water{e}{e}", "sep={d}{e}"):
                    for after in ("", "TOTAL{d}52{d}{e}", "{e}6 records{e}"):
                        text = text_of([HEADER, *ACCENTED], delimiter, end)
                        around = (part.format(d=delimiter, e=end) for part in (before, after))
                        whole = text.join(around)
                        name = f"report {delimiter!r} {codec} {end!r} {before!r} {after!r}"
                        yield Variant(name, whole.encode(codec), ACCENTED, loadable=True)
                        head, *others = text_of([HEADER, *SIMPLE_ROWS], delimiter, end).splitlines(keepends=True)
                        paged = "".join(
                            [head, *others[:2], head, *others[2:4], f"Total{delimiter * 4}2{end}", *others[4:]]
                        )
                        around = (part.format(d=delimiter, e=end) for part in (before, after))
                        yield Variant(f"{name} in pages", paged.join(around).encode(codec), SIMPLE_ROWS, loadable=True)


def _cells() -> Iterator[Variant]:
    for index in range(len(ROWS) + 1):
        for column in range(len(HEADER) + 1):
            for name, change in _CELL_CHANGES.items():
                table = [HEADER[:], *[row[:] for row in SIMPLE_ROWS]]
                if column == len(HEADER) and name != "insert":
                    continue
                change(table[index], column)
                is_end_of_header = (name, index, column) == ("insert", 0, len(HEADER))
                yield Variant(
                    f"{name} cell {index}.{column}", text_of(table).encode(), SIMPLE_ROWS, loadable=is_end_of_header
                )


_CELL_CHANGES: dict[str, Callable[[list[str], int], None]] = {
    "insert": lambda row, column: row.insert(column, ""),
    "insert text": lambda row, column: row.insert(column, "x"),
    "remove": lambda row, column: row.__delitem__(column),
}


def _raw() -> Iterator[Variant]:
    """Structure lost, changed or added anywhere in the raw text; what stands inside quotes is content."""
    for base, text in (("clean", CLEAN), ("all quoted", text_of([HEADER, *ROWS], quote_all=True))):
        for offset in range(text.index("\n") + 1, len(text) - 1):
            sign, before, after = text[offset], text[:offset], text[offset + 1 :]
            if sign not in '",\n' or (sign != '"' and before.count('"') % 2):
                continue
            for other in ("", "\\", "'", "\u201c"):
                yield Variant(f"{base} {other} for {sign!r} at {offset}", (before + other + after).encode(), ROWS)
        for escape in ("\\", "'", "\u201c"):
            for index in range(text.count('""')):
                parts = text.split('""')
                polluted = '""'.join(parts[: index + 1]) + escape + '"' + '""'.join(parts[index + 1 :])
                is_empty = polluted.count('\\",') + polluted.count('\\"\n') > 0
                name = f"{base} escape {escape} {index}"
                yield Variant(name, polluted.encode(), ROWS, loadable=escape == "\\" and not is_empty)
    for offset in range(SIMPLE.index("\n") + 1, len(SIMPLE)):
        for extra in ('"', "\n", "\r", ","):
            polluted = SIMPLE[:offset] + extra + SIMPLE[offset:]
            is_blank_line = extra in "\r\n" and "\n" in (SIMPLE[offset - 1], SIMPLE[offset : offset + 1])
            yield Variant(f"extra {extra!r} at {offset}", polluted.encode(), SIMPLE_ROWS, loadable=is_blank_line)


def _damaged() -> Iterator[Variant]:
    """A sign of the structure lost or turned into another, in files written in unusual ways."""
    rows = SIMPLE_ROWS[:4]
    table = [HEADER, *rows]
    quoted = text_of(table, quote_all=True)
    written = {
        "backslash": text_of([HEADER, *([*row[:4], f'{row[4]} \\"x\\"'] for row in rows)]).replace('""', '"'),
        "blanks": text_of(table, quote_all=True, gap=" "),
        "lines": "".join('"' + line.replace('"', '""') + '"\n' for line in quoted.splitlines()),
        "guillemets": "".join(",".join(f"\u00ab{cell}\u00bb" for cell in row) + "\n" for row in table),
        **{f"layout {sign!r}": text_of(table, sign) for sign in "^:\t|"},
    }
    for name, text in written.items():
        clean = [[*row[:4], f'{row[4]} "x"'] for row in rows] if name == "backslash" else rows
        yield Variant(f"{name} undamaged", text.encode(), clean, loadable=True)
        structure = set('",;\\\n\u00ab\u00bb') | set(name[-2:-1] if name.startswith("layout") else "")
        for offset in (at for at, sign in enumerate(text[:-1]) if sign in structure):
            for other in ("", '"', "\n"):
                damaged = text[:offset] + other + text[offset + 1 :]
                if damaged != text:
                    yield Variant(f"{name} {other!r} at {offset}", damaged.encode(), clean)


def _headers() -> Iterator[Variant]:
    shapes = {
        "upper": [name.upper() for name in HEADER],
        "blanks": [f"  {name} " for name in HEADER],
        "line break": ["Account", "Name", "Routing\nNumber", "Email", "Note"],
        "duplicate": ["Account", "Name", "Routing", "Email", "Email"],
        "case duplicate": ["Account", "Name", "Routing", "Email", "EMAIL"],
        "blank": ["Account", "", "Routing", "Email", "Note"],
        "first blank": ["", "Name", "Routing", "Email", "Note"],
        "numeric": ["1", "2", "3", "4", "5"],
        "none": [],
        "data": SIMPLE_ROWS[0],
    }
    for name, shape in shapes.items():
        lines = [shape, *SIMPLE_ROWS] if shape else SIMPLE_ROWS
        is_named = name in ("upper", "blanks", "line break", "duplicate", "case duplicate", "blank", "first blank")
        yield Variant(f"header {name}", text_of(lines).encode(), SIMPLE_ROWS, loadable=is_named)
        marked = text_of(lines, quote_all=True).encode("utf-8-sig")
        yield Variant(f"header {name} with mark", marked, SIMPLE_ROWS, loadable=is_named)
    yield Variant("header twice", text_of([HEADER, HEADER, *SIMPLE_ROWS]).encode(), SIMPLE_ROWS, loadable=True)
    second = ["(text)", "(text)", "(number)", "(text)", "(text)"]
    yield Variant("two headers", text_of([HEADER, second, *SIMPLE_ROWS]).encode(), SIMPLE_ROWS)
    yield Variant("trailing delimiters", SIMPLE.replace("\n", ",\n").encode(), SIMPLE_ROWS, loadable=True)
    header, rows = SIMPLE.split("\n", 1)
    for tail in (",", ",,,", ", ", ',"\n"'):
        text = f"{header}\n{rows.replace(chr(10), tail + chr(10))}"
        yield Variant(f"trailing {tail!r} of rows", text.encode(), SIMPLE_ROWS, loadable=True)
    yield Variant("blank lines", SIMPLE.replace("\n", "\n\n").encode(), SIMPLE_ROWS, loadable=True)


def _line_ends() -> Iterator[Variant]:
    lines = SIMPLE.splitlines()
    for index in range(len(lines)):
        for usual, odd in (
            ("\n", "\r\n"),
            ("\r\n", "\n"),
            ("\n", "\r"),
            ("\r\n", "\r"),
            ("\r", "\n"),
            ("\n", "\r\r\n"),
        ):
            ends = [odd if position == index else usual for position in range(len(lines))]
            text = "".join(map("".join, zip(lines, ends, strict=True)))
            yield Variant(f"end {index} {usual!r} {odd!r}", text.encode(), SIMPLE_ROWS, loadable=True)


def _unquoted() -> Iterator[Variant]:
    """Cells that need quotes and have none, and quotes of other kinds."""
    for column in range(len(HEADER)):
        for value in ("a,b", "a\nb", 'a"b', '"a', "a\r\nb", "a,", ",a", "a\n", "\na", "a\n\nb", "a\nb\nc", "=1,2"):
            table = [row[:] for row in SIMPLE_ROWS]
            table[2][column] = value
            raw = text_of([HEADER, *table[:2]]) + ",".join(table[2]) + "\n" + text_of(table[3:])
            yield Variant(f"unquoted {value!r} in {column}", raw.encode(), table)
    for pair in ("''", "\u201c\u201d", "\u2018\u2019", "``", "\u00ab\u00bb"):
        for table in ([HEADER, *SIMPLE_ROWS], [HEADER, *ROWS]):
            for quoted_header in (True, False):
                wrapped = [[f"{pair[0]}{cell}{pair[1]}" for cell in row] for row in table[1:]]
                head = [f"{pair[0]}{cell}{pair[1]}" for cell in HEADER] if quoted_header else HEADER
                text = "".join(",".join(row) + "\n" for row in [head, *wrapped])
                yield Variant(f"quotes {pair} {quoted_header} {len(text)}", text.encode(), table[1:], loadable=True)


MAKERS: tuple[Callable[[], Iterator[Variant]], ...] = (
    *(_layouts, _quotings, _encodings, _preambles, _footers, _reports),
    *(_cells, _raw, _damaged, _headers, _line_ends, _unquoted),
)


def variants() -> list[Variant]:
    return [variant for maker in MAKERS for variant in maker()]


def outcome(variant: Variant, options: CsvOptions) -> str:
    """`exact`, `refused` or `partly`; anything else describes the third outcome."""
    try:
        reader = read(io.BytesIO(variant.data), options)
        batches = list(reader)
    except FileRefused as refusal:
        return "refused" if refusal.code and refusal.line and refusal.remedy else f"refused without place: {refusal}"
    rows = [[cell.strip() for cell in row] for batch in batches for row in batch.rows]
    clean = [
        [cell.strip() for cell in row] for row in variant.rows
    ]  # outer blanks are trimmed by every reader of cells
    bad = [problem for batch in batches for problem in batch.bad]
    if any(not problem.line for problem in bad):
        return "a row refused without its line"
    if rows == clean:
        return "exact"
    remaining = iter(clean)
    if not all(row in remaining for row in rows):
        return f"other cells: {[row for row in rows if row not in clean]}"
    return "partly" if bad else "rows lost without a word"
