"""Files in the shapes that real exports have. Each holds the same customers: it is known what a person reads in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Rows = Sequence[Sequence[str]]
HEADER = ("Account", "Name", "Email", "Note")
_PEOPLE = ("ORTIZ, ANA", "Lee Wu", "J PARK", "O'Brien, Pat", "Kim Diaz", "De la Cruz, Maria", "Ng Li", "ROSSI, J.")
CUSTOMERS: Rows = tuple(
    (f"WTR-{1045 + 3 * n:07}", _PEOPLE[n % len(_PEOPLE)], f"user{n}@example.com", ("", "moved in", "2 meters")[n % 3])
    for n in range(24)
)
PLAIN: Rows = tuple((account, name.replace(",", ""), email, note) for account, name, email, note in CUSTOMERS)


@dataclass(frozen=True)
class Export:
    """A file, the customers in it, and what an operator says of it where the file does not."""

    name: str
    data: bytes
    customers: Rows = CUSTOMERS
    told: Mapping[str, Any] = field(default_factory=dict)


def table(
    rows: Rows,
    delimiter: str = ",",
    end: str = "\n",
    *,
    header: Sequence[str] = HEADER,
    quote: Callable[[str], str] | None = None,
) -> str:
    """Quoted where a cell needs it, or as told."""

    def minimal(cell: str) -> str:
        needs = any(sign in cell for sign in f'{delimiter}"\r\n')
        return '"' + cell.replace('"', '""') + '"' if needs else cell

    write = quote or minimal
    return "".join(delimiter.join(map(write, row)) + end for row in [header, *rows])


def exports() -> Iterator[Export]:
    for part in (_encodings, _quotings, _ends, _around, _tails, _names, _blanks, _systems, _damaged, _rare, _told):
        yield from part()


def _encodings() -> Iterator[Export]:
    accented = [(a, n.replace("Diaz", "D\u00edaz").replace("ROSSI", "R\u00d6SSI"), e, t) for a, n, e, t in CUSTOMERS]
    marks = {"utf-8-sig": "", "utf-16": "", "utf-16-be": "\ufeff", "utf-16-le": "\ufeff"}
    for encoding in ("utf-8", "cp1252", "latin-1", *marks):
        for delimiter in ",;\t|":
            text = marks.get(encoding, "") + table(accented, delimiter, "\r\n")
            yield Export(f"{encoding} {delimiter!r}", text.encode(encoding), accented)
    yield Export("utf-16 without a mark", table(accented, "\t").encode("utf-16-le"), accented)


def _quotings() -> Iterator[Export]:
    def everything(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    def texts(cell: str) -> str:
        return cell if cell.isdigit() else everything(cell)

    def filled(cell: str) -> str:
        return everything(cell) if cell else ""

    def apostrophes(cell: str) -> str:
        return "'" + cell.replace("'", "''") + "'"

    quoted = [(a, f'{n} "{n[0]}"', e, t) for a, n, e, t in CUSTOMERS]
    for delimiter in ",;\t|":
        for way in (everything, texts, filled):
            yield Export(f"quoted: {way.__name__} {delimiter!r}", table(quoted, delimiter, quote=way).encode(), quoted)
    plain = [(a, n.replace("'", " "), e, t) for a, n, e, t in PLAIN]
    yield Export("quoted: apostrophes", table(plain, quote=apostrophes).encode(), plain)
    escaped = table(quoted, quote=lambda cell: '"' + cell.replace('"', '\\"') + '"')
    yield Export("quoted: backslashes", escaped.encode(), quoted)
    yield Export("lines in a cell", table([(a, n, e, "a\r\nb") for a, n, e, _ in CUSTOMERS]).encode(), CUSTOMERS)


def _ends() -> Iterator[Export]:
    for name, end in (("LF", "\n"), ("CR LF", "\r\n"), ("CR", "\r")):
        yield Export(f"lines end with {name}", table(CUSTOMERS, end=end).encode())
        yield Export(f"last line without {name}", table(CUSTOMERS, end=end).encode().removesuffix(end.encode()))
        yield Export(f"blank lines after {name}", (table(CUSTOMERS, end=end) + end * 3).encode())
    yield Export("NULs at the end", table(CUSTOMERS).encode() + b"\0" * 500)
    yield Export("Ctrl-Z and NULs at the end", table(CUSTOMERS, end="\r\n").encode() + b"\x1a" + b"\0" * 127)
    yield Export("lines end with CR CR LF", table(CUSTOMERS, end="\r\r\n").encode())
    yield Export("Ctrl-Z at the end", table(CUSTOMERS, end="\r\n").encode() + b"\x1a")
    first = table(CUSTOMERS[:9], end="\r\n")
    yield Export("two programs' line ends", (first + table(CUSTOMERS[9:]).partition("\n")[2]).encode())


def _around() -> Iterator[Export]:
    body = table(CUSTOMERS)
    for above in (
        "Customer Listing\n",
        "Riverbend Water\nCustomer Listing\nRun 11/28/2026 4:15 PM\n",
        "Customer Listing,,,\n",
        "Customer Listing,,,\n,,,\n",
        "Report: Autopay,Run: 11/28/2026,,\n\n",
        "\n",
        "\n\n\n",
        ",,,\n",
        "sep=,\n",
        "1,2,3,4\n",
        '"Customer Listing"\n""\n',
        "Page 1 of 3\nAs of 11/28/2026\n\n",
        "# exported by UB-Max 3.1\n# 11/28/2026\n",
        '"Report Name:","Autopay"\n"Run Date:","11/28/2026"\n\n',
        "\x0c",
    ):
        yield Export(f"above: {above!r}", (above + body).encode())
    for below in (
        "TOTAL,24,,\n",
        "Grand Total: 24\n",
        "(24 rows affected)\n",
        "24 rows selected.\n",
        "\nRecord Count: 24\n",
        ",,,\n,,,\n",
        "*** End of Report ***\n",
        "Page 1 of 1\n",
        "\n\nTotal Customers,24,,\n",
        "-- 24 rows --\n",
        "EOF\n",
        "<END>\n",
        "TRL,24\n",
        "Trailer 24\n",
        "Count: 24\n",
    ):
        yield Export(f"below: {below!r}", (body + below).encode())


def _tails() -> Iterator[Export]:
    for tail in (",", ",,,", ", ", ',""'):
        yield Export(f"rows end with {tail!r}", _tailed(tail, also_header=False).encode())
        yield Export(f"all lines end with {tail!r}", _tailed(tail, also_header=True).encode())
    yield Export("lines end with a semicolon", _tailed(";", also_header=True).encode())


def _tailed(tail: str, *, also_header: bool) -> str:
    head, *lines = table(CUSTOMERS).splitlines()
    return "".join(f"{line}\n" for line in [head + tail * also_header, *(line + tail for line in lines)])


def _names() -> Iterator[Export]:
    indexed = [(str(n), *row) for n, row in enumerate(CUSTOMERS)]
    for first in ("", "Unnamed: 0", "#", "Row"):
        yield Export(f"index named {first!r}", table(indexed, header=(first, *HEADER)).encode())
    for names in (("Note", "Note"), ("", ""), ("Balance 12/31/2025", "2024-2025 usage"), ("E-mail 2", "Acct/Cust #")):
        wide = [(*row, "x", f"{n}5.20") for n, row in enumerate(CUSTOMERS)]
        yield Export(f"further columns {names!r}", table(wide, header=(*HEADER, *names)).encode())
    padded = table(CUSTOMERS).replace("Account,Name,Email,Note", " Account , Name,Email ,Note ")
    yield Export("blanks around names", padded.encode())
    quoted = table(CUSTOMERS).replace("Account,Name", '"Account","Name"', 1)
    yield Export("quoted names", quoted.encode())
    yield Export("a name over two lines", table(CUSTOMERS, header=(*HEADER[:3], "Note\n(free text)")).encode())


def _blanks() -> Iterator[Export]:
    head, *lines = table(CUSTOMERS).splitlines()
    for between in ("\n", "\n   \n", "\n,,,\n", "\n\n\n"):
        yield Export(f"between rows {between!r}", (head + "\n" + between.join(lines) + "\n").encode())
    for delimiter, gap in ((",", ", "), (";", "; "), ("|", " | "), ("\t", " \t ")):
        spaced = "".join(gap.join(row) + "\n" for row in [HEADER, *PLAIN])
        yield Export(f"blanks beside {delimiter!r}", spaced.encode(), PLAIN)
    wide = [tuple(cell.ljust(20) for cell in row) for row in [HEADER, *PLAIN]]
    for delimiter in ",|;":
        text = "".join(delimiter.join(row) + "\r\n" for row in wide)
        yield Export(f"padded as on a mainframe {delimiter!r}", text.encode(), PLAIN)


def _systems() -> Iterator[Export]:
    rule = ",".join("-" * len(name) for name in HEADER)
    head, *lines = table(PLAIN).splitlines()
    yield Export("sqlcmd", "\n".join([head, rule, *lines, "", "(24 rows affected)", ""]).encode(), PLAIN)
    aligned = [" | ".join(cell.ljust(24) for cell in row) for row in [HEADER, *PLAIN]]
    plus = "-+-".join("-" * 24 for _ in HEADER)
    yield Export(
        "psql",
        "\n".join([" " + aligned[0], f"-{plus}-", *(f" {a}" for a in aligned[1:]), "(24 rows)", ""]).encode(),
        PLAIN,
    )
    yield Export(
        "markdown",
        "\n".join([f"| {aligned[0]} |", "|---|---|---|---|", *(f"| {a} |" for a in aligned[1:]), ""]).encode(),
        PLAIN,
    )
    paged = "".join(table(PLAIN[at : at + 8]) for at in (0, 8, 16))
    yield Export("header on each page", paged.encode(), PLAIN)
    pages = "".join(f"Page {at // 8 + 1}\n{table(PLAIN[at : at + 8])}" for at in (0, 8, 16))
    marked = "".join("\ufeff" + table(PLAIN[at : at + 8]) for at in (0, 8, 16))
    yield Export("files put one after the other", marked.encode(), PLAIN)
    yield Export("pages with form feeds", "\x0c".join(marked.split("\ufeff")[1:]).encode(), PLAIN)
    line = "+".join(["", *("-" * 26 for _ in HEADER), ""])
    boxed = [line, f"| {aligned[0]} |", line, *(f"| {a} |" for a in aligned[1:]), line, "24 rows in set (0.00 sec)", ""]
    yield Export("mysql", "\n".join(boxed).encode(), PLAIN)
    yield Export("each line quoted", "".join(f'"{line}"\n' for line in [head, *lines]).encode(), PLAIN)
    yield Export("page marks and headers", pages.encode(), PLAIN)
    formulas = [(f'="{account}"', *others) for account, *others in CUSTOMERS]
    yield Export("ids as formulas", table(formulas).encode())
    yield Export("mysql -B", table(PLAIN, "\t").replace("\t\n", "\tNULL\n").encode(), PLAIN)
    upper = table(PLAIN, header=tuple(name.upper() for name in HEADER))
    yield Export("names in capitals", upper.encode(), PLAIN)


def _damaged() -> Iterator[Export]:
    many = [row for _ in range(9) for row in PLAIN]
    body = table(many)
    yield Export("one comma too many", (body + "WTR-0009999,ORTIZ, ANA,x@example.com,\n").encode(), many)
    yield Export("one line cut", (body + "WTR-0009999,ORTIZ\n").encode(), many)
    yield Export("control characters", table(PLAIN).replace("J PARK", "J\x92PARK").encode(), PLAIN)
    yield Export("replacement characters", table(PLAIN).replace("J PARK", "J\ufffdPARK").encode(), PLAIN)
    yield Export("decoded twice", table(PLAIN).replace("J PARK", "J P\u00c3\u2018RK").encode(), PLAIN)
    yield Export("hard spaces", table(PLAIN).replace("J PARK", "\xa0J\xa0PARK\xa0").encode(), PLAIN)


def _rare() -> Iterator[Export]:
    for delimiter in ("^", "~", "\x1f", "\xac", "\xa6"):
        yield Export(f"delimiter {delimiter!r}", table(CUSTOMERS, delimiter).encode())
    few = [row[:2] for row in PLAIN]
    yield Export("two columns", table(few, header=HEADER[:2]).encode(), few)
    alone = [row[:1] for row in PLAIN]
    yield Export("one column", table(alone, header=HEADER[:1]).encode(), alone)
    yield Export("one row", table(CUSTOMERS[:1]).encode(), CUSTOMERS[:1])


def _told() -> Iterator[Export]:
    """What the file does not say by itself: the operator does."""
    numbered = table(PLAIN).replace("Note", "2024", 1)
    yield Export("a year for a name", numbered.encode(), PLAIN, {"header_line": 1})
    yield Export("percent signs", table(CUSTOMERS, "%").encode(), CUSTOMERS, {"delimiter": "%"})
    accented = [(a, n.replace("Kim", "K\u00edm"), e, t) for a, n, e, t in PLAIN]
    for encoding in ("cp437", "cp850", "mac-roman", "iso8859-15"):
        yield Export(
            encoding, table(accented).encode(encoding), accented, {"encoding": encoding.replace("iso8859", "iso-8859")}
        )
    inches = [(a, f'{n} 5" pipe', e, t) for a, n, e, t in PLAIN]
    bare = "".join("\t".join(row) + "\n" for row in [HEADER, *inches])
    yield Export("quotes that quote nothing", bare.encode(), inches, {"quote": ""})
    for above in ("Customer,,Contact,\n", "Customer List, November 28, 2026\n", "HDR,20261128,24\n"):
        yield Export(f"told: {above!r}", (above + table(PLAIN)).encode(), PLAIN, {"header_line": 2})
    mixed = table(PLAIN).encode() + "WTR-0008888,PE\u00d1A,p@example.com,\n".encode("cp1252")
    mixed += "WTR-0008889,D\u00edaz,q@example.com,\n".encode()
    both = [
        *PLAIN,
        ("WTR-0008888", "PE\u00d1A", "p@example.com", ""),
        ("WTR-0008889", "D\u00c3az", "q@example.com", ""),
    ]
    yield Export("two encodings", mixed, both, {"encoding": "windows-1252"})
    crossed = [row if n % 3 else (*row[:2], "x", *row[2:]) for n, row in enumerate([*PLAIN, *PLAIN, *PLAIN])]
    kept = [row for n, row in enumerate([*PLAIN, *PLAIN, *PLAIN]) if n % 3]
    told = {"delimiter": ",", "header_line": 1}
    yield Export("a third of the lines is ragged", table(crossed).encode(), kept, told)
    tabs = table(PLAIN).replace(",", ",\t")
    yield Export("tabs after commas", tabs.encode(), PLAIN, {"delimiter": ","})
    yield Export(
        "an address in a name", table(PLAIN).replace("Note", "Reply to a@b.org", 1).encode(), PLAIN, {"header_line": 1}
    )
    yield Export("a long report above", ("x,y\nWTR-1,2\n" * 3 + table(PLAIN)).encode(), PLAIN, {"header_line": 7})
