"""Text that is not CSV and known by how it begins: named, so that nobody looks for a delimiter in it."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from shared.csvfile.problems import SAVE_AS_CSV, Problem

_HEAD: Final = 64 * 1024  # characters
_LINES: Final = 100
_FROM_SOURCE: Final = "Export the customers from the billing system as CSV."
_DECRYPT: Final = "Decrypt it and upload the CSV file inside."
_LONG: Final = 60  # characters: as wide as base64 is wrapped
_MOST: Final = 0.8
_FEWEST: Final = 3

_MARKUP: Final = re.compile(r"<(?:!doctype|\?xml|!--|[a-z][\w:.-]*(?:\s[^<]*)?/?>)", re.IGNORECASE)
_JSON: Final = re.compile(r'\{|\[\s*(?:[\[{"]|$)')
_NACHA: Final = re.compile(r"101[ 0-9][0-9]{9}")
_NACHA_BATCH: Final = re.compile(r"5(?:200|220|225|280)|.{33,37}094101")
_NACHA_LINE: Final = re.compile(
    r"(?:5(?:200|220|225)|6(?:2[2-47-9]|3[2-47-9])[0-9]{9}|7(?:05|9[89])|8(?:200|220|225)).*"
)
_NACHA_WIDTH: Final = 94
_SPREADSHEET_TEXT: Final = re.compile(r"ID;P\w*|TABLE$")
_SYLK_OR_DIF: Final = re.compile(r"[BCFOP];|0,1$")
_BAI: Final = re.compile(r"01,[^,]*,[^,]*,[0-9]{6},")
_EDI: Final = re.compile(r"ISA[^\w\s]..[^\w\s]|UN[AB][+:]|MSH\|\^~")
_ARMOR: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
_VCARD: Final = re.compile(r"BEGIN:V(?:CARD|CALENDAR)", re.IGNORECASE)
_BANK_TEXT: Final = re.compile(r"OFXHEADER:|!(?:Type|Account|Option):|:20:\S|\{1:F01")
_LDIF: Final = re.compile(r"dn: \S+=|version: 1$")
_SQL_START: Final = re.compile(
    r"--|/\*|#|(?:INSERT|REPLACE|CREATE|DROP|ALTER|SET|USE|BEGIN|START|COPY|PRAGMA|SELECT|UPDATE|MERGE|GO|LOCK)\b",
    re.IGNORECASE,
)
_SQL: Final = re.compile(
    r"\s*(?:INSERT\s+INTO\s|REPLACE\s+INTO\s|MERGE\s+INTO\s|CREATE\s+TABLE\s|UPDATE\s+\S+\s+SET\s"
    r"|COPY\s[^;]*\sFROM\s+stdin|SELECT\s.*\sFROM\s)",
    re.IGNORECASE,
)
_MAIL_FIELD: Final = re.compile(r"([A-Za-z][A-Za-z-]*):(?:\s|$)")
_MAIL_SENDER: Final = re.compile(
    r"From \S+@\S+ |(?:MIME-Version|Content-Type|Return-Path|Received|Message-ID): ", re.IGNORECASE
)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
_YAML: Final = re.compile(r"(?:- )?[\w ]+:(?:\s|$)")
_DELIMITED: Final = re.compile(r"[;\t|]|,(?! )")
_GAP: Final = re.compile(r"\S {2,}\S")


def not_csv_text(text: str) -> Problem | None:
    """The refusal of text that is something else by its first lines."""
    lines = [line.rstrip() for line in text[:_HEAD].lstrip("\ufeff").splitlines() if line.strip()][:_LINES]
    if not lines:
        return None
    lines[0] = lines[0].lstrip()
    for is_it, what, remedy in _FORMATS:
        if is_it(lines):
            return Problem("F001", 1, 1, f"The file is {what}, not a CSV.", remedy)
    return None


def columns_of_fixed_width(text: str) -> Problem | None:
    """The refusal of lines whose columns are padded with blanks; asked only where the file is refused anyway."""
    header, *rows = [line for line in text[:_HEAD].splitlines() if line.strip()][: _LINES + 1] or [""]
    if len(rows) < _FEWEST - 1 or _DELIMITED.search(header):
        return None
    lengths = {len(row.rstrip("\r")) for row in rows}
    width = max(lengths)
    are_columns = len(lengths) == 1 or _blank_columns([row.ljust(width) for row in rows])
    if not are_columns or sum(1 for row in (header, *rows) if _GAP.search(row)) < _MOST * (len(rows) + 1):
        return None
    return Problem("F001", 1, 1, "The file has columns of fixed width and no delimiter.", SAVE_AS_CSV)


def _blank_columns(rows: Sequence[str]) -> bool:
    """Whether blanks stand below each other all the way down, with something on both sides."""
    ink = "".join(" " if not "".join(column).strip() else "x" for column in zip(*rows, strict=True))
    return " " in ink.strip()


def _begins(pattern: re.Pattern[str]) -> Callable[[Sequence[str]], bool]:
    return lambda lines: pattern.match(lines[0]) is not None


def _is_nacha(lines: Sequence[str]) -> bool:
    second = lines[1] if len(lines) > 1 else ""
    if len(lines) > 1 and all(len(line) <= _NACHA_WIDTH and _NACHA_LINE.fullmatch(line) for line in lines[:_FEWEST]):
        return True
    return _NACHA.match(lines[0]) is not None and any(map(_NACHA_BATCH.match, (lines[0], second)))


def _is_spreadsheet(lines: Sequence[str]) -> bool:
    second = lines[1] if len(lines) > 1 else ""
    return _SPREADSHEET_TEXT.match(lines[0]) is not None and _SYLK_OR_DIF.match(second) is not None


def _is_pgp(lines: Sequence[str]) -> bool:
    match = _ARMOR.match(lines[0])
    return match is not None and "PGP MESSAGE" in match[1]


def _is_sql(lines: Sequence[str]) -> bool:
    return _SQL_START.match(lines[0]) is not None and any(map(_SQL.match, lines))


def _is_mail(lines: Sequence[str]) -> bool:
    if _MAIL_SENDER.match(lines[0]):
        return True
    fields = [match[1].lower() for match in map(_MAIL_FIELD.match, lines) if match]
    return _MAIL_FIELD.match(lines[0]) is not None and {"from", "subject"}.issubset(fields)


def _is_base64(lines: Sequence[str]) -> bool:
    *whole, _ = lines
    is_wrapped = bool(whole) and {len(line) for line in whole} == {len(lines[0])} and len(lines[0]) >= _LONG
    return (is_wrapped or len(lines[0]) > _LONG * 2) and all(map(_BASE64.fullmatch, whole or lines))


def _is_yaml(lines: Sequence[str]) -> bool:
    return lines[0] == "---" and len(lines) > 1 and _YAML.match(lines[1]) is not None


_FORMATS: Final[tuple[tuple[Callable[[Sequence[str]], bool], str, str], ...]] = (
    (_begins(_MARKUP), "a web page or XML", SAVE_AS_CSV),
    (_begins(_JSON), "JSON", "Export it as CSV."),
    (_is_nacha, "a NACHA file for the bank", _FROM_SOURCE),
    (_is_spreadsheet, "a spreadsheet (SYLK or DIF)", SAVE_AS_CSV),
    (_begins(_BAI), "a BAI2 bank statement", _FROM_SOURCE),
    (_begins(_EDI), "an EDI message", _FROM_SOURCE),
    (_begins(_BANK_TEXT), "a bank statement (OFX, QIF or MT940)", _FROM_SOURCE),
    (_is_pgp, "encrypted (PGP)", _DECRYPT),
    (_begins(_ARMOR), "a key, certificate or encrypted message", _DECRYPT),
    (_begins(re.compile(r"age-encryption\.org/")), "encrypted (age)", _DECRYPT),
    (_begins(_VCARD), "a vCard or calendar", SAVE_AS_CSV),
    (_begins(_LDIF), "an LDIF directory export", SAVE_AS_CSV),
    (_is_sql, "SQL", "Export the result of the query as CSV."),
    (_is_mail, "an email message", "Save the attachment and upload it instead."),
    (_is_yaml, "YAML", "Export it as CSV."),
    (_is_base64, "encoded as base64", "Decode it and upload the CSV file inside."),
)
