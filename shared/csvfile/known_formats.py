"""Text that is not CSV and known by how it begins: named, so that nobody looks for a delimiter in it."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from shared.csvfile.problems import SAVE_AS_CSV, Problem

_HEAD: Final = 64 * 1024  # characters
_LINES: Final = 100
_FROM_SOURCE: Final = "Export the customers from the billing system as CSV."
_DECRYPT: Final = "Decrypt it and upload the CSV file inside."
_AS_CSV: Final = "Export it as CSV."
_QUERY: Final = "Export the result of the query as CSV."
_DECODE: Final = "Decode it and upload the CSV file inside."
_LONG: Final = 60  # characters: as wide as base64 is wrapped
_MOST: Final = 0.8
_FEWEST: Final = 3

_MARKUP: Final = re.compile(r"<(?:!doctype|\?xml|!--|[a-z][\w:.-]*(?:\s[^<]*)?/?>)", re.IGNORECASE)
_JSON: Final = re.compile(r'\{|\[\s*(?:[\[{"]|$)|\[-?[0-9.]+,.*\],?$')
_NACHA: Final = re.compile(r"101[ 0-9][0-9]{9}")
_NACHA_BATCH: Final = re.compile(r"5(?:200|220|225|280)|.{33,37}094101")
_NACHA_LINE: Final = re.compile(
    r"(?:5(?:200|220|225)|6(?:2[2-47-9]|3[2-47-9])[0-9]{9}|7(?:05|9[89])|8(?:200|220|225)).*"
)
_NACHA_WIDTH: Final = 94
_SPREADSHEET_TEXT: Final = re.compile(r"ID;P\w*|TABLE$")
_SYLK_OR_DIF: Final = re.compile(r"[BCFOP];|0,1$")
_BAI: Final = re.compile(r"01,[^,]*,[^,]*,[0-9]{6},")
_BAI_GROUP: Final = re.compile(r"0[23],.*/$")
_BAI_DETAIL: Final = re.compile(r"(?:16|49|88),.*/$")
_EDI: Final = re.compile(r"ISA[^\w\s]..[^\w\s]|UN[AB][+:]|MSH\|\^~")
_ARMOR: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
_VCARD: Final = re.compile(r"BEGIN:V(?:CARD|CALENDAR)", re.IGNORECASE)
_BANK_TEXT: Final = re.compile(r"OFXHEADER:|!(?:Type|Option):|!Account$|:20:\S|\{1:[A-Z][0-9]{2}")
_LDIF: Final = re.compile(r"dn::? \S|version: 1$")
_SQL_START: Final = re.compile(
    r"--|/\*|#|(?:REM|LOAD|INSERT|REPLACE|CREATE|DROP|ALTER|SET|USE|BEGIN|START|COPY|PRAGMA|SELECT|UPDATE|MERGE|GO|LOCK)\b",
    re.IGNORECASE,
)
_SQL: Final = re.compile(
    r"\s*(?:INSERT\s+INTO\s|INSERT\s+[\[\"`]|INTO\s+TABLE\s|REPLACE\s+INTO\s|MERGE\s+INTO\s|CREATE\s+TABLE\s|UPDATE\s+\S+\s+SET\s"
    r"|COPY\s[^;]*\sFROM\s+stdin|SELECT\s.*\sFROM\s)",
    re.IGNORECASE,
)
_MAIL_FIELD: Final = re.compile(r"([A-Za-z][A-Za-z-]*):(?:\s|$)")
_MAIL_SENDER: Final = re.compile(
    r"From \S+@\S+ |(?:MIME-Version|Content-Type|Delivered-To|Return-Path|Received|Message-ID): ", re.IGNORECASE
)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
_YAML_MARK: Final = re.compile(r"---(?: .*)?|%YAML .*")
_YAML: Final = re.compile(r"([\w .\"'-]+):(?:\s.*)?")
_YAML_ITEM: Final = re.compile(r"\s*- .*")
_SECTION: Final = re.compile(r"\[{1,2}[^\[\],;\t|]+\]{1,2}")
_SETTING: Final = re.compile(r"[\w .-]+[=:].*")
_NAMED_VALUE: Final = re.compile(r"[\w.-]+ ?= ?.*")
_RULE: Final = re.compile(r"[-=\u2500]{3,}(?: +[-=\u2500]{3,})+")
_BOX: Final = re.compile(r"\+[-=+]{3,}\+|[\u250c\u2554\u256d\u250f][\u2500-\u257f]+|\{\||\|=+")
_RECORD: Final = re.compile(r"\*{9,} 1\. row \*{9,}|-\[ RECORD 1 \].*")
_LEVELS: Final = ("trace", "debug", "info", "notice", "warn", "warning", "error", "critical", "fatal")
_CLOCK: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}"
_LOG_LINE: Final = re.compile(
    rf"\S+ \S+ \S+ \[[0-9]{{2}}/[A-Z][a-z]{{2}}/[0-9]{{4}}:.*|[A-Z][a-z]{{2}} [ 0-9][0-9] {_CLOCK} \S+ .*"
    rf"|[\[(]?[0-9]{{4}}[-/][0-9]{{2}}[-/][0-9]{{2}}[ T]{_CLOCK}\S* .{{0,40}}?\b(?:{'|'.join(_LEVELS)})\b.*",
    re.IGNORECASE,
)
_UUENCODED: Final = re.compile(r"begin [0-7]{3} \S")
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


def drawn_columns(text: str) -> Problem | None:
    """The refusal of columns padded with blanks, or drawn with lines; asked only where the file is refused anyway."""
    header, *rows = [line for line in text[:_HEAD].splitlines() if line.strip()][: _LINES + 1] or [""]
    if _is_drawn([header, *rows]):
        return Problem("F001", 1, 1, "The file is a table drawn with lines, not a CSV.", _QUERY)
    if len(rows) < _FEWEST - 1 or _DELIMITED.search(header):
        return None
    lengths = Counter(len(row.rstrip("\r")) for row in rows)
    width = max(lengths)
    # With a header and a trailer of their own, as mainframes write them.
    are_columns = max(lengths.values()) >= _MOST * len(rows) or _blank_columns([row.ljust(width) for row in rows])
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
    if all(len(line) <= _NACHA_WIDTH and _NACHA_LINE.fullmatch(line) for line in lines[:_FEWEST]):
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
    said = [line for line in lines if not line.startswith("#")]
    if not said:
        return False
    if _YAML_MARK.fullmatch(said[0]):
        return said[0] != "---" or (len(said) > 1 and _YAML.match(said[1].lstrip()) is not None)
    keys = [_YAML.fullmatch(line.lstrip()) for line in said]
    if not all(key or _YAML_ITEM.fullmatch(line) for key, line in zip(keys, said, strict=True)):
        return False
    is_nested = said[0].endswith(":") and said[1:2] != [] and said[1].startswith((" ", "- "))
    return is_nested or (said[0].startswith("- ") and any(keys)) or _repeat([key[1].strip(" -") for key in keys if key])


def _repeat(names: Sequence[str]) -> bool:
    """Whether the first of them stands again and again, with the same others behind it: one record below the other."""
    again = names.index(names[0], 1) if names[:1] and names[0] in names[1:] else 0
    return again > 1 and names[again : 2 * again] == names[: len(names[again : 2 * again])]


def _is_settings(lines: Sequence[str]) -> bool:
    said = [line for line in lines if not line.startswith(("#", ";"))]
    if said and all(map(_NAMED_VALUE.fullmatch, said)):
        return len(said) > 1
    matched = sum(1 for line in said if _SECTION.fullmatch(line) or _SETTING.fullmatch(line))
    return len(said) > 1 and _SECTION.fullmatch(said[0]) is not None and matched == len(said)


def _is_drawn(lines: Sequence[str]) -> bool:
    """As terminals show a table, with lines around it or below its names."""
    if _BOX.match(lines[0]):
        return True
    for before, line, after in zip(("", *lines), lines[:_FEWEST], (*lines[1:], ""), strict=False):
        if _RULE.fullmatch(line) and not _DELIMITED.search(before) and not _DELIMITED.search(after):
            return True
    return False


def _is_ldif(lines: Sequence[str]) -> bool:
    said = [line for line in lines if not line.startswith("#")]
    return bool(said) and _LDIF.match(said[0]) is not None


def _is_bai(lines: Sequence[str]) -> bool:
    if _BAI.match(lines[0]):
        return True
    return _BAI_GROUP.fullmatch(lines[0]) is not None and any(map(_BAI_DETAIL.fullmatch, lines))


def _is_log(lines: Sequence[str]) -> bool:
    return len(lines) > 1 and all(map(_LOG_LINE.fullmatch, lines[:_FEWEST]))


def _is_patch(lines: Sequence[str]) -> bool:
    return lines[0].startswith("--- ") and lines[1:2] != [] and lines[1].startswith("+++ ")


_FORMATS: Final[tuple[tuple[Callable[[Sequence[str]], bool], str, str], ...]] = (
    (_begins(_MARKUP), "a web page or XML", SAVE_AS_CSV),
    (_begins(_RECORD), "one value on each line", _QUERY),
    (_begins(re.compile(r"\{\|")), "a table of a wiki", _AS_CSV),
    (_is_settings, "a list of settings", _AS_CSV),
    (_begins(_BANK_TEXT), "a bank statement (OFX, QIF or MT940)", _FROM_SOURCE),
    (_begins(_JSON), "JSON", _AS_CSV),
    (_is_nacha, "a NACHA file for the bank", _FROM_SOURCE),
    (_is_spreadsheet, "a spreadsheet (SYLK or DIF)", SAVE_AS_CSV),
    (_is_bai, "a BAI2 bank statement", _FROM_SOURCE),
    (_begins(_EDI), "an EDI message", _FROM_SOURCE),
    (_is_pgp, "encrypted (PGP)", _DECRYPT),
    (_begins(_ARMOR), "a key, certificate or encrypted message", _DECRYPT),
    (_begins(re.compile(r"age-encryption\.org/")), "encrypted (age)", _DECRYPT),
    (_begins(_VCARD), "a vCard or calendar", SAVE_AS_CSV),
    (_is_ldif, "an LDIF directory export", SAVE_AS_CSV),
    (_is_patch, "a comparison of two files", _FROM_SOURCE),
    (_is_sql, "SQL", _QUERY),
    (_is_log, "a log", _FROM_SOURCE),
    (_begins(re.compile(r"#!|\\documentclass|%!PS")), "a program or a document", SAVE_AS_CSV),
    (_begins(re.compile(r"@relation\s", re.IGNORECASE)), "an ARFF data set", _AS_CSV),
    (_begins(re.compile(r"HTTP/[0-9.]+ [0-9]{3}")), "the response of a web server", "Download the file itself."),
    (_is_mail, "an email message", "Save the attachment and upload it instead."),
    (_is_yaml, "YAML, or one value on each line", _AS_CSV),
    (_is_base64, "encoded as base64", _DECODE),
    (_begins(_UUENCODED), "encoded with uuencode", _DECODE),
)
