"""Sample: the portal users of the insurer: a report with title lines, semicolons and another encoding, not a table."""

from typing import Final

from stack.demo.billers import INSURER
from stack.demo.people import People
from stack.demo.records import Customer, Login, Records
from stack.demo.sample import Sample, csv_line

_SEED: Final = 13
_POLICIES: Final = 600
_NOT_FOUND: Final = 40
_HEADER: Final = ("Policy No", "Insured", "E-Mail", "User", "Phone", "Street", "City", "ST", "Zip")
_TITLES: Final = ("Harbor Mutual - portal users", "Printed for the conversion")
_FIRST_ROW: Final = len(_TITLES) + 2


def registration_sample(records: Records) -> Sample:
    rows = list(enumerate(_Rows(records).make(), start=_FIRST_ROW))
    total = _FIRST_ROW + len(rows)
    titles = {line: title + ";" * (len(_HEADER) - 1) for line, title in enumerate(_TITLES, start=1)}
    return Sample(
        file_name="harbor-registration.csv",
        definition=_definition(),
        header=_HEADER,
        rows=rows,
        others=titles
        | {_FIRST_ROW - 1: csv_line(_HEADER, ";"), total: f"TOTAL;{len(rows)}" + ";" * (len(_HEADER) - 2)},
        unusable={total: "R106"},
        delimiter=";",
        encoding="windows-1252",
    )


def _definition() -> dict[str, object]:
    return {
        "biller": INSURER.name,
        "kind": "registration",
        "columns": {
            "email": "E-Mail",
            "login_name": "User",
            "customer_name": "Insured",
            "phone": "Phone",
            "address1": "Street",
            "city": "City",
            "state": "ST",
            "zip": "Zip",
        },
        "account_number": [{"column": "Policy No", "transforms": [{"do": "trim"}, {"do": "upper"}]}],
        "options": {"reading": {"header_line": _FIRST_ROW - 1, "delimiter": ";"}},
        "decide": {
            "C202": {"choice": "create"},
            "C203": {"choice": "continue"},
            "C204": {"choice": "continue"},
            "C205": {"choice": "continue"},
            "C206": {"choice": "continue"},
            "C224": {"choice": "continue"},
        },
        "log_recipients": ["ivy.marsh@example.com"],
    }


class _Rows:
    def __init__(self, records: Records) -> None:
        self._people = People(_SEED)
        self._policies = records.of_biller(INSURER)
        logins = {login.id: login for login in records.logins}
        self._owners = {link.customer_id: logins[link.login_id] for link in records.links if link.role == "owner"}

    def make(self) -> list[tuple[str, ...]]:
        picked = sorted(self._people.random.sample(self._policies, _POLICIES), key=lambda one: one.id)
        rows: list[tuple[str, ...]] = []
        for place, customer in enumerate(picked):
            row = self._row(customer, place)
            rows.append(row)
            if place % 60 == 0:
                rows.append(row)
            if place % 149 == 0:
                rows.append(self._with(row, 2, "second.person@example.org"))
        for number in range(_NOT_FOUND):
            name = "" if number % 8 == 0 else " ".join(self._people.name())
            rows.append(self._cells(f"HM-{50_000_000 + number}", name, self._people.email("new", str(number)), ""))
        return rows

    def _row(self, customer: Customer, place: int) -> tuple[str, ...]:
        first, _, last = customer.name.partition(" ")
        email = self._email(self._owners.get(customer.id), first, last, place)
        user = {0: "ab", 1: "harbor.user"}.get(place % 71, f"{first}{place}".lower() if place % 4 == 0 else "")
        number = f'="{customer.account_number}"' if place % 40 == 0 else customer.account_number.lower()
        return self._cells(number, f"{last}, {first}", email, user)

    def _email(self, owner: Login | None, first: str, last: str, place: int) -> str:
        if place % 33 == 0:
            return ("none", "x@x.com", "bob@example", "a@example.com; b@example.com", "")[place // 33 % 5]
        if place % 47 == 0:
            return "agency@example.com"
        if owner and owner.email and place % 9:
            return owner.email
        return self._people.email(first, last)

    def _cells(self, policy: str, name: str, email: str, user: str) -> tuple[str, ...]:
        phone = f"555-01{self._people.digits(2)}"
        return (policy, name, email, user, phone, self._people.street(), "Harbor Point", "MA", "02110")

    @staticmethod
    def _with(row: tuple[str, ...], index: int, cell: str) -> tuple[str, ...]:
        return (*row[:index], cell, *row[index + 1 :])
