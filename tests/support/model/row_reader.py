"""A row on its own: rules row-* to log-*."""

from collections.abc import Container, Mapping
from datetime import date

from shared.contracts.lexicon import (
    AUTOPAY_FLAGS,
    LAST_DAY,
    NO_END,
    NO_LIMIT,
    NO_OWN_TERMS,
    NO_START,
    NO_USER_NAMES,
    ROLES,
    STAFF_ROLES,
    Flag,
    is_empty,
)
from tests.support.model.account_number import compose
from tests.support.model.customers import read_customer
from tests.support.model.emails import domain_warnings
from tests.support.model.hidden import is_stand_in
from tests.support.model.job import Job
from tests.support.model.mailbox import read_mailbox
from tests.support.model.meanings import flag_words, is_turned
from tests.support.model.payment import pays_by_card, read_payment
from tests.support.model.reading import Findings, PaymentOptions
from tests.support.model.row import Permission, Row
from tests.support.model.state import Biller
from tests.support.model.text import (
    UnreadableError,
    as_day,
    clean,
    day_and_month,
    means_no_date,
    of_century,
    read_date,
    read_day,
    read_limit,
    read_own_amount,
    swapped,
    word_key,
)

_LONGEST_KEPT = 200


class RowReader:
    """Reads one row after the other, each alone."""

    def __init__(self, job: Job, biller: Biller) -> None:
        self._job = job
        self._biller = biller
        self._positions = {name: index for index, name in enumerate(job.file.header)}
        self._cells: dict[str, str] = {}
        self._centuries: dict[str, bool] = {}
        self._found = Findings()
        self._meanings: dict[str, dict[str, str]] = {
            name: {word_key(word): meaning for word, meaning in words.items()}
            for name, words in job.definition.get("values", {}).items()
        }

    def read(self, line: int, cells: tuple[str, ...]) -> Row:
        if line in self._job.excluded:
            return Row(line, {"S404"}, "skipped")
        row = Row(line)
        self._found = Findings()
        cleaned = [clean(cell) for cell in cells]
        self._cells = {
            name: "" if self._is_empty(name, cleaned[index][0]) else cleaned[index][0]
            for name, index in self._positions.items()
        }
        mapped = {*self._job.columns.values(), *(part["column"] for part in self._job.parts if "column" in part)}
        if any(cleaned[self._positions[name]][1] for name in mapped):
            row.codes.add("W301")
        for step in (self._account, self._flags, self._values, self._look_at_domain):
            if not row.decided:
                step(row)
        row.for_log = self._for_log()
        return row

    def _for_log(self) -> dict[str, str]:
        days = {}
        if self._job.kind == "registration":
            for name in ("registered_at", "last_login_at"):
                days[name] = as_day(self.cell(name))
        return _filled({"legacy_id": self.cell("legacy_id")} | days)

    def _look_at_domain(self, row: Row) -> None:
        row.codes |= domain_warnings(row.email or "", self._biller.mail_domain)

    def cleaned(self, field_name: str, cells: tuple[str, ...]) -> str:
        """The cell of a field in these cells of a row."""
        cell, _ = clean(cells[self._positions[self._job.columns[field_name]]])
        return "" if self._is_empty(self._job.columns[field_name], cell) else str(cell)

    def _is_empty(self, column: str, cell: str) -> bool:
        """Whether the cell says that there is nothing, which nobody explained otherwise."""
        said = [words for name, words in self._meanings.items() if self._job.columns.get(name) == column]
        return is_empty(cell) and not any(word_key(cell) in words for words in said)

    def is_card(self, cells: tuple[str, ...]) -> bool:
        """Whether these cells of a row say that a card is to be charged."""
        mapped = self._job.columns
        return pays_by_card(
            lambda name: self.meant(name, cells) if name in mapped else "", self._job.options.get("method_kind_default")
        )

    def meant(self, field_name: str, cells: tuple[str, ...]) -> str:
        """The same, or what was said that its word means."""
        cell = self.cleaned(field_name, cells)
        return self._meanings.get(field_name, {}).get(word_key(cell), cell)

    def cell(self, field_name: str) -> str:
        """The cleaned cell of a field, or what was said that its word means; empty where the field has no column."""
        cell = self._as_written(field_name)
        return self._meanings.get(field_name, {}).get(word_key(cell), cell)

    def _as_written(self, field_name: str) -> str:
        column = self._job.columns.get(field_name)
        return self._cells[column] if column is not None else ""

    def _meanings_differ(self) -> bool:
        """Whether a word of the row is known and explained otherwise."""
        turns = bool(self._job.options.get("paperless_flag_reversed"))
        names = [name for name in self._meanings if name in self._job.columns]
        return any(is_turned(name, self._as_written(name), self.cell(name), turns=turns) for name in names)

    def _account(self, row: Row) -> None:
        cells = [self._cells[part["column"]] for part in self._job.parts if "column" in part]
        stand_ins = [cell for cell in cells if is_stand_in(cell)]
        row.is_stand_in = len(stand_ins) == len(cells) or not all(cell.isdigit() for cell in stand_ins)
        row.raw, row.account, code = compose(self._job.parts, self._cells, folds_case=self._biller.case_insensitive)
        if code:
            row.end("failed", code)

    def _flags(self, row: Row) -> None:
        if self._meanings_differ():
            self._found.ask("C247", goes_on=self._job.choice("C247") == "continue")
        if self._job.kind == "autopay":
            self._autopay_flag(row)
            if not row.decided:
                self._end_date(row)
        elif self._job.kind == "paperless" and "paperless_flag" in self._job.columns:
            self._paperless_flag(row)

    def _autopay_flag(self, row: Row) -> None:
        if "autopay_flag" not in self._job.columns:
            return
        flag = AUTOPAY_FLAGS.get(word_key(self.cell("autopay_flag")), Flag.UNREADABLE)
        if flag is Flag.BLANK:
            self._no_permission(row)
        elif flag is Flag.PRENOTE:
            row.codes.add("W314")
        elif flag is Flag.NO:
            row.end("skipped", "S402")
        elif flag is Flag.UNREADABLE:
            self._found.ask("C242", goes_on=False)

    def _no_permission(self, row: Row) -> None:
        row.codes.add("C241")
        if self._job.choice("C241") != "attest":
            row.end("skipped")

    def _end_date(self, row: Row) -> None:
        before = set(self._found.codes)
        if self._is_word("end_date", NO_END):
            return None
        row.ends_on = self._date("end_date", self._found)
        if "R145" in self._found.codes - before:
            return row.end("held", "R145")
        if row.ends_on and row.ends_on < self._job.circumstances.today:
            row.end("skipped", "S403")
        return None

    def _may_be_paperless(self, known: Mapping[str, Flag]) -> bool:
        """Whether P may: no other word of the column says yes, and one is a plain no."""
        keys = {word_key(self.meant("paperless_flag", cells)) for _, cells in self._job.file.rows}
        return bool(keys & {"n", "no"}) and not any(known.get(key) in {Flag.YES, Flag.BOTH} for key in keys)

    def _paperless_flag(self, row: Row) -> None:
        turns = bool(self._job.options.get("paperless_flag_reversed"))
        known = flag_words("paperless", turns=turns)
        key = word_key(self.cell("paperless_flag"))
        flag = Flag.UNREADABLE if key == "p" and self._may_be_paperless(known) else known.get(key, Flag.UNREADABLE)
        if flag is Flag.BLANK:
            self._no_permission(row)
        elif flag is Flag.NO:
            row.end("skipped", "S401")
        elif flag is Flag.BOTH:
            row.end("skipped", "C222")
        elif flag is Flag.UNREADABLE:
            self._found.ask("C242", goes_on=False)

    def _values(self, row: Row) -> None:
        found = self._found
        row.person, row.new_customer = read_customer(self.cell, self._biller.key, row.account, found)
        if self._job.kind == "autopay":
            self._autopay(row, found)
        else:
            self._mailbox(row, found)
        if self._job.kind == "paperless":
            day, as_written = self._evident("consent_date", found)
            evidence = {name: self.cell(name) for name in ("consent_text_version", "consent_ip")}
            evidence["consent_date"] = as_written
            row.permission = Permission(day, self.cell("consent_channel") or None, evidence=_filled(evidence))
        if self._job.kind == "registration":
            self._registration(row, found)
        self._conclude(row, found)

    @staticmethod
    def _conclude(row: Row, found: Findings) -> None:
        row.codes |= {code for code in found.codes if code.startswith("W")}
        if failures := {code for code in found.codes if code.startswith("R")}:
            return row.end("held" if failures == {"R145"} else "failed", *failures)
        row.codes |= found.codes
        if found.leaves_out:
            row.end("skipped")
        return None

    def _autopay(self, row: Row, found: Findings) -> None:
        options = self._job.options
        row.method = read_payment(
            self.cell,
            PaymentOptions(
                options.get("method_kind_default"),
                options.get("bank_account_type_default"),
                self._job.effective or self._job.circumstances.today,
                self._biller.key,
                self._job.choices,
                self._job.circumstances.directory,
            ),
            found,
        )
        row.bank_account, row.card_token = found.account, found.token
        self._mailbox(row, found)
        self._terms(row, found)
        last_debit, as_written = self._evident("prior_last_debit_date", found)
        evidence = {name: self.cell(name) for name in ("sec_code", "names_party")}
        evidence["prior_last_debit_date"] = last_debit.isoformat() if last_debit else as_written
        signed, evidence["authorization_date"] = self._evident("authorization_date", found)
        row.permission = Permission(
            signed,
            self.cell("authorization_channel") or None,
            self.cell("authorization_reference") or None,
            _filled(evidence),
        )
        if not self._is_word("max_amount", NO_LIMIT):
            try:
                row.max_amount = read_limit(self.cell("max_amount"))
            except UnreadableError:
                found.codes.add("R145")

    def _terms(self, row: Row, found: Findings) -> None:
        """What the permission says of amount, day, begin and end."""
        row.starts_on = None if self._is_word("start_date", NO_START) else self._date("start_date", found)
        if row.ends_on:
            found.ask("C214", goes_on=self._job.choice("C214") == "keep_end")
        for read, name in ((read_own_amount, "fixed_amount"), (read_day, "pay_day")):
            is_last = name == "pay_day" and word_key(self.cell(name)) in LAST_DAY
            if not is_last and self._is_word(name, NO_OWN_TERMS):
                continue
            try:
                is_own = bool(read(self.cell(name)))
            except UnreadableError:
                found.codes.add("R145")
            else:
                if is_own:
                    found.ask("C213", goes_on=self._job.choice("C213") == "full_balance")

    def _is_word(self, field_name: str, known: Container[str]) -> bool:
        """Whether words stand where a day or an amount is expected; unknown ones are asked about (word-15)."""
        cell = self.cell(field_name)
        if not any(sign.isalpha() for sign in cell) or any(sign.isdigit() for sign in cell):
            return False
        if word_key(cell) not in known:
            self._found.ask("C242", goes_on=False)
        return True

    def _evident(self, field_name: str, found: Findings) -> tuple[date | None, str]:
        """A date that is evidence, or, where it cannot be read, what stands there."""
        read = Findings()
        day = self._date(field_name, read)
        is_unreadable = "R145" in read.codes
        found.codes |= (read.codes - {"R145"}) | ({"W315"} if is_unreadable else set())
        found.leaves_out |= read.leaves_out
        return day, self.cell(field_name) if is_unreadable else ""

    def _date(self, field_name: str, found: Findings) -> date | None:
        cell = self.cell(field_name)
        if means_no_date(cell):
            return None
        if self._counts_centuries(field_name) and (day := of_century(cell)):
            return None if means_no_date(day.isoformat()) else day
        pair, choice = day_and_month(cell), self._job.choice("C244")
        is_chosen = choice in {"day_first", "month_first"}
        is_swapped = pair is not None and (choice == "day_first" or (pair[0] > 12 and not is_chosen))
        if pair and pair[0] > 12 >= pair[1]:
            found.ask("C244", goes_on=is_chosen)
        try:
            day = read_date(swapped(cell) if is_swapped else cell)
        except UnreadableError:
            found.codes.add("R145")
            return None
        return day if is_chosen or not is_swapped else None

    def _counts_centuries(self, field_name: str) -> bool:
        """Whether all dates of the column are numbers that begin with a century, though some lost its 0."""
        if field_name not in self._job.columns:
            return False
        if field_name not in self._centuries:
            cells = {self.cleaned(field_name, cells) for _, cells in self._job.file.rows}
            dates = {cell for cell in cells if any(map(str.isdigit, cell)) and not means_no_date(cell)}
            are_all = all(map(of_century, dates)) and any(len(cell) == 7 for cell in dates)
            self._centuries[field_name] = are_all
        return self._centuries[field_name]

    def _mailbox(self, row: Row, found: Findings) -> None:
        uses_first = self._job.choice("C221") == "use_first"
        row.email, row.email_cc = read_mailbox(self.cell, self._job.kind, found, uses_first=uses_first)

    def _registration(self, row: Row, found: Findings) -> None:
        row.registers = True
        name = self.cell("login_name")
        row.login_name = name or None
        bare = "".join(sign for sign in name if sign not in "._-").casefold()
        is_filler = bare in NO_USER_NAMES or len(set(bare)) < 2
        if name and (is_filler or not 3 <= len(name) <= 100 or any(character.isspace() for character in name)):
            row.login_name = None
            found.codes.add("W316")
        role = ROLES.get(word_key(self.cell("role")))
        if role is None and word_key(self.cell("role")) in STAFF_ROLES:
            found.codes.add("R146")
        elif role is None:
            found.ask("C242", goes_on=False)
        else:
            row.role = role.value


def _filled(values: dict[str, str]) -> dict[str, str]:
    return {name: value[:_LONGEST_KEPT] for name, value in values.items() if value}
