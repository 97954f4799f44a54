"""The payment method that a row of an autopay file gives."""

from typing import Literal

from shared.contracts.lexicon import METHOD_KINDS, NO_METHODS
from tests.support.model.bank import read_bank
from tests.support.model.card import read_card
from tests.support.model.reading import Cell, Findings, PaymentOptions
from tests.support.model.state import Method
from tests.support.model.text import word_key


def read_payment(cell: Cell, options: PaymentOptions, found: Findings) -> Method | None:
    """The method in the cells of a row, not yet of a login; ``cell`` gives a field's cleaned value."""
    kind = _kind(cell, options.kind_default, found)
    if kind is None:
        return None
    return read_bank(cell, options, found) if kind == "ach" else read_card(cell, options, found)


def _kind(cell: Cell, default: str | None, found: Findings) -> Literal["ach", "card"] | None:
    codes = found.codes
    has_bank = bool(cell("routing_number") or cell("bank_account_number"))
    has_token = bool(cell("card_token"))
    word = cell("method_kind")
    kind = METHOD_KINDS.get(word_key(word)) if word else default
    if not word and kind is None:
        if has_bank == has_token:
            codes.add("R120")
            return None
        return "ach" if has_bank else "card"
    if kind is None and word_key(word) in NO_METHODS:
        codes.add("R129")
    elif kind is None:
        found.ask("C242", goes_on=False)
    if kind is None:
        return None
    codes.update({"R120"} if (has_token if kind == "ach" else has_bank) else ())
    return "ach" if kind == "ach" else "card"


def pays_by_card(cell: Cell, default: str | None) -> bool:
    return _kind(cell, default, Findings()) == "card"
