"""Three billers with their customers: a water utility, a city with linked accounts, an insurer."""

from datetime import date, timedelta
from typing import Final, Literal

from stack.demo.people import People
from stack.demo.records import Biller, Customer, Enrolment, Invoice, Link, Login, Method, Records

WATER: Final = Biller(1, "Riverbend Water", False, False, "riverbendwater.example.com", ("WATER", "SEWER"))
CITY: Final = Biller(2, "City of Fernhollow", True, False, "fernhollow.example.com", ("TAX", "UTIL"))
INSURER: Final = Biller(3, "Harbor Mutual", False, False, "harbormutual.example.com", ("PREMIUM",))

_SEED: Final = 20_260_115
_WATER_ACCOUNTS: Final = 2_400
_CITY_OWNERS: Final = 900
_CITY_WITHOUT_LOGIN: Final = 250
_POLICIES: Final = 1_800
_OWNED: Final = 0.3  # shares of the policies
_OWNED_OR_SHELL: Final = 0.5
_CYCLES: Final = 6  # of billing, with due dates some days apart
_FIRST_DUE: Final = 24
_DAYS_BETWEEN: Final = 4
_COMPANY: Final = ("Orchard Apartments LLC", "Quarry Street Church", "Fernhollow Estates LP", "Depot Foods Inc")


def make_records(today: date) -> Records:
    """The whole CRM; only due dates depend on the day."""
    maker = _Maker(People(_SEED), today)
    maker.records.billers += [WATER, CITY, INSURER]
    maker.water()
    maker.city()
    maker.insurer()
    return maker.records


class _Maker:
    def __init__(self, people: People, today: date) -> None:
        self.records = Records()
        self._people = people
        self._today = today

    def water(self) -> None:
        """Most with a login, each for one account; some have enrolled on the portal already."""
        for number in range(1, _WATER_ACCOUNTS + 1):
            first, last = self._people.name()
            account = f"WTR-{1000 + number:07d}-{2000 + number * 3:06d}"
            customer = self._customer(WATER, account, f"{last}, {first}".upper(), "Riverbend")
            self._bill(customer, "WATER")
            if self._people.chance(0.6):
                self._bill(customer, "SEWER")
            if self._people.chance(0.55):
                login = self._login(WATER, first, last, "locked" if self._people.chance(0.03) else "active")
                self._own(customer, login)
                if self._people.chance(0.05):
                    self._autopay(customer, login)
            elif self._people.chance(0.05):
                guest = self._login(WATER, first, last, "active")
                self.records.links.append(Link(customer.id, guest.id, "guest"))

    def city(self) -> None:
        """Owners with one to six accounts under one login."""
        number = 0
        for _ in range(_CITY_OWNERS):
            first, last = self._people.name()
            name = self._people.random.choice(_COMPANY) if self._people.chance(0.08) else f"{first} {last}"
            login = self._login(CITY, first, last, "active")
            for _ in range(self._people.random.choice((1, 1, 1, 2, 2, 3, 4, 6))):
                number += 1
                customer = self._parcel(number, name)
                self._own(customer, login)
                self._paperless(customer)
        for _ in range(_CITY_WITHOUT_LOGIN):
            number += 1
            self._parcel(number, " ".join(self._people.name()))

    def insurer(self) -> None:
        """Policies: some with an active login, some with a shell from an earlier import, many without."""
        for number in range(1, _POLICIES + 1):
            first, last = self._people.name()
            customer = self._customer(INSURER, f"HM-{10_000_000 + number * 37}", f"{first} {last}", "Harbor Point")
            self._bill(customer, "PREMIUM")
            draw = self._people.random.random()
            if draw < _OWNED:
                self._own(customer, self._login(INSURER, first, last, "active"))
            elif draw < _OWNED_OR_SHELL:
                self._own(customer, self._shell(INSURER, first, last))

    def _parcel(self, number: int, name: str) -> Customer:
        account = f"{101 + number // 400}-{number % 400:04d}-{1 + number % 3:02d}"
        customer = self._customer(CITY, account, name, "Fernhollow")
        self._bill(customer, "TAX")
        if self._people.chance(0.7):
            self._bill(customer, "UTIL")
        return customer

    def _customer(self, biller: Biller, account: str, name: str, city: str) -> Customer:
        status: Literal["active", "closed"] = "closed" if self._people.chance(0.04) else "active"
        customer = Customer(
            len(self.records.customers) + 1,
            biller.id,
            account,
            name,
            self._people.street(),
            city,
            "MA",
            f"0{self._people.digits(4)}",
            status,
            block_eft=self._people.chance(0.01),
        )
        self.records.customers.append(customer)
        return customer

    def _login(self, biller: Biller, first: str, last: str, status: Literal["active", "locked"]) -> Login:
        email = self._people.email(first, last)
        login = Login(len(self.records.logins) + 1, biller.id, status, email, email, first, last)
        self.records.logins.append(login)
        return login

    def _shell(self, biller: Biller, first: str, last: str) -> Login:
        email = self._people.email(first, last) if self._people.chance(0.6) else None
        login = Login(len(self.records.logins) + 1, biller.id, "shell", None, email, None, None, "import")
        self.records.logins.append(login)
        return login

    def _own(self, customer: Customer, login: Login) -> None:
        self.records.links.append(Link(customer.id, login.id))

    def _bill(self, customer: Customer, invoice_type: str) -> None:
        cycle = customer.id % _CYCLES
        due = self._today + timedelta(days=_FIRST_DUE + cycle * _DAYS_BETWEEN)
        self.records.invoices.append(Invoice(customer.id, invoice_type, due))

    def _autopay(self, customer: Customer, login: Login) -> None:
        routing, account = self._people.bank()
        method = Method(len(self.records.methods) + 1, login.id, customer.biller_id, routing, account)
        self.records.methods.append(method)
        status: Literal["active", "cancelled"] = "cancelled" if self._people.chance(0.2) else "active"
        self.records.enrolments.append(Enrolment(customer.id, "WATER", status, method.id))

    def _paperless(self, customer: Customer) -> None:
        if self._people.chance(0.12):
            status: Literal["active", "cancelled"] = "cancelled" if self._people.chance(0.2) else "active"
            self.records.enrolments += [Enrolment(customer.id, code, status) for code in CITY.invoice_types]
