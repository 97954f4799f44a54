"""What looks like a wrong turn: the file of another kind of import, two columns mixed up."""

import pytest

from services.mapping.suggestions.columns import columns_of
from services.mapping.suggestions.doubts import are_swapped, payment_columns
from shared.contracts.fields import FieldName

_ROUTING = ("021000021", "011000015", "122105155", "121000248")
_ACCOUNTS = ("4455667", "123456789012", "99887766", "5550001112")
_TOKENS = ("tok_ABCDEFGHJKLMNPQR", "tok_BCDEFGHJKLMNPQRS", "tok_CDEFGHJKLMNPQRST", "tok_DEFGHJKLMNPQRSTU")
_NAMES = ("ORTIZ, ANA", "WU, LEE", "PARK, JOON", "DIAZ, KIRA")


@pytest.mark.parametrize(
    ("header", "columns", "found"),
    [
        (("Cust", "Name", "ABA", "Bank Acct"), (_ACCOUNTS, _NAMES, _ROUTING, _ACCOUNTS), ["ABA", "Bank Acct"]),
        (("Cust", "Name", "Token", "Exp"), (_ACCOUNTS, _NAMES, _TOKENS, ("05/29",) * 4), ["Token", "Exp"]),
        (("Cust", "Name", "Email"), (_ACCOUNTS, _NAMES, tuple(f"a{n}@example.org" for n in range(4))), []),
        (("Cust", "Name", "Bank Acct"), (_ACCOUNTS, _NAMES, _ACCOUNTS), []),
        (("Cust", "Name", "Routing"), (_ACCOUNTS, _NAMES, ("A1", "A2", "B1", "B2")), []),
    ],
    ids=["bank accounts", "cards", "none", "an account alone", "the route of a meter reader"],
)
def test_payment_methods_are_seen_whatever_the_kind(
    header: tuple[str, ...], columns: tuple[tuple[str, ...], ...], found: list[str]
) -> None:
    assert payment_columns(columns_of(header, list(zip(*columns, strict=True)))) == found


@pytest.mark.parametrize(
    ("routing", "account", "swapped"),
    [("Bank Acct", "ABA", True), ("ABA", "Bank Acct", False), ("ABA", "ABA", False), ("Bank Acct", "Name", False)],
)
def test_routing_and_account_numbers_are_told_apart(routing: str, account: str, swapped: bool) -> None:
    columns = columns_of(("ABA", "Bank Acct", "Name"), list(zip(_ROUTING, _ACCOUNTS, _NAMES, strict=True)))
    chosen = {FieldName.ROUTING_NUMBER: routing, FieldName.BANK_ACCOUNT_NUMBER: account}
    assert are_swapped(columns, chosen) is swapped
    assert not are_swapped(columns, {FieldName.ROUTING_NUMBER: routing})
