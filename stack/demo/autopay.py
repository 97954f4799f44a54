"""Sample: the autopay customers of the water utility, as its old system exported them."""

from datetime import date, timedelta
from typing import Final

from stack.demo.billers import WATER
from stack.demo.people import People
from stack.demo.records import Customer, Records
from stack.demo.sample import Sample, csv_line

_SEED: Final = 11
_ACCOUNTS: Final = 900
_HEADER: Final = (
    *("Cust No", "Loc", "Name", "Routing", "Bank Acct", "Type", "Token", "Exp", "Draft", "E-mail", "Signed", "Route"),
)
_TYPES: Final = ("C", "C", "C", "S", "chk", "Checking", "27", "37", "28")
_NOT_FOUND: Final = 30


def autopay_sample(records: Records, today: date) -> Sample:
    rows = _Rows(records, today).make()
    total = len(rows) + 2
    return Sample(
        file_name="riverbend-autopay.csv",
        definition=_definition(today),
        header=_HEADER,
        rows=[(line, cells) for line, cells in enumerate(rows, start=2) if len(cells) == len(_HEADER)],
        others={1: csv_line(_HEADER, ",")}
        | {line: csv_line(cells, ",") for line, cells in enumerate(rows, start=2) if len(cells) != len(_HEADER)}
        | {total: f"TOTAL,{len(rows)}" + "," * (len(_HEADER) - 2)},
        unusable={line: "R104" for line, cells in enumerate(rows, start=2) if len(cells) != len(_HEADER)}
        | {total: "R106"},
    )


def _definition(today: date) -> dict[str, object]:
    return {
        "biller": WATER.name,
        "kind": "autopay",
        "invoice_types": ["WATER", "SEWER"],
        "columns": {
            "account_holder_name": "Name",
            "routing_number": "Routing",
            "bank_account_number": "Bank Acct",
            "bank_account_type": "Type",
            "card_token": "Token",
            "card_expiry": "Exp",
            "autopay_flag": "Draft",
            "email": "E-mail",
            "authorization_date": "Signed",
        },
        "account_number": [
            {"literal": "WTR-"},
            {"column": "Cust No", "transforms": [{"do": "trim"}, {"do": "pad_left", "length": 7}]},
            {"literal": "-"},
            {"column": "Loc", "transforms": [{"do": "pad_left", "length": 6}]},
        ],
        "options": {
            "effective_date": (today + timedelta(days=30)).isoformat(),
            "attestation": "Riverbend Water states that each row is a current, unrevoked authorization.",
        },
        "decide": {
            "C202": {"choice": "skip"},
            "C203": {"choice": "continue"},
            "C211": {"choice": "continue"},
            "C212": {"choice": "skip"},
            "C241": {"choice": "skip"},
            "C242": {"choice": "skip"},
            "C204": {"choice": "continue"},
            "C205": {"choice": "continue"},
            "C206": {"choice": "continue"},
        },
        "log_recipients": ["ivy.marsh@example.com"],
    }


class _Rows:
    def __init__(self, records: Records, today: date) -> None:
        self._people = People(_SEED)
        self._customers = records.of_biller(WATER)
        self._year = today.year % 100

    def make(self) -> list[tuple[str, ...]]:
        """Rows in the order of account numbers, duplicates behind their first row."""
        picked = sorted(self._people.random.sample(self._customers, _ACCOUNTS), key=lambda one: one.id)
        rows: list[tuple[str, ...]] = []
        for place, customer in enumerate(picked):
            row = self._row(customer)
            if row[6] == "" and place % 7 == 0:
                row = self._spoilt(row, place // 7)
            rows.append(row)
            rows += self._duplicates(row, place)
        for _ in range(_NOT_FOUND):
            rows.append(self._cells((str(9_000_000 + len(rows)), "77"), "FORMER OCCUPANT", *self._people.bank()))
        # Two names with a comma that nobody quoted.
        rows[120] = (*rows[120][:2], "ORTIZ", " ANA", *rows[120][3:])
        rows[480] = (*rows[480][:2], "WU", " LEE", *rows[480][3:])
        return rows

    def _row(self, customer: Customer) -> tuple[str, ...]:
        _, number, location = customer.account_number.split("-")
        account = (number.lstrip("0"), location.lstrip("0"))
        if self._people.chance(0.08):
            return self._card(account, customer.name)
        return self._cells(account, customer.name, *self._people.bank())

    def _cells(self, account: tuple[str, str], name: str, routing: str, bank_account: str) -> tuple[str, ...]:
        email = self._people.email(*self._people.name()) if self._people.chance(0.3) else ""
        kind = self._people.random.choice(_TYPES)
        return (*account, name, routing, bank_account, kind, "", "", self._flag(), email, self._signed(), "R7")

    def _card(self, account: tuple[str, str], name: str) -> tuple[str, ...]:
        year = self._year + self._people.random.choice((1, 2, 3, 4, -1))
        expiry = self._people.random.choice((f"05/{year}", f"5/{year}", f"05{year}", f"20{year}-05", f"{year}-May"))
        token = "tok" if self._people.chance(0.05) else self._people.token()
        return (*account, name, "", "", "", token, expiry, self._flag(), "", self._signed(), "R7")

    def _flag(self) -> str:
        return self._people.random.choice(("Y",) * 24 + ("N", "Revoked", "Prenote", ""))

    def _signed(self) -> str:
        return self._people.random.choice(("", "2019-04-30", "4/30/2021", "11/02/2023"))

    def _spoilt(self, row: tuple[str, ...], place: int) -> tuple[str, ...]:
        """What spreadsheets and typists do to bank data."""
        routing, account = row[3], row[4]
        damage: tuple[tuple[int, str], ...] = (
            (3, routing.lstrip("0")[:8]),
            (3, routing[:-1] + str((int(routing[-1]) + 1) % 10)),
            (4, "1.23457E+11"),
            (4, "00000000"),
            (5, "Residential"),
            (3, f'="{routing}"'),
            (4, f"'{account}"),
            (2, f"{row[2]}\u00a0"),
            (10, "sometime"),
            (9, "none"),
        )
        index, cell = damage[place % len(damage)]
        return (*row[:index], cell, *row[index + 1 :])

    def _duplicates(self, row: tuple[str, ...], place: int) -> list[tuple[str, ...]]:
        if place % 45 == 0:
            return [row]
        if place % 97 == 0:
            routing, account = self._people.bank()
            return [row, (*row[:3], routing, account, "C", "", "", "Y", *row[9:])]
        return []
