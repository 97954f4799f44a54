"""What the cells of a column look like: the evidence for and against a field."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from stdnum.us import rtn

from shared.contracts.fields import FieldName, Holds
from shared.contracts.kinds import ImportKind
from shared.contracts.lexicon import (
    ACCOUNT_TYPES,
    AUTOPAY_FLAGS,
    METHOD_KINDS,
    NO_DEPOSIT_ACCOUNTS,
    NO_METHODS,
    PAPERLESS_FLAGS,
    ROLES,
    STATES,
    STOP_WORDS,
    Flag,
    word_key,
)

Look = Callable[[Sequence[str]], float]
_LONGEST_VALUE: Final = 200  # longer cells are notes: none of the fields told by their values holds them
_F = FieldName
_DIGITS = re.compile(r"[0-9]{4,17}")
_DIGIT = re.compile(r"[0-9]")
_ACCOUNT = re.compile(r"[0-9A-Za-z*\u2022.+]{4,34}")
_ROUTING = re.compile(r"[0-9]{8,9}")
_MONTH_DAY, _LIKELY_YEAR = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])", r"(?:19|20)[0-9]{2}"
_DAY = (
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}([/-])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})|"
    rf"{_LIKELY_YEAR}{_MONTH_DAY}|{_MONTH_DAY}{_LIKELY_YEAR}"
)
_DATE = re.compile(rf"(?:{_DAY}|[0-9]{{1,2}}-[A-Za-z]{{3}}-[0-9]{{2,4}})(?:[ T][0-9]{{1,2}}:.*)?")
_EXPIRY = re.compile(
    r"[0-9]{1,2} ?[/-] ?[0-9]{2,4}|[0-9]{3,4}|20[0-9]{2}-?[0-9]{2}|[0-9]{2}-[A-Za-z]{3}|[A-Za-z]{3}-[0-9]{2}"
)
_AMOUNT = re.compile(r"[$]?[0-9]{1,3}(?:,?[0-9]{3})*(?:[.][0-9]{1,2})?")
_MONEY = re.compile(r"[$]?[0-9,]{1,12}[.][0-9]{2}")
_LETTER = re.compile(r"[A-Za-z]")
_TOKEN = re.compile(r"[A-Za-z0-9_.:|=+/-]{4,128}")
_PHONE = re.compile(r"[+]?1?[ .-]?(?:[(]?[0-9]{3}[)]?)?[ ./-]*[0-9]{3}[ .-]?[0-9]{4}(?: ?(?:x|ext)\.? ?[0-9]{1,6})?")
_ZIP = re.compile(r"[0-9]{5}(?:-?[0-9]{4})?|[0-9]{3,4}")
_IP = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F:]{3,39}")
_BRANDS: Final = "visa,mastercard,master card,mc,amex,american express,discover,diners,jcb,vi,ax,ds,di"
_SEC_CODES: Final = frozenset(("ppd", "web", "tel", "ccd", "ctx", "arc", "boc", "pop"))
_SHORTEST_SPELLED: Final = 3
_SURE: Final = 0.9
_HALF: Final = 0.5
_LONGEST_PART: Final = 30
_FEW, _MANY, _ENOUGH = 6, 20, 100
_SHORTEST_LONGEST, _SPREAD = 8, 3  # of bank account numbers of several banks


def _share(test: Callable[[str], object]) -> Look:
    return lambda cells: sum(1 for cell in cells if len(cell) <= _LONGEST_VALUE and test(cell)) / len(cells)


def _bare(cell: str) -> str:
    return cell.replace(" ", "").replace("-", "")


def is_routing_number(cell: str) -> bool:
    """By its check digit, with or without a zero lost in front."""
    bare = _bare(cell)
    if not _ROUTING.fullmatch(bare):
        return False
    digits = bare.rjust(9, "0")
    return rtn.calc_check_digit(digits[:8]) == digits[8]


def _is_bank_account(cell: str) -> bool:
    return bool(_DIGITS.fullmatch(_bare(cell))) and not is_routing_number(cell)


def _may_be_bank_account(cell: str) -> bool:
    """Where a header says so, masked ones and such with letters are some, too: the check says what is wrong."""
    return bool(_ACCOUNT.fullmatch(_bare(cell))) and _DIGIT.search(cell) is not None and not is_routing_number(cell)


bank_accounts: Final = _share(_is_bank_account)


def bank_accounts_of_many(cells: Sequence[str]) -> bool:
    """Whether these are numbers as several banks give them: digits of various lengths, hardly one twice."""
    lengths = {len(_bare(cell)) for cell in cells}
    return (
        bank_accounts(cells) > _SURE
        and max(lengths) >= _SHORTEST_LONGEST
        and max(lengths) - min(lengths) >= _SPREAD
        and len(set(cells)) > _SURE * len(cells)
    )


def _is_name(cell: str) -> bool:
    return "@" not in cell and _LETTER.search(cell) is not None


def _names(cells: Sequence[str]) -> float:
    """Letters, and not the same few again and again, which are words for a status."""
    if len(cells) >= _MANY and len(set(cells)) <= _FEW:
        return 0.0
    return 0.0 if _words(AUTOPAY_FLAGS, PAPERLESS_FLAGS, ROLES)(cells[:_ENOUGH]) > _HALF else _share(_is_name)(cells)


def _is_street(cell: str) -> bool:
    return "@" not in cell and _LETTER.search(cell) is not None


def _is_card_expiry(cell: str) -> bool:
    return bool(_EXPIRY.fullmatch(cell))


def _words(*lexicons: Iterable[str]) -> Look:
    known = frozenset(key for words in lexicons for key in words if key)
    return _share(lambda cell: word_key(cell) in known)


def _spelled(*lexicons: Collection[str]) -> Look:
    """Words that mean the same wherever they stand, which single letters and numbers do not."""
    return _words({key for words in lexicons for key in words if len(key) >= _SHORTEST_SPELLED and not key.isdigit()})


def _keys(words: str) -> frozenset[str]:
    return frozenset(map(word_key, words.split(",")))


_LOOKS: Final[Mapping[Holds, Look | None]] = {
    Holds.TEXT: None,
    Holds.STATE: _words(STATES, map(str.lower, STATES.values())),
    Holds.ZIP: _share(_ZIP.fullmatch),
    Holds.NAME: _names,
    Holds.EMAIL: _share(lambda cell: "@" in cell),
    Holds.DATE: _share(_DATE.fullmatch),
    Holds.MOMENT: _share(_DATE.fullmatch),
    Holds.AMOUNT: _share(_AMOUNT.fullmatch),
    Holds.DAY_OF_MONTH: _share(re.compile(r"0?[1-9]|[12][0-9]|3[01]").fullmatch),
    Holds.MONTH: _share(re.compile(r"0?[1-9]|1[0-2]").fullmatch),
    Holds.YEAR: _share(re.compile(r"(?:20)?[0-9]{2}").fullmatch),
    Holds.ROUTING_NUMBER: _share(is_routing_number),
    Holds.BANK_ACCOUNT_NUMBER: _share(_may_be_bank_account),
    Holds.BANK_ACCOUNT_TYPE: _words(ACCOUNT_TYPES, NO_DEPOSIT_ACCOUNTS),
    Holds.METHOD_KIND: _words(METHOD_KINDS, NO_METHODS),
    Holds.CARD_TOKEN: _share(_TOKEN.fullmatch),
    Holds.CARD_EXPIRY: _share(_is_card_expiry),
    Holds.LAST_DIGITS: _share(re.compile(r"[*xX• -]*[0-9]{1,4}").fullmatch),
    Holds.AUTOPAY_FLAG: _words(AUTOPAY_FLAGS),
    Holds.PAPERLESS_FLAG: _words(PAPERLESS_FLAGS),
    Holds.ROLE: _words(ROLES),
}
# Fields whose cells any text may be, as far as the check goes, but which look like something all the same.
_REVOKED: Final = "revoked"
_LOOKS_OF_TEXT: Final[Mapping[FieldName, Look]] = {
    _F.ACCOUNT_HOLDER_NAME: _names,
    _F.LOGIN_NAME: _share(lambda cell: " " not in cell),
    _F.PHONE: _share(_PHONE.fullmatch),
    _F.ADDRESS1: _share(_is_street),
    _F.CITY: _share(_is_name),
    _F.CARD_BRAND: _words(_keys(_BRANDS)),
    _F.SEC_CODE: _words(_SEC_CODES),
    _F.CONSENT_IP: _share(_IP.fullmatch),
}


def _revocable(cells: Sequence[str]) -> float:
    """Active and revoked are words of a permission; active and closed may be those of an account."""
    look = _LOOKS[Holds.AUTOPAY_FLAG]
    return look(cells) if look and any(cell.strip().lower() == _REVOKED for cell in cells) else 0.0


_FLAGS: Final = ((Holds.AUTOPAY_FLAG, AUTOPAY_FLAGS), (Holds.PAPERLESS_FLAG, PAPERLESS_FLAGS))


def is_yes_or_no(kind: ImportKind, cells: Sequence[str]) -> bool:
    """Whether these say who is enrolled, and that somebody is not: no evidence of how a customer agreed."""
    taken = {field.spec.holds for field in FieldName if kind in field.spec.kinds}
    flags = {key: flag for holds, words in _FLAGS if holds in taken for key, flag in words.items()}
    noes = STOP_WORDS | {key for key, flag in flags.items() if flag is Flag.NO}
    said = set(map(word_key, cells[:_ENOUGH])) - {""}
    return not said.isdisjoint(noes) and said <= noes | flags.keys()


# What tells a field whatever the column is called.
_TELLING: Final[Mapping[FieldName, Look]] = {
    _F.EMAIL: _LOOKS[Holds.EMAIL] or bank_accounts,
    _F.ROUTING_NUMBER: _share(is_routing_number),
    _F.BANK_ACCOUNT_TYPE: _spelled(ACCOUNT_TYPES),
    _F.AUTOPAY_FLAG: _revocable,
    _F.CARD_BRAND: _spelled(_keys(_BRANDS)),
    _F.SEC_CODE: _words(_SEC_CODES),
}
_ASKED_ABOUT: Final = frozenset(field for field in FieldName if field.spec.meanings and not field.spec.is_day_or_amount)


def fit(field: FieldName, cells: Sequence[str]) -> float | None:
    """The share of the cells that look like the field; None where anything may stand there."""
    look = _LOOKS_OF_TEXT.get(field) or _LOOKS[field.spec.holds]
    return look(cells) if look else None


def tell(field: FieldName, cells: Sequence[str]) -> bool:
    look = _TELLING.get(field)
    return look is not None and look(cells[:_ENOUGH]) > _SURE


def looks_like_part(cells: Sequence[str]) -> bool:
    """Whether these may be parts of an account number: short, and no email addresses, dates or amounts of money."""
    some = cells[:_ENOUGH]
    return bool(some) and _share(_may_be_part)(some) > _HALF


def _may_be_part(cell: str) -> bool:
    is_something_else = "@" in cell or _DATE.fullmatch(cell) or _MONEY.fullmatch(cell)
    return len(cell) <= _LONGEST_PART and not is_something_else


def may_be_explained(field: FieldName, cells: Sequence[str]) -> bool:
    """Whether these may be words of the field that nobody knows yet: a few, each many times."""
    return field in _ASKED_ABOUT and len(set(cells)) <= min(_FEW, len(cells) // 2)
