"""Names of columns that hold bank account numbers and card tokens, as exports write them."""

import re
import unicodedata
from typing import Final

from shared.csvfile.cells import header_key
from shared.csvfile.sensitive import words_of

_SECRET: Final = frozenset(
    header_key(name)
    for name in (
        *("Bank Account", "Bank Account Number", "Bank Account No", "Bank Acct", "Bank Acct No", "Bank Acct Number"),
        *("DFI Account", "DFI Account Number", "DDA", "DDA Number", "Checking Account", "Checking Account Number"),
        *("Checking Acct", "Checking Acct No", "Savings Account", "ACH Account", "ACH Account Number", "ACH Acct"),
        *("EFT Account", "EFT Account Number", "Draft Account", "Payment Account", "achBankAccountNumber"),
        *("Account Number 2", "Account At Bank", "Acct At Bank", "payment_method.account_number", "IBAN"),
        *(
            "Token",
            "Card Token",
            "Payment Token",
            "CC Token",
            "Vault ID",
            "Vault Token",
            "Vault Ref",
            "Profile ID",
            "RegID",
        ),
        *("Payment Profile", "Payment Profile ID", "Wallet ID", "Card Ref", "Card Reference", "Token Ref"),
        *("Card ID", "Payment Method Token", "Payment Method ID"),
    )
)
# Word by word: a utility of Burbank has accounts too.
_BANK: Final = re.compile(
    r"\b(?:bank|bk|bnk|checking|chk|savings?|ach|eft|dfi|rdfi|aba|draft|debit|direct deposit|depository|deposit|payer"
    r"|payment|pmt|fin(?:ancial)? inst(?:itution)?) ?(?:bank ?)?(?:account|accnt|acct|acc|a c)\b"
    r"|\b(?:account|accnt|acct|acc) ?(?:num|no|nbr|number)? ?(?:at )?(?:the )?(?:bank|ach|eft|dd|dda)\b"
    r"|\bbank ?(?:no|nr|nbr|num|number)\b|\bdda\b|\biban\b|\brdfi\b|\bdirect deposit\b"
    r"|^(?:checking|savings?)(?: ?(?:no|nbr|num|number))?$"
)
# What the column holds is said by its last word: "Bank Account Type", but not "Bank Account Type And Number".
_SOMETHING_ELSE: Final = re.compile(r"\b(?:type|name|holder|owner|flag|status|date|code|kind|routing|aba|rtn)$")
_MOST_WORDS: Final = 100  # at either end: no name has as many, and a cell of 64 kB may stand in a header


def names_bank_number(name: str) -> bool:
    """Whether a column of this name holds numbers of bank accounts, whatever its spelling."""
    every = words_of(_plain(name))
    words = " ".join(every if len(every) <= 2 * _MOST_WORDS else [*every[:_MOST_WORDS], *every[-_MOST_WORDS:]])
    return _BANK.search(words) is not None and _SOMETHING_ELSE.search(words) is None


def _plain(name: str) -> str:
    if name.isascii():
        return name
    folded = unicodedata.normalize("NFKD", name)
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


def is_secret_header(name: str) -> bool:
    """Whether a column of this name holds bank account numbers or card tokens, going by its name alone."""
    return header_key(name) in _SECRET or names_bank_number(name)
