"""Rows that meet what the CRM knows of their accounts."""

from collections.abc import Callable
from typing import Literal

from tests.support.generators import pools
from tests.support.generators.drawing import Drawer
from tests.support.generators.states import BILLER, Numbering
from tests.support.model import CrmState
from tests.support.model.job import Kind

Theme = Literal["plain", "crowd", "shifted", "blocked", "shortened"]
"""A crowd has one email, names have shifted against the accounts, many rows cannot be used,
or bank account numbers have lost digits."""
Cells = dict[str, str]

_MOST_ROWS = 16
_BEYOND = 14
_DIRT: tuple[Callable[[str], str], ...] = (
    lambda cell: f"\u00a0{cell} ",
    lambda cell: f'="{cell}"',
    lambda cell: f"'{cell}",
    lambda cell: f"\u200b{cell}\t",
    lambda cell: f"  {cell}",
)


class RowMaker:
    """Makes the rows of one file."""

    def __init__(
        self, drawer: Drawer, state: CrmState, numbering: Numbering, kind: Kind, theme: Theme, *, says_paper: bool
    ) -> None:
        self._drawer = drawer
        self._state = state
        self._numbering = numbering
        self._kind = kind
        self._theme = theme
        self._owners = {link.customer: link.login for link in state.links.values() if link.role == "owner"}
        self._wanted: dict[str, tuple[str, tuple[str, str]]] = {}
        self._flags = pools.REVERSED_FLAGS if says_paper else pools.PAPERLESS_FLAGS
        self._email_of_all = drawer.one((*pools.EMAILS, pools.BILLERS_EMAIL))
        self._bank_of_all = drawer.one(pools.BANKS)

    def rows(self) -> list[tuple[tuple[str, ...], Cells]]:
        """Mostly each account once."""
        drawer = self._drawer
        known = max(sum(biller == BILLER for biller, _ in self._state.customers), 1)
        numbers = drawer.shuffled(range(1, 1 + drawer.one((known, known, max(known, _BEYOND)))))
        rows: list[tuple[tuple[str, ...], Cells]] = []
        most = _MOST_ROWS if self._theme == "plain" else len(numbers)
        for number in numbers[: drawer.one(range(1 if self._theme == "plain" else 12, most + 1))]:
            again = drawer.chance(12)
            rows.append(self._row(drawer.one(numbers) if again else number))
            if drawer.chance(12):
                rows.append(drawer.one(rows))
        return rows

    def _row(self, number: int) -> tuple[tuple[str, ...], Cells]:
        in_crm = (BILLER, self._in_crm(number))
        owner = self._owners.get(in_crm, f"nobody {number % 3}")
        if owner not in self._wanted:
            self._wanted[owner] = self._wish(owner)
        email, bank = self._wanted[owner]
        if self._drawer.chance(8):
            email, bank = self._wish(owner)
        if self._theme == "crowd":
            email, bank = self._email_of_all, self._bank_of_all
        made = {"autopay": self._autopay, "paperless": self._paperless, "registration": self._registration}
        state, code = self._drawer.mostly((("", ""),), pools.PLACES, one_in=8)
        legacy_id = self._drawer.one(("", f"P-{number}"))
        common = {"customer_name": self._name(in_crm), "state": state, "zip": code, "legacy_id": legacy_id}
        return self._account_cells(number), self._marred(made[self._kind](email, bank) | common)

    def _in_crm(self, number: int) -> str:
        spelled = self._numbering.account_number(number)
        return spelled if (BILLER, spelled) in self._state.customers else spelled.upper()

    def _name(self, in_crm: tuple[int, str]) -> str:
        customer = self._state.customers.get(in_crm)
        own = customer.name if customer else None
        usual = pools.NAMES if own is None or self._theme == "shifted" else (own,)
        return self._drawer.mostly(usual, ("", *pools.NAMELESS, *pools.NAMES), one_in=6)

    def _marred(self, cells: Cells) -> Cells:
        """The cells as a spreadsheet may leave one of them."""
        if not self._drawer.chance(4):
            return cells
        name = self._drawer.one(list(cells))
        return cells | {name: self._drawer.one(_DIRT)(cells[name])}

    def _wish(self, owner: str) -> tuple[str, tuple[str, str]]:
        """What the rows of one owner have in common, often what the owner has already."""
        login = self._state.logins.get(owner)
        own = login.email if login else None
        banks = [m for m in self._state.methods.values() if m.login == owner and m.routing_number and m.account]
        email = own if own and self._drawer.chance(2) else self._drawer.one(pools.EMAILS)
        if not own and self._wanted and self._drawer.chance(3):  # somebody else in the file has it as well
            email = self._drawer.one(list(self._wanted.values()))[0]
        bank = self._drawer.one(pools.BANKS)
        if banks and self._drawer.chance(2):
            bank = (banks[0].routing_number or "", banks[0].account or "")
        if self._theme == "shortened":
            bank = self._drawer.one(pools.SHORTENED)
        return email, bank

    def _account_cells(self, number: int) -> tuple[str, ...]:
        cells = self._numbering.cells(number)
        if self._drawer.chance(2 if self._theme == "blocked" else 30):
            odd = self._drawer.one(
                ("", "1.23E+11", "12\u00e9", "0" * 60, f"00{cells[0]}", f"'{cells[0]}", *pools.STAND_INS)
            )
            return (odd, *cells[1:])
        if self._numbering.case_insensitive and self._drawer.chance(4):
            return tuple(cell.swapcase() for cell in cells)
        return cells

    def _autopay(self, email: str, bank: tuple[str, str]) -> Cells:
        drawer = self._drawer
        row = dict.fromkeys(("routing_number", "bank_account_number", "card_token", "card_expiry"), "")
        row["bank_account_type"] = ""
        if drawer.chance(5):
            row["card_token"] = drawer.mostly(pools.TOKENS, pools.BAD_TOKENS)
            row["card_expiry"] = drawer.mostly(pools.EXPIRIES, pools.OLD_EXPIRIES + pools.BAD_EXPIRIES, one_in=8)
        if not row["card_token"] or drawer.chance(20):
            odd = (*pools.SHORT_BANKS, *pools.SHORT_BANKS, *pools.BAD_BANKS)
            row["routing_number"], row["bank_account_number"] = drawer.mostly((bank,), odd, one_in=12)
            row["bank_account_type"] = drawer.mostly(pools.ACCOUNT_TYPES, pools.BAD_ACCOUNT_TYPES)
        return row | {
            "method_kind": drawer.mostly(("",), pools.KIND_WORDS),
            "autopay_flag": drawer.mostly(pools.AUTOPAY_FLAGS, pools.OTHER_AUTOPAY_FLAGS, one_in=12),
            "start_date": drawer.mostly(("",), pools.START_DATES, one_in=8),
            "end_date": drawer.mostly(("",), pools.END_DATES, one_in=12),
            "pay_day": drawer.mostly(("",), pools.PAY_DAYS),
            "fixed_amount": drawer.mostly(("",), pools.FIXED_AMOUNTS),
            "max_amount": drawer.mostly(pools.AMOUNTS, pools.BAD_AMOUNTS),
            "email": drawer.mostly(("", email), (*pools.BAD_EMAILS, *pools.MANY_EMAILS, *pools.SUSPECT_EMAILS)),
            "account_holder_name": drawer.one(pools.NAMES),
            "card_last4": drawer.one(("", "42", "4242", "x42", "****123456")),
            "token_vault": drawer.mostly(("",), ("spare",)),
            "authorization_date": drawer.mostly(pools.CONSENT_DATES, ("soon",)),
            "prior_last_debit_date": drawer.mostly(("",), (*pools.CONSENT_DATES, "soon"), one_in=8),
            "authorization_channel": drawer.one(("", "paper")),
            "authorization_reference": drawer.one(("", "FORM-17")),
            "sec_code": drawer.mostly(("",), ("PPD",), one_in=6),
        }

    def _paperless(self, email: str, _bank: tuple[str, str]) -> Cells:
        drawer = self._drawer
        copies = ("copy@example.com", "a b", "ana@example.com", "a1@x.org b1@x.org")
        return {
            "email": self._email(email),
            "email_cc": drawer.mostly(("",), copies),
            "paperless_flag": drawer.mostly(self._flags, pools.OTHER_PAPERLESS_FLAGS, one_in=12),
            "consent_date": drawer.mostly(pools.CONSENT_DATES, ("soon",)),
            "consent_channel": drawer.one(("", "web")),
            "consent_ip": drawer.mostly(("",), ("192.0.2.1",), one_in=6),
        }

    def _registration(self, email: str, _bank: tuple[str, str]) -> Cells:
        drawer = self._drawer
        return {
            "email": self._email(email),
            "login_name": drawer.mostly(("",), (*pools.LOGIN_NAMES, "fresh", *pools.BAD_LOGIN_NAMES)),
            "role": drawer.mostly(("",), pools.ROLES, one_in=6),
            "first_name": drawer.one(("", "Ana")),
            "last_name": drawer.one(("", "Ortiz", "Wu")),
            "phone": drawer.one(pools.PHONES),
            "city": drawer.one(("", "Riverbend")),
            "registered_at": drawer.mostly(("", *pools.MOMENTS), ("soon",), one_in=12),
            "last_login_at": drawer.mostly(("", *pools.MOMENTS), ("T2021-03-04",), one_in=12),
        }

    def _email(self, email: str) -> str:
        odd = (*pools.BAD_EMAILS, *pools.MANY_EMAILS, *pools.SUSPECT_EMAILS)
        email = self._drawer.mostly((email,), odd)
        return email.upper() if self._drawer.chance(15) else email
