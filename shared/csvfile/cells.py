"""Single cells and names: repair on the way in, defusing on the way out."""

import re
import unicodedata

# Spaces and hyphens that do not break become plain ones, full-width characters those of ASCII; what nobody sees goes.
_INVISIBLE: dict[int, str | None] = (
    dict.fromkeys((0xA0, 0x2007, 0x202F, 0x3000), " ")
    | dict.fromkeys(
        (0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
    )
    | dict.fromkeys((0x2010, 0x2011), "-")
    | {0xFF00 + code: chr(0x20 + code) for code in range(1, 0x5F)}
)
WIDE = re.compile("[\u2010\u2011\uff01-\uff5e]")  # what can be seen and is written otherwise in ASCII
WRAPPERS = frozenset("='")  # what a cell begins with that a spreadsheet has wrapped
_AS_FORMULA = re.compile(r'="(.*)"', re.DOTALL)
_FORMULA_STARTS = frozenset("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")  # the last four are full-width = + - @
_LONGEST_WRAPPED = 1000  # what is longer names no column, and taking it out of a thousand wrappings takes long
_NOT_IN_KEY = re.compile(r"[^a-z0-9]+")


def clean_cell(cell: str) -> tuple[str, bool]:
    """The value without outer blanks, invisible characters and Excel wrapping; True where wrapping was removed."""
    text = cell.strip() if cell.isascii() else cell.translate(_INVISIBLE).strip()
    if text[:1] not in WRAPPERS:
        return text, False
    return _unwrap(text)


def _unwrap(text: str) -> tuple[str, bool]:
    if text.startswith("'"):
        inner = text[1:-1] if len(text) > 1 and text.endswith("'") else text[1:]
        return inner.strip(), True
    match = _AS_FORMULA.fullmatch(text)
    return (match[1].replace('""', '"').strip(), True) if match else (text, False)


def clean_name(name: str) -> str:
    """A header name on one line, without outer blanks and invisible characters, out of every wrapping it is in."""
    text = " ".join(name.translate(_INVISIBLE).split())
    was_wrapped = len(text) <= _LONGEST_WRAPPED
    while was_wrapped:
        text, was_wrapped = clean_cell(text)
    return text


def column_key(name: str) -> str:
    """The name by which a definition and the header of a file mean the same column."""
    return one_spelling(clean_name(name))


def one_spelling(text: str) -> str:
    """The text as it is compared: without regard to case, and to whether an accent is a sign of its own."""
    return unicodedata.normalize("NFC", text).casefold()


def header_key(name: str) -> str:
    """The name as it is compared: lower case, only a-z and 0-9."""
    return _NOT_IN_KEY.sub("", name.lower())


def defuse_formula(cell: str) -> str:
    """The cell with a leading ' where a spreadsheet would run it as a formula."""
    return "'" + cell if cell[:1] in _FORMULA_STARTS else cell
