"""Sample: the paperless customers of the city, whose owners have several accounts under one login."""

from typing import Final

from stack.demo.billers import CITY
from stack.demo.people import People
from stack.demo.records import Customer, Records
from stack.demo.sample import Sample, csv_line

_SEED: Final = 12
_OWNERS: Final = 330
_WITHOUT_LOGIN: Final = 90
_NOT_FOUND: Final = 25
_HEADER: Final = ("Parcel", "Owner", "E-mail", "Delivery", "Consent Date", "Ward")
_ODD: Final = (
    *("NOEMAIL@NOEMAIL.COM", "none", "ann@example..org", "bob@example", "", "Ann Lee <ann.lee@example.com>"),
    *("a1@example.com; b1@example.com", "a1@example.com b1@example.com c1@example.com", "mailto:kim@example.org"),
    "BOB.MOORE@EXAMPLE.COM\u00a0",
)


def paperless_sample(records: Records) -> Sample:
    rows = _Rows(records).make()
    return Sample(
        file_name="fernhollow-paperless.csv",
        definition=_definition(),
        header=_HEADER,
        rows=list(enumerate(rows, start=2)),
        others={1: csv_line(_HEADER, ",")},
        unusable={},
    )


def _definition() -> dict[str, object]:
    return {
        "biller": CITY.name,
        "kind": "paperless",
        "invoice_types": ["TAX", "UTIL"],
        "columns": {
            "email": "E-mail",
            "customer_name": "Owner",
            "paperless_flag": "Delivery",
            "consent_date": "Consent Date",
        },
        "account_number": [{"column": "Parcel", "transforms": [{"do": "trim"}]}],
        "options": {"attestation": "The City of Fernhollow states that these owners agreed to paperless bills."},
        "decide": {
            "C202": {"choice": "skip"},
            "C203": {"choice": "continue"},
            "C204": {"choice": "continue"},
            "C205": {"choice": "continue"},
            "C206": {"choice": "continue"},
            "C223": {"choice": "delivery_email"},
            "C241": {"choice": "skip"},
            "C224": {"choice": "continue"},
        },
        "log_recipients": ["ivy.marsh@example.com"],
    }


class _Rows:
    def __init__(self, records: Records) -> None:
        self._people = People(_SEED)
        self._records = records
        customers = {customer.id: customer for customer in records.of_biller(CITY)}
        self._accounts: dict[int, list[Customer]] = {}
        for link in records.links:
            if link.customer_id in customers:
                self._accounts.setdefault(link.login_id, []).append(customers[link.customer_id])
        owned = {customer.id for group in self._accounts.values() for customer in group}
        self._loose = [customer for customer in customers.values() if customer.id not in owned]

    def make(self) -> list[tuple[str, ...]]:
        """Owner by owner, as the old vendor's export had them."""
        rows: list[tuple[str, ...]] = []
        logins = sorted(self._people.random.sample(sorted(self._accounts), _OWNERS))
        for place, login in enumerate(logins):
            rows += self._of_owner(login, place)
        for customer in self._people.random.sample(self._loose, _WITHOUT_LOGIN):
            rows.append(self._row(customer, self._people.email(*self._people.name())))
        for number in range(_NOT_FOUND):
            email = self._people.email(*self._people.name())
            rows.append((f"999-{number:04d}-01", "Former Owner", email, "E", "2022-06-01", "3"))
        return rows

    def _of_owner(self, login: int, place: int) -> list[tuple[str, ...]]:
        accounts = self._accounts[login]
        email = self._people.email(*self._people.name())
        if place % 5 == 0:  # the address the login has
            email = self._records.logins[login - 1].email or email
        rows = [self._row(customer, email) for customer in accounts]
        if len(accounts) > 1:
            rows = self._of_several(rows, place)
        if place % 11 == 0:
            rows[0] = self._with(rows[0], 2, _ODD[place // 11 % len(_ODD)])
        if place % 37 == 0:
            rows.append(rows[-1])
        if place % 53 == 0:
            rows.append(self._with(rows[-1], 2, "someone.else@example.org"))
        return rows

    def _of_several(self, rows: list[tuple[str, ...]], place: int) -> list[tuple[str, ...]]:
        if place % 3 == 0:  # one account is missing, and the change would reach it
            return rows[:-1]
        if place % 13 == 0:  # the owner is of two minds
            return [*rows[:-1], self._with(rows[-1], 2, "other.mind@example.net")]
        return rows

    def _row(self, customer: Customer, email: str) -> tuple[str, ...]:
        delivery = self._people.random.choice(("E",) * 16 + ("Email", "Paper", "Both", ""))
        consent = self._people.random.choice(("2021-05-01", "5/1/2022", "2023-11-30", "", "2020-02-29"))
        return (customer.account_number, customer.name, email, delivery, consent, "3")

    @staticmethod
    def _with(row: tuple[str, ...], index: int, cell: str) -> tuple[str, ...]:
        return (*row[:index], cell, *row[index + 1 :])
