"""A row on its own: section 2 of the rules."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from tests.support.model.emails import Addresses, read_addresses, same
from tests.support.model.job import Job
from tests.support.model.payment import PaymentOptions, read_payment
from tests.support.model.people import FirstLast, customer_name, split_name
from tests.support.model.state import Biller, Customer, Login, Method
from tests.support.model.text import UnreadableError, clean, is_scientific, read_amount, read_date, transformed

Outcome = Literal["applied", "no_change", "skipped", "held", "failed"]

OUTCOMES: tuple[Outcome, ...] = ("applied", "no_change", "skipped", "held", "failed")

_ON = {"y", "yes", "1", "true", "t", "x", "on", "active", "approved", "enrolled"}
_PRENOTE = {"prenote", "pending"}
_OFF = {"n", "no", "0", "false", "f", "off", "inactive", "revoked", "cancelled", "canceled", "stopped", "ended", ""}
_EMAIL = {"y", "yes", "1", "true", "t", "x", "e", "email", "paperless", "ebill", "active", "enrolled"}
_PAPER = {"n", "no", "0", "false", "f", "p", "paper", "print", "mail", "inactive", ""}
_BOTH = {"b", "both"}
_LONGEST = 50


@dataclass(eq=False, slots=True)
class Row:
    """What is known of a row so far."""

    line: int
    codes: set[str] = field(default_factory=set)
    outcome: Outcome | None = None
    leader: "Row | None" = None
    raw: tuple[str, ...] = ()
    account: str = ""
    email: str | None = None
    email_cc: str | None = None
    method: Method | None = None
    ends_on: date | None = None
    max_amount: Decimal | None = None
    consent: date | None = None
    login_name: str | None = None
    person: FirstLast = (None, None)
    new_customer: Customer | None = None
    customer: Customer | None = None
    owner: Login | None = None

    @property
    def decided(self) -> bool:
        return self.outcome is not None or self.leader is not None

    @property
    def takes_hold(self) -> bool:
        """Whether the row stands for a state the CRM has after the import."""
        return self.leader is None and self.outcome in {"applied", "no_change"}

    def end(self, outcome: Outcome, *codes: str) -> None:
        self.outcome = outcome
        self.codes.update(codes)


class RowReader:
    """Reads one row after the other, each alone."""

    def __init__(self, job: Job, biller: Biller) -> None:
        self._job = job
        self._biller = biller
        self._positions = {name: index for index, name in enumerate(job.file.header)}
        self._cells: dict[str, str] = {}

    def read(self, line: int, cells: tuple[str, ...]) -> Row:
        row = Row(line)
        cleaned = [clean(cell) for cell in cells]
        self._cells = {name: cleaned[index][0] for name, index in self._positions.items()}
        mapped = {*self._job.columns.values(), *(part["column"] for part in self._job.parts if "column" in part)}
        if any(cleaned[self._positions[name]][1] for name in mapped):
            row.codes.add("W301")
        for step in (self._account, self._flags, self._values):
            if not row.decided:
                step(row)
        return row

    def cell(self, field_name: str) -> str:
        """The cleaned cell of a field; empty where the field has no column."""
        column = self._job.columns.get(field_name)
        return self._cells[column] if column is not None else ""

    def _account(self, row: Row) -> None:
        columns = [part for part in self._job.parts if "column" in part]
        row.raw = tuple(self._cells[part["column"]] for part in columns)
        if self._biller.case_insensitive:
            row.raw = tuple(cell.upper() for cell in row.raw)
        if any(is_scientific(cell) for cell in row.raw):
            return row.end("failed", "R102")
        values = [transformed(self._cells[part["column"]], part.get("transforms", ())) for part in columns]
        if not all(row.raw) or not all(values):
            return row.end("failed", "R101")
        following = iter(values)
        row.account = "".join(next(following) if "column" in part else part["literal"] for part in self._job.parts)
        if len(row.account) > _LONGEST or any(not " " <= character <= "~" for character in row.account):
            return row.end("failed", "R103")
        if self._biller.case_insensitive:
            row.account = row.account.upper()
        return None

    def _flags(self, row: Row) -> None:
        if self._job.kind == "autopay":
            self._autopay_flag(row)
            if not row.decided:
                self._end_date(row)
        elif self._job.kind == "paperless" and "paperless_flag" in self._job.columns:
            self._paperless_flag(row)

    def _autopay_flag(self, row: Row) -> None:
        flag = self.cell("autopay_flag").lower()
        if "autopay_flag" not in self._job.columns or flag in _ON:
            return
        if flag in _PRENOTE:
            row.codes.add("W314")
        elif flag in _OFF:
            row.end("skipped", "S402")
        else:
            row.end("failed", "R144")

    def _end_date(self, row: Row) -> None:
        try:
            row.ends_on = read_date(self.cell("end_date"))
        except UnreadableError:
            return row.end("failed", "R145")
        if row.ends_on and row.ends_on < self._job.circumstances.today:
            row.end("skipped", "S403")
        return None

    def _paperless_flag(self, row: Row) -> None:
        flag = self.cell("paperless_flag").lower()
        if flag in _PAPER:
            row.end("skipped", "S401")
        elif flag in _BOTH:
            row.end("skipped", "C222")
        elif flag not in _EMAIL:
            row.end("failed", "R144")

    def _values(self, row: Row) -> None:
        found: set[str] = set()
        self._names(row)
        if self._job.kind == "autopay":
            self._autopay(row, found)
        else:
            self._email(row, found)
        if self._job.kind == "paperless":
            row.consent = self._date("consent_date", found)
        if self._job.kind == "registration":
            self._login_name(row, found)
        self._conclude(row, found)

    @staticmethod
    def _conclude(row: Row, found: set[str]) -> None:
        row.codes |= {code for code in found if code.startswith("W")}
        if failures := {code for code in found if code.startswith("R")}:
            row.end("failed", *failures)
        elif choices := {code for code in found if code.startswith("C")}:
            row.end("skipped", *choices)

    def _names(self, row: Row) -> None:
        name = self.cell("customer_name")
        first, last = self.cell("first_name"), self.cell("last_name")
        row.person = split_name(name, first, last)
        row.new_customer = Customer(
            self._biller.key,
            row.account,
            customer_name(name, first or None, last or None),
            address1=self.cell("address1") or None,
            address2=self.cell("address2") or None,
            city=self.cell("city") or None,
            state=self.cell("state") or None,
            zip=self.cell("zip") or None,
            phone=self.cell("phone") or None,
            origin="import",
        )

    def _autopay(self, row: Row, found: set[str]) -> None:
        options = self._job.options
        payment = read_payment(
            self.cell,
            PaymentOptions(
                options.get("method_kind_default"),
                options.get("bank_account_type_default"),
                self._job.effective or self._job.circumstances.today,
                self._biller.key,
            ),
        )
        found |= payment.codes
        row.method = payment.method
        self._email(row, found)
        self._date("authorization_date", found)
        try:
            row.max_amount = read_amount(self.cell("max_amount"))
        except UnreadableError:
            found.add("R145")

    def _date(self, field_name: str, found: set[str]) -> date | None:
        try:
            return read_date(self.cell(field_name))
        except UnreadableError:
            found.add("R145")
            return None

    def _email(self, row: Row, found: set[str]) -> None:
        addresses = self._addresses("email", optional=self._job.kind == "autopay")
        copies = Addresses()
        if self._job.kind != "registration":
            copies = self._addresses("email_cc", optional=True)
        found |= addresses.codes | copies.codes
        most = 1 if self._job.kind == "registration" or self.cell("email_cc") else 2
        if len(addresses.found) > most or len(copies.found) > 1:
            found.add("C221")
        row.email = next(iter(addresses.found), None)
        row.email_cc = next(iter((*addresses.found[1:], *copies.found)), None)
        if same(row.email, row.email_cc):
            row.email_cc = None
        if len(addresses.found) == most == 2:
            found.add("W342")

    def _addresses(self, field_name: str, *, optional: bool) -> Addresses:
        cell = self.cell(field_name)
        return Addresses() if optional and not cell else read_addresses(cell)

    def _login_name(self, row: Row, found: set[str]) -> None:
        row.login_name = self.cell("login_name") or row.email
        name = self.cell("login_name")
        if name and (not 3 <= len(name) <= 100 or any(character.isspace() for character in name)):
            found.add("R153")
