"""What must never enter: card numbers in cells, forbidden columns. Only places leave this module, never values."""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence

_DIGITS = b"0123456789"
_DIGIT_TO_ZERO = bytes(0x30 if byte in _DIGITS else byte for byte in range(256))
_SEPARATORS = b" -./_\t"
_SHORTEST = 13
_THIRTEEN_DIGITS = b"0" * _SHORTEST
_RUN = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12,}(?![0-9])")
_SOLID = re.compile(r"(?<![0-9])[0-9]{13,22}(?![0-9])")
_GROUPED = re.compile(
    # As they are printed on cards. Days and amounts are written with dots and slashes too, but never in such groups.
    r"(?<![0-9])[0-9]{4}(?:[ ./_\t-]{1,3}[0-9]{4}){3}(?:[ ./_\t-]{1,3}[0-9]{3})?(?![0-9])"
    r"|(?<![0-9])[0-9]{4}[ ./_\t-]{1,3}[0-9]{6}[ ./_\t-]{1,3}[0-9]{4,5}(?![0-9])"
)
_APART = r"[^0-9A-Za-z]{1,4}"
_PARTED = re.compile(
    # The same groups with other signs between, whatever they are; one of a longer list of numbers is none.
    rf"(?<![0-9])[0-9]{{4}}({_APART})[0-9]{{4}}{_APART}[0-9]{{4}}({_APART})[0-9]{{4}}(?:{_APART}[0-9]{{3}})?(?![0-9])"
    rf"|(?<![0-9])[0-9]{{4}}({_APART})[0-9]{{6}}({_APART})[0-9]{{4,5}}(?![0-9])"
)
_MAY_BE_PARTED = b"0" * 14
_NO_DIGIT = bytes(byte for byte in range(256) if not bytes((byte,)).isalnum())
# Blanks as web pages and links write them.
_MARKUP = re.compile(r"%(?:20|09|2[dD])|&(?:nbsp|#160|#[xX][aA]0|e[nm]sp|thinsp);|<[bB][rR] ?/?>")
# Signs outside ASCII that may stand in a number: invisible ones, blanks, dashes, digits of other scripts.
_DISGUISE = re.compile(r"[\u00a0\u00ad\u2000-\u206f\u2212\u2e3a\u2e3b\u3000\ufe58\ufe63\ufeff\uff0d]|(?![0-9])\d")
_FAR_APART = re.compile(r"[0-9](?:[^0-9a-zA-Z]{0,4}[0-9])+")
_WITH_LETTERS = re.compile(
    # Letters, too, may stand between the groups of cards, and the same signs between any digits: "4111 x 1111 x …".
    r"(?<![0-9])[0-9]{4}(?:[^0-9]{1,6}[0-9]{4}){3}(?![0-9])"
    r"|(?<![0-9])[0-9]{4}[^0-9]{1,6}[0-9]{6}[^0-9]{1,6}[0-9]{4,5}(?![0-9])"
    r"|[0-9]{1,8}(?P<sign>[^0-9]{1,6})[0-9]{1,8}(?:(?P=sign)[0-9]{1,8})+"
)
_SECURITY_CODE = re.compile(
    r"(?<![a-z])(?:cv[vcn]|(?:card|security|verification)[ ._-]?(?:code|value))2?"
    r"(?:[^a-z0-9]|is|no|number){0,12}[0-9]{3,4}(?![0-9a-z])",
    re.IGNORECASE,
)
_FRACTION = r"[-+]?[0-9]{0,12}[.,](?:[0-9]{1,3}|[0-9]{5,})(?:[eE][-+]?[0-9]{1,3})?"
_NAMED_FRACTION = rf'(?:"?[A-Za-z_]{{1,20}}"? ?[:=] ?)?{_FRACTION}'
_FRACTIONS = re.compile(
    # Shares, probabilities and coordinates have as many digits behind their point as a card. Groups of four are none.
    rf"(?:[^0-9]{{0,80}}[(\[{{])?{_NAMED_FRACTION}(?:[ ;,()\[\]]+{_NAMED_FRACTION})*[)\]}}]*"
)
_HASH = re.compile(
    r"(?=(?:[0-9]*[A-Fa-f]){4})[0-9A-Fa-f]{24,}|(?:[{(]?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[)}]?)"
)
_SHORTEST_HASH = 24
_THOUSANDS = re.compile(r"(?<![0-9,])[0-9]{1,3}(?:,[0-9]{3}){4,5}(?![0-9,])")
_SCIENTIFIC = re.compile(r"([0-9])[.,]([0-9]{11,18})[eE]\+?([0-9]{2})")
_EXPIRY = re.compile(r"(?:(?:0[1-9]|1[0-2])[2-4][0-9]|[2-4][0-9](?:0[1-9]|1[0-2]))")
_LONGEST = 19
_IN_FOUR_GROUPS = 16
_WITH_EXPIRY = _IN_FOUR_GROUPS + len("MMYY")
_LONGEST_PADDED = 22
_MOST_COMMON = (15, 16)  # digits of a card
_LONGEST_TEXT = 4_000
_BETWEEN_CELLS = "x"  # no sign that may stand in a number
_NOT_DIGIT = re.compile(r"[^0-9]+")
# Issuer prefixes with the lengths their cards have.
_CARD = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"  # Visa
    r"|5[1-5][0-9]{14}|(?:222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}"  # American Express
    r"|(?:6011|64[4-9][0-9]|65[0-9]{2})[0-9]{12,15}"  # Discover
    r"|62[0-9]{14,17}|81[0-9]{14,17}"  # UnionPay
    r"|(?:30[0-5][0-9]|3095|36[0-9]{2}|3[89][0-9]{2})[0-9]{10,15}"  # Diners
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12,15}"  # JCB
    r"|(?:50[0-9]{2}|5[6-8][0-9]{2}|6304|6390|67[0-9]{2})[0-9]{9,15}"  # Maestro
    r"|220[0-4][0-9]{12,15}|60[0-9]{14}|82[0-9]{14}"  # Mir, RuPay
)
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")


def _luhn(digits: str) -> bool:
    signs = digits.encode()
    return (sum(signs[::-2]) + sum(signs[-2::-2].translate(_DOUBLED)) - 48 * len(signs)) % 10 == 0


def is_card_number(digits: str) -> bool:
    return _CARD.fullmatch(digits) is not None and _luhn(digits)


def _hold_card(digits: str) -> bool:
    """Whether the digits are a card number, perhaps with zeros before it or with its expiry behind it."""
    if is_card_number(digits):
        return True
    if digits[:1] == "0":
        number = digits.lstrip("0")
        return len(digits) <= _LONGEST_PADDED and len(number) in _MOST_COMMON and is_card_number(number)
    has_expiry = len(digits) == _WITH_EXPIRY and _EXPIRY.fullmatch(digits, _IN_FOUR_GROUPS) is not None
    return has_expiry and is_card_number(digits[:_IN_FOUR_GROUPS])


def _is_card(text: str) -> bool:
    return _hold_card(_NOT_DIGIT.sub("", text))


def _is_card_as_number(text: str) -> bool:
    """Whether a program wrote the card number as an amount (4,111,…) or as a floating-point number (4.111…E+15)."""
    if _THOUSANDS.fullmatch(text):
        return _is_card(text)
    match = _SCIENTIFIC.fullmatch(text)
    if match is None:
        return False
    digits, length = match[1] + match[2], int(match[3]) + 1
    return len(digits) <= length <= _LONGEST and is_card_number(digits.ljust(length, "0"))


def _is_card_in_groups(text: str) -> bool:
    """The same of the groups of cards, of which a last one of three digits may be the security code."""
    digits = _NOT_DIGIT.sub("", text)
    return is_card_number(digits) or (len(digits) == _LONGEST and is_card_number(digits[:_IN_FOUR_GROUPS]))


class _Plain(dict[int, str]):
    """For ``str.translate``: digits of every script, blanks and dashes of every kind as those of ASCII."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        digit = unicodedata.decimal(sign, None)
        kind = unicodedata.category(sign)
        plain = sign if digit is None else str(digit)
        self[code] = " " if kind == "Zs" else "-" if kind == "Pd" or sign == _MINUS else "" if kind == "Cf" else plain
        return self[code]


_MINUS = "\N{MINUS SIGN}"
_PLAIN = _Plain()


def _plain(text: str) -> str:
    if "%" in text or "&" in text or "<" in text:
        text = _MARKUP.sub(" ", text)
    return text if text.isascii() or _DISGUISE.search(text) is None else text.translate(_PLAIN)


def _may_hold_card(text: str) -> bool:
    """Whether 13 digits of a plain text follow each other with nothing but separators between; cheap."""
    if not any(digit in text for digit in "0123456789"):
        return False
    data = text.encode("utf-8", "surrogatepass")
    if _THIRTEEN_DIGITS in data.translate(_DIGIT_TO_ZERO, _SEPARATORS):
        return True
    if _MAY_BE_PARTED not in data.translate(_DIGIT_TO_ZERO, _NO_DIGIT):
        return False
    return _PARTED.search(text) is not None or _THOUSANDS.search(text) is not None


def _parted(text: str) -> Iterator[str]:
    """Numbers whose groups any signs part, unless the same signs part them from further digits."""
    for match in _PARTED.finditer(text):
        before, after = match[1] or match[3], match[2] or match[4]
        start, end = match.start() - len(before), match.end() + len(after)
        goes_back = start > 0 and text.startswith(before, start) and text[start - 1].isdigit()
        if not goes_back and not (text.startswith(after, match.end()) and text[end : end + 1].isdigit()):
            yield match[0]


def find_card_number(cell: str) -> bool:
    """Whether a cell or any other text holds a card number: 13-19 digits, known issuer prefix and length, Luhn.

    The digits may be grouped by blanks and dashes of every kind, and in the groups of cards by any signs; or written as
    a program writes amounts. Those behind the point of a decimal number and those of a hash are none.
    """
    if len(cell) < _SHORTEST:
        return False
    cell = _plain(cell)
    if cell.isascii() and cell.isdigit():
        return _hold_card(cell)
    if not _may_hold_card(cell):
        return False
    whole = cell.strip()
    if whole[:1].isdigit() and _is_card_as_number(whole):
        return True
    if _is_fraction_or_hash(whole):
        return False
    runs = (match[0] for pattern in (_RUN, _SOLID) for match in pattern.finditer(cell))
    return any(map(_is_card, runs)) or find_card_in_groups(cell)


def _is_fraction_or_hash(text: str) -> bool:
    if ("." in text or "," in text) and _FRACTIONS.fullmatch(text):
        return True
    return len(text) >= _SHORTEST_HASH and _HASH.fullmatch(text) is not None


def find_card_in_groups(cell: str) -> bool:
    """Whether it holds one in the groups that are printed on cards."""
    cell = _plain(cell)
    groups = itertools.chain((match[0] for match in _GROUPED.finditer(cell)), _parted(cell))
    return any(map(_is_card_in_groups, groups))


def find_card_in_text(text: str) -> bool:
    """The same for what people write by hand, where signs of any kind may set the digits apart; or a security code.

    Numbers in a text are few, so what would be chance in a file of accounts is none here.
    """
    if find_card_number(text):
        return True
    plain = spelled(text)
    if _SECURITY_CODE.search(plain):
        return True
    runs = (_NOT_DIGIT.sub("", match[0]) for how in (_FAR_APART, _WITH_LETTERS) for match in how.finditer(plain))
    return any(map(is_card_number, itertools.chain.from_iterable(map(_pieces, runs))))


def spelled(text: str) -> str:
    """The first characters of a text, digits and blanks of every kind as those of ASCII."""
    return unicodedata.normalize("NFKD", text[:_LONGEST_TEXT]).translate(_SPELLED)


class _Spelled(dict[int, str | None]):
    """For ``str.translate``: digits of every kind as those of ASCII; marks and invisible signs go."""

    def __missing__(self, code: int) -> str | None:
        sign = chr(code)
        digit = unicodedata.digit(sign, None)
        is_nothing = unicodedata.category(sign) in {"Mn", "Cf"}
        self[code] = None if is_nothing else sign if digit is None else str(digit)
        return self[code]


_SPELLED = _Spelled()


def _pieces(digits: str) -> Iterator[str]:
    """Every run of as many digits as a card has."""
    for length in range(_SHORTEST, _LONGEST + 1):
        yield from (digits[start : start + length] for start in range(len(digits) - length + 1))


def mostly_card_numbers(text: str) -> bool:
    """Whether more than half of the numbers that are as long as a card's are card numbers; by chance few are."""
    found = [match[0] for pattern in (_RUN, _GROUPED) for match in pattern.finditer(_plain(text))]
    return sum(map(_is_card_in_groups, found)) * 2 > len(found)


def may_hold_cards(cells: Sequence[str]) -> bool:
    """Whether any cell may hold a card number. A column without long digit runs costs one join and one search."""
    return _may_hold_card(_plain(_BETWEEN_CELLS.join(cells)))


_SSN = re.compile(r"[0-9]{3}[^0-9A-Za-z]{1,3}[0-9]{2}[^0-9A-Za-z]{1,3}[0-9]{4}")


def is_ssn(cell: str) -> bool:
    """Whether the cell looks like a social security number, whatever signs part its groups."""
    return _SSN.fullmatch(_plain(cell.strip())) is not None


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_FORBIDDEN_ANYWHERE = re.compile(
    r"cvv|cardverification|verificationvalue|securitycode|cardcode|passwo?r?d|passphrase|passcode"
    r"|socialsec|socsec|secretanswer|secretquestion|securityanswer|securityquestion"
    r"|magstripe|magneticstripe|track[12]?data|^cid(code|value|no|number)$|(card|amex|cc)cid"
    r"|(card|debit|atm|user|login|web)(pin|pwd|pass)$"
)
_FORBIDDEN_WORDS = frozenset(
    ("cvc", "cvn", "csc", "cav", "cvccode", "pwd", "track", "pincode", "pinno", "pinnbr", "pinnumber", "pins")
) | frozenset(("ssn", "ssns", "ssno", "ssnno", "ssnumber", "ssnnumber", "ssnlast", "lastssn"))
_FORBIDDEN_NAMES = frozenset(("ss", "pass", "pin", "userpass", "webpass", "ssnum", "ssnbr"))
_PARCEL = frozenset(("parcel", "property", "tax", "lot", "map"))  # here PIN is a parcel identification number


def words_of(name: str) -> list[str]:
    """The words of a header in lower case, also where only capitals or digits part them."""
    return [word.lower() for word in _WORD.findall(name)]


def forbidden_header(name: str) -> bool:
    """Whether a column of this name may hold card security codes, track data, PINs, passwords or SSNs."""
    words = words_of(name)
    if _FORBIDDEN_ANYWHERE.search("".join(words)):
        return True
    letters = [word for word in words if not word.isdigit()]
    if not _FORBIDDEN_WORDS.isdisjoint(letters) or "".join(letters) in _FORBIDDEN_NAMES:
        return True
    if "ss" in letters:
        return not {"no", "num", "number", "nbr"}.isdisjoint(letters) or "#" in name
    return "pin" in letters and _PARCEL.isdisjoint(letters)
