"""Numbers that are hidden, shortened, or typed for the sake of it: rules method-*."""

import re
from itertools import pairwise

from shared.contracts.lexicon import BEFORE_LAST_DIGITS, NOT_A_NUMBER
from tests.support.model.text import word_key

_MASK = "*#\u2022\u2026\u25cf\u25a0\u2588xX"
_BRANDS = {
    *("visa", "mc", "mastercard", "master card", "amex", "american express", "disc", "discover", "diners", "jcb", "cc"),
    *("card", "credit card", "debit card"),
}


def is_masked(cell: str) -> bool:
    """Signs that hide digits, and at most some digits behind or around them."""
    if len(cell) > 128:
        return False
    if re.fullmatch("[xX][0-9]{4}", cell):
        return True
    if match := re.fullmatch(rf"[0-9]{{1,6}}([{_MASK}]+)[0-9]{{0,4}}", cell):
        return len(match[1]) > 1 or match[1] == "\u2026"
    mask = cell.rstrip("0123456789")
    hides = (
        any(mask[place : place + 1] in _MASK + "." and mask[place + 1] in _MASK + "." for place in range(len(mask) - 1))
        or "\u2026" in mask
    )
    return bool(mask) and hides and set(mask) <= set(_MASK + ". -") and len(cell) - len(mask) <= 6


def shows_last_digits(cell: str) -> bool:
    words = re.fullmatch("([A-Za-z ]{2,})[^A-Za-z0-9]*([0-9]{2,6})", cell[:41])
    return len(cell) <= 40 and words is not None and word_key(words[1]) in BEFORE_LAST_DIGITS


def is_stand_in(cell: str) -> bool:
    """What stands where a number is not known."""
    if cell.isascii() and cell.isdigit():
        return is_filler(cell)
    return is_masked(cell) or word_key(re.sub("[0-9 ._-]", "", cell)) in NOT_A_NUMBER


def is_filler(number: str) -> bool:
    if number.isascii() and number.isdigit():
        return _is_typed(number)
    letters = re.sub("[0-9 ._-]", "", number)
    return re.match("[A-Za-z]{4}", number) is not None and word_key(letters) in NOT_A_NUMBER


def _is_typed(digits: str) -> bool:
    if len(digits) >= 6 and len(set(digits)) == 1:
        return True
    in_order = any(_counts_on(text) for text in (digits, digits[::-1], digits.lstrip("0")) if len(text) >= 9)
    periodic = any(
        digits[:period] * (len(digits) // period) == digits and len(digits) // period > 2 for period in (2, 3, 4)
    )
    return 9 <= len(digits) <= 128 and (in_order or periodic)


def _counts_on(digits: str) -> bool:
    return any(
        all(int(after) in {int(before) + 1, first if before == "9" else 10} for before, after in pairwise(digits))
        for first in (0, 1)
    )


def hides_card(cell: str) -> bool:
    if re.fullmatch(rf"[0-9]{{1,8}}([{_MASK}.]{{2,}}|\u2026)[0-9]{{0,4}}", re.sub("[ -]", "", cell)):
        return True
    words = re.fullmatch(rf"([A-Za-z][A-Za-z ]*?)([^0-9A-Za-z]*[{_MASK}]*[^0-9A-Za-z]*)[0-9]{{4}}", cell)
    if words is None:
        return False
    name = re.sub(" end(s|ing)( in| with)?$", "", words[1].lower().strip())
    return name in _BRANDS or name.removesuffix(" card") in _BRANDS
