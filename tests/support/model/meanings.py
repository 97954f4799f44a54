"""What words usually mean, beside what a definition says: rule word-13."""

from collections.abc import Mapping

from shared.contracts.lexicon import (
    ACCOUNT_TYPES,
    AUTOPAY_FLAGS,
    LAST_DAY,
    METHOD_KINDS,
    NO_DEPOSIT_ACCOUNTS,
    NO_METHODS,
    NO_OWN_TERMS,
    PAPERLESS_FLAGS,
    REVERSED_PAPERLESS_FLAGS,
    ROLES,
    STAFF_ROLES,
    Flag,
)
from tests.support.model.text import word_key


def flag_words(kind: str, *, turns: bool) -> Mapping[str, Flag]:
    """What the words of a kind's flag mean; ``turns``: the column says who wants paper."""
    if kind == "autopay":
        return AUTOPAY_FLAGS
    return REVERSED_PAPERLESS_FLAGS if turns else PAPERLESS_FLAGS


def is_turned(name: str, word: str, meaning: str, *, turns: bool) -> bool:
    """Whether the word of this field is known, and means something else than it is said to."""
    known = _usual(name, word, turns=turns)
    return word_key(word) != "x" and known != "unknown" and known != _usual(name, meaning, turns=turns)


def _usual(name: str, word: str, *, turns: bool) -> object:
    key = word_key(word)
    match name:
        case "autopay_flag":
            flag = AUTOPAY_FLAGS.get(key, "unknown")
            return Flag.YES if flag is Flag.PRENOTE else flag
        case "paperless_flag":
            return flag_words("paperless", turns=turns).get(key, "unknown")
        case "method_kind":
            return METHOD_KINDS.get(key, "no method" if key in NO_METHODS else "unknown")
        case "bank_account_type":
            known = ACCOUNT_TYPES.get(key)
            return known.type if known else "no deposits" if key in NO_DEPOSIT_ACCOUNTS else "unknown"
        case "pay_day":
            return "last" if key in LAST_DAY else "due" if key in NO_OWN_TERMS else "unknown"
        case _:  # words in the place of days and amounts have but one meaning
            return ROLES.get(key, "staff" if key in STAFF_ROLES else "unknown") if name == "role" else "unknown"
