"""Cells: cleaning, the account number, flags, dates and amounts."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from shared.contracts.lexicon import LAST_DAY, NO_LIMIT, NO_OWN_TERMS, STATES

_HARD_SPACES = "\u3000\u00a0\u2007\u202f"
_INVISIBLE = (
    "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]+)?[eE][+-][0-9]+")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORT_MONTHS = {month[:3] for month in _MONTHS}
_CLOCK = re.compile(
    r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?( ?[ap]\.?m\.?)?( ?(z|utc|[+-][0-9]{2}:?[0-9]{2}))?"
)
_LONGEST_CHANGED = 500
_AMOUNT = re.compile(r"([0-9]+|[0-9]{1,3}(,[0-9]{3})+)?(\.[0-9]{0,4})?")
_TOO_MUCH = Decimal(10_000_000_000)


class UnreadableError(ValueError):
    """A cell holds something else than it should."""


def clean(cell: str) -> tuple[str, bool]:
    """The value of a cell, and whether spreadsheet wrapping was taken off."""
    for space in _HARD_SPACES:
        cell = cell.replace(space, " ")
    cell = re.sub("[\u2010\u2011]", "-", cell)
    cell = "".join(unicodedata.normalize("NFKC", sign) if "\uff01" <= sign <= "\uff5e" else sign for sign in cell)
    text = "".join(character for character in cell if character not in _INVISIBLE).strip()
    if text.startswith("'"):
        return text[1:].removesuffix("'").strip(), True
    if len(text) >= 3 and text.startswith('="') and text.endswith('"'):
        return text[2:-1].replace('""', '"').strip(), True
    return text, False


def is_scientific(cell: str) -> bool:
    return _SCIENTIFIC.fullmatch(cell) is not None


def is_damaged(cell: str) -> bool:
    """Whether a spreadsheet or a script made something else of a number."""
    if is_scientific(cell) or re.fullmatch(r"[0-9]{1,20}\.0", cell):
        return True
    if re.fullmatch(r"(19|20)\d\d-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?|1900-01-00", cell, re.ASCII):
        return True
    if re.fullmatch(r"([01]?\d|2[0-3])(:[0-5]\d){1,2}( ?[AaPp][Mm])?", cell, re.ASCII):
        return True
    first, *rest = cell.lower().split("-")
    if first.isascii() and first.isdigit() and len(first) <= 2 and rest and rest[0] in _SHORT_MONTHS:
        return rest[1:] == [] or (len(rest) == 2 and re.fullmatch("[0-9]{2,4}", rest[1]) is not None)
    if first in _SHORT_MONTHS:
        return len(rest) == 1 and re.fullmatch("[0-9]{2}", rest[0]) is not None
    return re.fullmatch(r"[0-9]{1,2}/[0-9]{1,2}/(19|20)[0-9]{2}", cell) is not None


def transformed(value: str, transforms: Sequence[Mapping[str, Any]]) -> tuple[str, bool]:
    """What becomes of a cell, and whether it was too long before one of the transforms and therefore cut."""
    cut = False
    for transform in transforms:
        cut = cut or len(value) > _LONGEST_CHANGED
        value = _transform(value[:_LONGEST_CHANGED], transform)
    return value, cut


def _transform(value: str, transform: Mapping[str, Any]) -> str:
    match transform["do"]:
        case "trim":
            return value.strip()
        case "upper":
            return "".join(c.upper() if c.isascii() else c for c in value)
        case "digits_only":
            return "".join(c for c in value if c in "0123456789")
        case "remove":
            return "".join(c for c in value if c not in transform["characters"])
        case "replace":
            return value.replace(transform["old"], transform["new"])
        case _:
            return _cut_or_fill(value, transform)


def _cut_or_fill(value: str, transform: Mapping[str, Any]) -> str:
    match transform["do"]:
        case "strip_leading_zeros":
            return value.lstrip("0")
        case "pad_left":
            return value.rjust(transform["length"], "0")
        case "take_first":
            return value[: transform["count"]]
        case "take_last":
            return value[-transform["count"] :]
        case "drop_last":
            return value[: -transform["count"]]
        case "take_part":
            pieces = value.split(transform["separator"])
            return dict(enumerate(pieces, start=1)).get(transform["number"], "")
        case unknown:
            raise ValueError(unknown)


def read_date(cell: str) -> date | None:
    """None where the cell is blank or means that there is no date; raises UnreadableError."""
    if not cell or _is_zero_day(cell):
        return None
    day = written_date(cell)
    return None if day <= date(1980, 1, 1) or day.year >= 2900 else day


def of_century(cell: str) -> date | None:
    """The day of seven digits whose first says the century (0: 19, 1: 20); six lack a 0."""
    if not re.fullmatch("[01][0-9]{6}|[0-9]{6}", cell):
        return None
    digits = cell.rjust(7, "0")
    try:
        return date(1900 + int(digits[:3]), int(digits[3:5]), int(digits[5:]))
    except ValueError:
        return None


def day_and_month(cell: str) -> tuple[int, int] | None:
    """The first two numbers of a date such as 5/12/2026, of which either may be the month."""
    text = _without_clock(cell.lower())
    if re.fullmatch("[0-9]{4}(19|20)[0-9]{2}", text):
        return int(text[:2]), int(text[2:4])
    pieces = re.fullmatch("([0-9]{1,2})([-/.])([0-9]{1,2})\\2([0-9]{2}|[0-9]{4})", text)
    return (int(pieces[1]), int(pieces[3])) if pieces else None


def swapped(cell: str) -> str:
    """The same date with its first two numbers exchanged."""
    if re.match("[0-9]{4}(19|20)[0-9]{2}(?![0-9])", cell):
        return cell[2:4] + cell[:2] + cell[4:]
    return re.sub("^([0-9]{1,2})([-/.])([0-9]{1,2})", "\\3\\2\\1", cell)


def means_no_date(cell: str) -> bool:
    """In whichever order it is read."""
    dotted = re.match(r"[0-9]{1,4}\.[0-9]{1,2}\.[0-9]{1,4}", cell)
    if dotted:
        cell = dotted[0].replace(".", "/") + cell[dotted.end() :]
    for text in (cell, swapped(cell)) if day_and_month(cell) else (cell,):
        try:
            if read_date(text) is None:
                return True
            break
        except UnreadableError:
            continue
    return False


def written_date(cell: str) -> date:
    """The day that stands there; raises UnreadableError."""
    text = cell.lower()
    year, month, day = _parts(_without_clock(text))
    try:
        return date(year, month, day)
    except ValueError:
        raise UnreadableError from None


def _is_zero_day(cell: str) -> bool:
    day = _without_clock(cell.lower())
    parts = re.split("[-/]", day)
    if day == "0" or (6 <= len(day) <= 8 and set(day) in ({"0"}, {"9"})):
        return True
    if day in {f"{one}/{none}/1900" for one in ("1", "01") for none in ("0", "00")}:
        return True
    if (
        [set(part) for part in parts] == [{"9"}] * 3
        and sorted(map(len, parts)) in ([2, 2, 2], [2, 2, 4])
        and len(parts[1]) == 2
    ):
        return True
    lengths = [len(part) for part in parts]
    return len(parts) == 3 and set("".join(parts)) == {"0"} and lengths[0] <= 4 and lengths[1] <= 2 and lengths[2] <= 4


def _without_clock(text: str) -> str:
    """Cut off a time of day, which stands behind a blank or a T."""
    for place, sign in enumerate(text):
        if sign in " t" and place and text[place - 1].isascii() and text[place - 1].isdigit():
            rest = text[place + 1 :]
            rest = rest.removeprefix(" ")
            if _CLOCK.fullmatch(rest):
                return text[:place]
    return text


def _parts(text: str) -> tuple[int, int, int]:
    numbers = re.split("[-/.]", text)
    separators = re.sub("[^-/.]", "", text)
    if re.fullmatch("[0-9]{4}(19|20)[0-9]{2}", text):
        return int(text[4:]), int(text[:2]), int(text[2:4])
    if re.fullmatch("[0-9]{8}", text):
        return int(text[:4]), int(text[4:6]), int(text[6:])
    if separators in {"--", "//", ".."} and all(part.isascii() and part.isdigit() for part in numbers):
        return _in_order(numbers)
    return _with_name(text)


def _in_order(numbers: list[str]) -> tuple[int, int, int]:
    lengths = [len(part) for part in numbers]
    if lengths[0] == 4 and lengths[1] <= 2 and lengths[2] <= 2:
        return int(numbers[0]), int(numbers[1]), int(numbers[2])
    if lengths[0] <= 2 and lengths[1] <= 2 and lengths[2] in {2, 4}:
        return _year(numbers[2]), int(numbers[0]), int(numbers[1])
    raise UnreadableError


def _with_name(text: str) -> tuple[int, int, int]:
    """ "14-Mar-25", "14 Mar 2025", "Mar 14 2025", "March 14, 2025"."""
    for between in "-", " ":
        pieces = text.split(between)
        if len(pieces) != 3:
            continue
        if re.fullmatch("[0-9]{1,2}", pieces[0]) and re.fullmatch("[0-9]{2}|[0-9]{4}", pieces[2]):
            return _year(pieces[2]), month_number(pieces[1].removesuffix(".")), int(pieces[0])
        day = pieces[1].removesuffix(",")
        if between == " " and re.fullmatch("[0-9]{1,2}", day) and re.fullmatch("[0-9]{4}", pieces[2]):
            return int(pieces[2]), month_number(pieces[0].removesuffix(".")), int(day)
    raise UnreadableError


def month_number(name: str) -> int:
    """Raises UnreadableError."""
    known = {month: place for place, whole in enumerate(_MONTHS, 1) for month in (whole, whole[:3])} | {"sept": 9}
    if name.lower() not in known:
        raise UnreadableError
    return known[name.lower()]


def _year(written: str) -> int:
    short = int(written)
    if len(written) == 4:
        return short
    return 1900 + short if short >= 69 else 2000 + short


def read_amount(cell: str) -> Decimal | None:
    """None where the cell is blank or zero; raises UnreadableError."""
    if not cell:
        return None
    if re.fullmatch("[$] {0,9}(--?|[\u2013\u2014])", cell):
        return None
    number = re.sub("^([$]|usd) ?| ?usd$", "", cell.lower().replace("\t", " "))
    decimals = number.partition(".")[2]
    if not _AMOUNT.fullmatch(number) or not re.search("[0-9]", number) or len(decimals) == 3:
        raise UnreadableError
    if len(decimals) == 4 and not decimals.endswith("00"):
        raise UnreadableError
    amount = Decimal(number.replace(",", ""))
    if amount >= _TOO_MUCH:
        raise UnreadableError
    return amount or None


def read_own_amount(cell: str) -> Decimal | None:
    """The same, but words may say that the biller's terms apply."""
    return None if word_key(cell) in NO_OWN_TERMS else read_amount(cell)


def read_limit(cell: str) -> Decimal | None:
    """The same of a highest amount."""
    return None if word_key(cell) in NO_LIMIT else read_amount(cell)


def read_day(cell: str) -> int | None:
    """A day of the month; None where there is none of the customer's own; raises UnreadableError."""
    if not cell or word_key(cell) in NO_OWN_TERMS:
        return None
    if word_key(cell) in LAST_DAY:
        return 31
    number = cell[:-2] if cell[-2:].lower() in {"st", "nd", "rd", "th", ".0"} else cell
    if not re.fullmatch(r"[0-9]{1,2}", number) or int(number) > 31:
        raise UnreadableError
    return int(number) or None


def read_state(cell: str) -> str | None:
    """None where the cell is blank; raises UnreadableError."""
    if not cell:
        return None
    if word_key(cell) in {"xx", "zz"}:
        raise UnreadableError
    if cell.isascii() and re.fullmatch("[a-z]{2}", word_key(cell)):
        return word_key(cell).upper()
    if word_key(cell) not in STATES:
        raise UnreadableError
    return STATES[word_key(cell)]


def read_zip(cell: str) -> tuple[str | None, bool]:
    """The code, and whether a lost zero was put back; raises UnreadableError."""
    if not cell:
        return None, False
    if cell.endswith(".0") and cell.count(".") == 1:
        return read_zip(cell[:-2])[0], True
    if re.fullmatch("[0-9]{9}", cell):
        code, is_repaired = read_zip(f"{cell[:5]}-{cell[5:]}")
        return code.replace("-", "") if code else None, is_repaired
    first, *rest = re.split("[- ]", cell)
    is_code = re.fullmatch("[0-9]{4,5}|[5-9][0-9]{2}", first)
    is_more = not rest or (len(rest) == 1 and (re.fullmatch("[0-9]{4}", rest[0]) or cell.endswith("-")))
    if not is_code or not is_more or (rest == [""] and not cell.endswith("-")):
        raise UnreadableError
    if not 501 <= int(first) <= 99950 or int(first) in {11111, 66666, 77777, 88888}:
        raise UnreadableError
    more = f"-{rest[0]}" if rest and rest[0] not in {"", "0000"} else ""
    return f"{int(first):05}{more}", len(first) < 5


def word_key(text: str) -> str:
    """What is the same of a word however it is written."""
    if len(text) > 60:
        return text
    if text.rstrip().endswith("?"):
        return text.casefold().strip()
    if _says_no_before_paper(text.casefold()):
        return "no, paper"
    signs = [sign for sign in unicodedata.normalize("NFKD", text.casefold()) if sign.isalnum()]
    if not any(sign.isalpha() for sign in signs):
        return text.strip().strip("()[]{}\"'").strip()
    if len(signs) > 3 and signs[-1] == "s" and signs[-2] != "s":
        signs.pop()
    return "".join(signs)


def _says_no_before_paper(text: str) -> bool:
    first, *others = re.findall(r"[^\W_]+", text) or [""]
    between = re.split(r"[^\W_]+", text.lstrip("\"'([{<*-_ "))[1:2]
    is_way = re.fullmatch(r"((paper|print|mail|usps|hardcopy)[a-z]*|hard)", others[0]) if others else None
    rest = {word.removesuffix("s") for word in others[1:]} - ({"copy"} if others[:1] == ["hard"] else set())
    is_parted = bool(between) and not set(between[0]) <= set(" '\u2019")
    return (
        first in {"n", "no"} and is_way is not None and is_parted and rest <= {"only", "bill", "statement", "invoice"}
    )


def as_day(cell: str) -> str:
    """The day, where one can be read; else what stands there."""
    for text in (cell, cell.replace("T", " ").split(" ")[0]):
        try:
            return written_date(text).isoformat()
        except UnreadableError:
            continue
    return cell


def digits(text: str | None) -> str | None:
    return "".join(sign for sign in text or "" if sign in "0123456789") or None


def unaccented(text: str | None) -> str | None:
    """The text without the accents of its letters."""
    plain = unicodedata.normalize("NFKD", text or "")
    return "".join(sign for sign in plain if not "\u0300" <= sign <= "\u036f") or None


def folded(text: str | None) -> str | None:
    return text.lower() if text else None
