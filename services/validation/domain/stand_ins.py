"""What people and programs write where they have nothing: masks, fillers, words such as PENDING."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from shared.contracts.lexicon import BEFORE_LAST_DIGITS, NAMELESS_WORDS, NOT_A_NUMBER, WORDS_BESIDE_NAMELESS, word_key

_LONGEST: Final = 128
_STARS: Final = r"xX*#\u2022\u2026\u25cf\u25a0\u2588"
_MASK: Final = re.compile(rf"[{_STARS}. -]+")
_HIDDEN: Final = re.compile(rf"[{_STARS}.]{{2}}|\u2026")
_MASKED_INSIDE: Final = re.compile(rf"[0-9]{{1,6}}(?:[{_STARS}]{{2,}}|\u2026)[0-9]{{0,4}}")
_HIDDEN_CARD: Final = re.compile(rf"[0-9]{{1,8}}(?:[{_STARS}.]{{2,}}|\u2026)[0-9]{{0,4}}")
_BRAND_AND_LAST_FOUR: Final = re.compile(
    r"(?:visa|mc|master ?card|amex|american express|disc|discover|diners|jcb|cc|(?:credit|debit)? ?card)(?: card)?"
    rf"(?: end(?:s|ing)(?: in| with)?)?[^0-9A-Za-z]*[{_STARS}]*[^0-9A-Za-z]*[0-9]{{4}}",
    re.IGNORECASE,
)
_GROUPING: Final = {ord(sign): None for sign in " -"}
_REMAINDER: Final = re.compile(r"(?=.*[^0-9])[^0-9]*[0-9]{1,6}[^0-9]*", re.DOTALL)
_SHORT_MASK: Final = re.compile(r"[xX][0-9]{4}")
_MOST_SHOWN: Final = 6
_LEADING_WORD: Final = re.compile(r"[A-Za-z]{4}")
_BESIDE_WORDS: Final = re.compile(r"[0-9 ._-]+")
_LONGEST_WORDS: Final = 40
_LAST_DIGITS: Final = re.compile(r"([A-Za-z ]+[A-Za-z])[^A-Za-z0-9]*[0-9]{2,6}")
_REPEATED: Final = re.compile(r"([0-9])\1{5,}")
_PERIODIC: Final = re.compile(r"([0-9]{2,4})\1{2,}")
_COUNTING: Final = ("0123456789" * 14, "123456789" * 16)  # 0 or 1 comes after 9, on and on
_FEWEST_COUNTED: Final = 9
_SHORTEST_PHONE: Final = 7
_WITH_COUNTRY: Final = len("1") + 10
_NO_PHONES: Final = (*(digit * 7 for digit in "0123456789"), "1234567", "9876543")
# Behind any area code: no exchange begins with 0 or 1, and 555-5555 and 999-9999 are what people type.
_NO_NUMBERS: Final = ("0000000", "1111111", "5555555", "9999999")
_PHONE_DIGITS: Final = {code: None for code in range(128) if not chr(code).isdigit() and chr(code) != "\n"}
_NO_DIGITS: Final = {ord(digit): None for digit in "0123456789"}
_PHRASES: Final = (["no", "name"], ["do", "not", "use"])
_IN_NO_NAMES: Final = (*NAMELESS_WORDS, "name", "not")  # one of them is in each
_NO_NAME_WORD: Final = re.compile(rf"(?<![^\W_])(?:{'|'.join(_IN_NO_NAMES)})(?![^\W_])")
_BEGINS_WITH_SIGN: Final = re.compile(r"^(?:[^\w\n]|_)", re.MULTILINE)
# The same for ASCII, in which words are found several times as fast: letters in lower case, all signs as one.
_IN_ASCII: Final = frozenset(map(str.encode, _IN_NO_NAMES))
_SIGN: Final = b"!"
_TO_WORDS: Final = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() or code == ord("\n") else _SIGN[0] for code in range(128)
) + bytes(128)
_WORDS: Final = re.compile(r"[^\W_]+")


def is_masked(cell: str) -> bool:
    """Whether most of the number is hidden, as in XXXXXX6789."""
    if len(cell) > _LONGEST:
        return False
    if _SHORT_MASK.fullmatch(cell) or _MASKED_INSIDE.fullmatch(cell):
        return True
    mask = cell.rstrip("0123456789")
    hides = _MASK.fullmatch(mask) and _HIDDEN.search(mask)
    return bool(hides) and len(cell) - len(mask) <= _MOST_SHOWN


def is_filler(number: str) -> bool:
    """Whether somebody typed something for the sake of it: one digit or a few again and again, digits in order, a word.

    Zeros alone are for the caller to judge.
    """
    if number.isdigit():
        return number.strip("0") != "" and _is_typed(number)
    return bool(_LEADING_WORD.match(number)) and word_key(_BESIDE_WORDS.sub("", number)) in NOT_A_NUMBER


def shows_last_digits(number: str) -> bool:
    """Whether words say that the digits behind them are the last of a bank account number, as in ENDS1234."""
    match = _LAST_DIGITS.fullmatch(number) if len(number) <= _LONGEST_WORDS else None
    return match is not None and word_key(match[1]) in BEFORE_LAST_DIGITS


def is_remainder(cell: str) -> bool:
    """Whether words or signs stand in the place of most of a bank account number: Chase 6789, (6789), call customer."""
    if len(cell) > _LONGEST:
        return False
    has_digits = any(map(str.isdigit, cell))
    return _REMAINDER.fullmatch(cell) is not None if has_digits else cell != ""


def hides_card(cell: str) -> bool:
    """Whether the cell is a card number of which most is hidden, as in 4111-XXXX-XXXX-1111 and VISA-1111."""
    if len(cell) > _LONGEST:
        return False
    is_brand = _BRAND_AND_LAST_FOUR.fullmatch(cell)
    return is_brand is not None or _HIDDEN_CARD.fullmatch(cell.translate(_GROUPING)) is not None


def is_stand_in(cell: str) -> bool:
    """Whether the cell is no account number but stands in the place of one."""
    if cell.isdigit():
        return _is_typed(cell)
    return is_masked(cell) or word_key(_BESIDE_WORDS.sub("", cell)) in NOT_A_NUMBER


def stand_ins(column: Sequence[str]) -> set[str]:
    """The cells of a column that are no account numbers. What is beside their digits is the same in most of them."""
    beside = "\n".join(column).translate(_NO_DIGITS).split("\n")
    if len(beside) != len(column):  # line breaks in cells
        return set(filter(is_stand_in, column))
    may_be = {text for text in set(beside) if not text or word_key(text) in NOT_A_NUMBER or _MASK.fullmatch(text)}
    return {cell for cell, text in zip(column, beside, strict=True) if text in may_be and is_stand_in(cell)}


def _is_typed(digits: str) -> bool:
    if _REPEATED.fullmatch(digits):
        return True
    if not _FEWEST_COUNTED <= len(digits) <= _LONGEST:
        return False
    ways = (digits, digits[::-1], digits.lstrip("0"))
    return any(len(way) >= _FEWEST_COUNTED and _counts(way) for way in ways) or bool(_PERIODIC.fullmatch(digits))


def _counts(digits: str) -> bool:
    return any(digits in counting for counting in _COUNTING)


def without_phone_fillers(column: list[str]) -> tuple[list[str], list[int]]:
    """The column without numbers such as 000-000-0000, and where they were."""
    digits = "\n".join(filter(None, column)).translate(_PHONE_DIGITS)
    is_long = min(map(len, digits.split("\n"))) >= _SHORTEST_PHONE
    if is_long and not any(filler in digits for filler in _NO_PHONES):
        return column, []
    return _without(column, _is_no_phone)


def _is_no_phone(cell: str) -> bool:
    digits = cell.translate(_PHONE_DIGITS)
    number = digits[1:] if len(digits) == _WITH_COUNTRY and digits[0] == "1" else digits
    is_repeated = len(number) >= _SHORTEST_PHONE and _REPEATED.fullmatch(number)
    if len(digits) < _SHORTEST_PHONE or is_repeated or number in ("1234567", "0123456789", "9876543210"):
        return True
    return number == "1234567890" or (len(number) == _WITH_COUNTRY - 1 and number.endswith(_NO_NUMBERS))


def without_nameless(column: list[str]) -> tuple[list[str], list[int]]:
    """The column without what names nobody, such as UNKNOWN or CURRENT RESIDENT, and where that was."""
    return _without(column, names_nobody) if _may_name_nobody("\n".join(column)) else (column, [])


def _may_name_nobody(text: str) -> bool:
    """Whether a line begins with a sign or holds a word of those that name nobody."""
    if not text.isascii():
        folded = text.casefold()
        return _BEGINS_WITH_SIGN.search(folded) is not None or _NO_NAME_WORD.search(folded) is not None
    words = text.encode().translate(_TO_WORDS)
    begins_with_sign = b"\n" + _SIGN in b"\n" + words
    return begins_with_sign or not _IN_ASCII.isdisjoint(words.replace(_SIGN, b" ").split())


def names_nobody(name: str) -> bool:
    """Whether each of its words says that there is no name, or it has none, as in "***"."""
    listed = _WORDS.findall(name.casefold())
    words = set(listed)
    if not words or listed in _PHRASES:
        return True
    return not words.isdisjoint(NAMELESS_WORDS) and words <= NAMELESS_WORDS | WORDS_BESIDE_NAMELESS


def _without(column: Sequence[str], is_none: Callable[[str], bool]) -> tuple[list[str], list[int]]:
    places = [index for index, cell in enumerate(column) if cell and is_none(cell)]
    left = list(column)
    for index in places:
        left[index] = ""
    return left, places
