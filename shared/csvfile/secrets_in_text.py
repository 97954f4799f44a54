"""What must not stand in what people write by hand: card numbers, security codes and bank accounts.

A bank account is an IBAN, or a US routing number with an account number beside it. A bank account number alone has no
certain shape: eight digits are as well a customer, a case or an order. A routing number has a check digit, and so has
an IBAN. Pure; only yes or no leaves this module.
"""

import re
from typing import Final

from stdnum import iban
from stdnum.us import rtn

from shared.csvfile.sensitive import find_card_in_text, spelled

_ROUTING: Final = re.compile(
    r"(?<![0-9])(?<![0-9][-./])(?:(?:0[1-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2])[0-9]{7}"
    r"|[0-9]{3}([ -])[0-9]{3}\1[0-9]{3}|[0-9]{4}([ -])[0-9]{4}\2[0-9])(?![0-9])"
)
_WORDS_BETWEEN: Final = r"[^0-9]{1,40}"
# Nothing like WTR-12345678: that is the number of a customer, a case or an order.
_ACCOUNT: Final = r"(?<![A-Za-z0-9])(?<![A-Za-z][-#/])[0-9](?:[ -]?[0-9]){5,16}(?![0-9A-Za-z])"
_AFTER: Final = re.compile(rf"{_WORDS_BETWEEN}({_ACCOUNT})")
_BEFORE: Final = re.compile(rf"(?<![0-9]-)({_ACCOUNT}){_WORDS_BETWEEN}$")
_FARTHEST: Final = 80
_NO_ACCOUNT: Final = re.compile(  # days, phone numbers and ZIP codes
    r"(?:19|20)[0-9]{2}-?[0-9]{2}-?[0-9]{2}(?: [0-9]{2})?|[0-9]{1,2}-[0-9]{1,2}-[0-9]{2,4}"
    r"|(?:1[ -])?[0-9]{3}[ -]?[0-9]{3}[ -][0-9]{4}|[0-9]{5}-[0-9]{4}"
)
_CUSTOMER: Final = re.compile(r"[A-Za-z][-#/]?$")
_IBAN: Final = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]){11,30}")
_SHORTEST_IBAN: Final = 15
_APART: Final = re.compile(r"[ -]")


def secret_in_text(text: str) -> str | None:
    """What of it a text holds, in words; None: nothing."""
    if find_card_in_text(text):
        return "a card number or a security code"
    return "a bank account number" if _holds_bank_account(spelled(text)) else None


def _holds_bank_account(plain: str) -> bool:
    return _holds_iban(plain.upper()) or any(
        _is_routing(match[0]) and not _CUSTOMER.search(plain[: match.start()]) and _has_account_beside(plain, match)
        for match in _ROUTING.finditer(plain)
    )


def _is_routing(number: str) -> bool:
    return bool(rtn.is_valid(_APART.sub("", number))) and _APART.sub("", number) != "0" * 9


def _has_account_beside(text: str, routing: re.Match[str]) -> bool:
    after = _AFTER.match(text, routing.end(), routing.end() + _FARTHEST)
    before = _BEFORE.search(text[max(0, routing.start() - _FARTHEST) : routing.start()])
    found = (match[1] for match in (after, before) if match)
    return any(_NO_ACCOUNT.fullmatch(number) is None for number in found)


def _holds_iban(text: str) -> bool:
    """What follows an IBAN may be letters, too, so that each beginning of a run may be one."""
    for match in _IBAN.finditer(text):
        solid = _APART.sub("", match[0])
        if any(iban.is_valid(solid[:length]) for length in range(_SHORTEST_IBAN, len(solid) + 1)):
            return True
    return False
