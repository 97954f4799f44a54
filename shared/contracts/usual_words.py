"""What words of a field are usually read as: one home for the check, and for the pages that say so before it."""

from collections.abc import Collection, Mapping
from typing import Final

from shared.contracts.fields import FieldName
from shared.contracts.lexicon import (
    ACCOUNT_TYPES,
    AUTOPAY_FLAGS,
    CROSS,
    LAST_DAY,
    METHOD_KINDS,
    NO_DEPOSIT_ACCOUNTS,
    NO_END,
    NO_LIMIT,
    NO_METHODS,
    NO_OWN_TERMS,
    NO_START,
    PAPER_LETTER,
    PAPERLESS_FLAGS,
    PLAIN_NO,
    REVERSED_PAPERLESS_FLAGS,
    ROLES,
    STAFF_ROLES,
    Flag,
)

UNUSABLE: Final = "unusable"  # a known word, and nothing that can be imported
_BLANK: Final = "blank"
LONGEST_CODE: Final = 2
_SIGNS: Final = frozenset(("t", "f", "1", "0"))
_YES_AND_NO: Final = frozenset(("y", "n"))
_CLEAR: Final = frozenset((Flag.YES, Flag.NO))
_PAPERLESS: Final[Mapping[Flag, str]] = {
    Flag.YES: "paperless",
    Flag.NO: "paper",
    Flag.BOTH: "both",
    Flag.BLANK: _BLANK,
}
_AUTOPAY: Final[Mapping[Flag, str]] = {Flag.YES: "yes", Flag.PRENOTE: "yes", Flag.NO: "no", Flag.BLANK: _BLANK}


def _said(flags: Mapping[str, Flag], meanings: Mapping[Flag, str]) -> Mapping[str, str]:
    return {key: meanings[flag] for key, flag in flags.items()}


_REVERSED: Final = _said(REVERSED_PAPERLESS_FLAGS, _PAPERLESS)
_USUAL: Final[Mapping[FieldName, Mapping[str, str]]] = {
    FieldName.AUTOPAY_FLAG: _said(AUTOPAY_FLAGS, _AUTOPAY),
    FieldName.PAPERLESS_FLAG: _said(PAPERLESS_FLAGS, _PAPERLESS),
    FieldName.METHOD_KIND: {**dict.fromkeys(NO_METHODS, UNUSABLE), **METHOD_KINDS},
    FieldName.BANK_ACCOUNT_TYPE: {
        **dict.fromkeys(NO_DEPOSIT_ACCOUNTS, UNUSABLE),
        **{key: known.type for key, known in ACCOUNT_TYPES.items()},
    },
    FieldName.ROLE: {**dict.fromkeys(STAFF_ROLES, UNUSABLE), **{key: role.value for key, role in ROLES.items()}},
    FieldName.START_DATE: dict.fromkeys(NO_START, "immediately"),
    FieldName.END_DATE: dict.fromkeys(NO_END, "never"),
    FieldName.PAY_DAY: {**dict.fromkeys(NO_OWN_TERMS, "due_date"), **dict.fromkeys(LAST_DAY, "last_day")},
    FieldName.FIXED_AMOUNT: dict.fromkeys(NO_OWN_TERMS, "balance"),
    FieldName.MAX_AMOUNT: dict.fromkeys(NO_LIMIT, "unlimited"),
}


def usual_words(field: FieldName, *, reverses_flags: bool = False) -> Mapping[str, str]:
    """By the key of a word, the meaning of the field that it has, or that nothing can be imported with it."""
    return _REVERSED if field is FieldName.PAPERLESS_FLAG and reverses_flags else _USUAL.get(field, {})


def words_in_doubt(field: FieldName, keys: Collection[str], *, reverses_flags: bool = False) -> frozenset[str]:
    """Of the words of a whole column, those that may mean something else beside the others (word-12, 18 and 22)."""
    if field is FieldName.AUTOPAY_FLAG:
        return _crosses(AUTOPAY_FLAGS, keys) | signs_in_doubt(AUTOPAY_FLAGS, keys)
    if field is FieldName.PAPERLESS_FLAG:
        flags = REVERSED_PAPERLESS_FLAGS if reverses_flags else PAPERLESS_FLAGS
        letters = {PAPER_LETTER} if letter_is_in_doubt(flags, keys) else frozenset()
        return _crosses(flags, keys) | signs_in_doubt(flags, keys) | (letters & frozenset(keys))
    return frozenset()


def letter_is_in_doubt(flags: Mapping[str, Flag], keys: Collection[str]) -> bool:
    """Whether P may stand for paperless: beside N, in a column where nothing else says yes."""
    said = {flags.get(key) for key in keys}
    return not PLAIN_NO.isdisjoint(keys) and said.isdisjoint((Flag.YES, Flag.BOTH))


def signs_that_say_yes(flags: Mapping[str, Flag]) -> frozenset[str]:
    return frozenset(sign for sign in _SIGNS if flags.get(sign) is Flag.YES)


def signs_in_doubt(flags: Mapping[str, Flag], keys: Collection[str]) -> frozenset[str]:
    """T and 1 where they may be codes: beside codes that nobody knows, and letters beside Y and N."""
    found = signs_that_say_yes(flags) & frozenset(keys)
    if any(0 < len(key) <= LONGEST_CODE and key not in flags for key in keys):
        return found
    return frozenset() if _YES_AND_NO.isdisjoint(keys) else frozenset(filter(str.isalpha, found))


def cross_is_in_doubt(flags: Mapping[str, Flag], others: Collection[str]) -> bool:
    """Whether an X may be no yes beside these words.

    A system has one word for each meaning, and a cross is a third; people have several, and a cross is one.
    """
    agreeing = [key for key in others if flags.get(key) is flags[CROSS]]
    is_contradicted = any(flags.get(key) in _CLEAR - {flags[CROSS]} for key in others)
    return bool(others) and not (len(agreeing) > 1 and is_contradicted)


def _crosses(flags: Mapping[str, Flag], keys: Collection[str]) -> frozenset[str]:
    others = frozenset(keys) - {CROSS, ""}
    return frozenset((CROSS,)) if CROSS in keys and cross_is_in_doubt(flags, others) else frozenset()
