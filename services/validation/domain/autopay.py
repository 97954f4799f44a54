"""What a row of an autopay import says."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from services.validation.domain import methods
from services.validation.domain.context import Context
from services.validation.domain.dates import DAY_FIRST
from services.validation.domain.doubts import Doubts
from services.validation.domain.evidence import permission
from services.validation.domain.found import Found
from services.validation.domain.layout import Layout
from services.validation.domain.people import Cells, EmailColumns, Values, customer_values
from services.validation.domain.terms import TermsReader
from services.validation.domain.values import numbers_of_date, read_date
from shared.contracts.codes.names import DAY_OR_MONTH, NO_CONSENT, UNKNOWN_WORDS
from shared.contracts.definition import Options
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind
from shared.contracts.lexicon import (
    ACCOUNT_TYPES,
    AUTOPAY_FLAGS,
    METHOD_KINDS,
    NO_DEPOSIT_ACCOUNTS,
    NO_METHODS,
    PRENOTE_TYPES,
    AccountType,
    Flag,
    MethodKind,
    word_key,
)

_FIELDS: Final = (
    FieldName.METHOD_KIND,
    FieldName.ROUTING_NUMBER,
    FieldName.BANK_ACCOUNT_NUMBER,
    FieldName.BANK_ACCOUNT_TYPE,
    FieldName.ACCOUNT_HOLDER_NAME,
    FieldName.CARD_TOKEN,
    FieldName.TOKEN_VAULT,
    FieldName.CARD_BRAND,
    FieldName.CARD_LAST4,
    FieldName.CARD_EXPIRY,
    FieldName.CARD_EXPIRY_MONTH,
    FieldName.CARD_EXPIRY_YEAR,
)
METHOD_COLUMNS: Final = (
    "method_kind",
    "identity",
    "holder_name",
    "holder_type",
    "routing_number",
    "account_sealed",
    "account_last4",
    "account_type",
    "token_ref",
    "token_vault",
    "card_brand",
    "card_last4",
    "exp_year",
    "exp_month",
)
_NO_METHOD: Final = ("",) * len(METHOD_COLUMNS)
_PRENOTE: Final = "W314"
_MONTHS: Final = 12
_FLAG_CODES: Final = {
    Flag.YES: "",
    Flag.PRENOTE: _PRENOTE,
    Flag.NO: "S402",
    Flag.BLANK: NO_CONSENT,
    Flag.BOTH: UNKNOWN_WORDS,
    Flag.UNREADABLE: UNKNOWN_WORDS,
}


class MethodCells(NamedTuple):
    """The cells of one row that describe its payment method, in the order of _FIELDS."""

    word: str
    routing: str
    account: str
    account_type: str
    holder: str
    token: str
    vault: str
    brand: str
    last4: str
    expiry: str
    expiry_month: str
    expiry_year: str

    @property
    def has_bank(self) -> bool:
        return bool(self.routing or self.account)


class AutopayReader:
    """Flags, payment methods, amounts and dates."""

    def __init__(self, layout: Layout, options: Options, context: Context, doubts: Doubts) -> None:
        self._layout = layout
        self._options = options
        self._seal_each = context.secrets.seal_each
        self._identify = context.secrets.identify
        self._directory = context.directory
        self._has_order = context.choices.get(DAY_OR_MONTH) in (DAY_FIRST, "month_first")
        self._replaces = context.choices.get("C218") == "replace"
        self._doubts = doubts
        self.emails = EmailColumns(layout, most=2, optional=True)
        self._terms = TermsReader(layout, doubts, context.today)

    def read(self, cells: Cells, count: int, found: Found) -> Values:
        self._end_by_flag(cells, found)
        ends_on = self._terms.end_dates(cells, count, found)
        emails, seconds = self.emails.read(cells, count, found)
        self._terms.look_at_own(cells, count, found)
        values: Values = {"email": emails, "email_cc": seconds, "ends_on": ends_on}
        values["max_amount"] = self._terms.limits(cells, count, found)
        values["starts_on"] = self._terms.start_dates(cells, count, found)
        days, kept = permission(
            self._layout, cells, ImportKind.AUTOPAY, FieldName.AUTHORIZATION_DATE, self._doubts.dates, found
        )
        values["authorized_on"], values["evidence"] = days or [""] * count, kept or [""] * count
        values |= self._methods(cells, count, found)
        return values | customer_values(self._layout, cells, found)

    def _end_by_flag(self, cells: Cells, found: Found) -> None:
        column = self._layout.column(cells, FieldName.AUTOPAY_FLAG) or []
        self._doubts.words.note_signs(FieldName.AUTOPAY_FLAG, column, AUTOPAY_FLAGS)
        codes = {cell: _FLAG_CODES[AUTOPAY_FLAGS.get(word_key(cell), Flag.UNREADABLE)] for cell in set(column)}
        for index, code in enumerate(map(codes.__getitem__, column)) if any(codes.values()) else ():
            if code == UNKNOWN_WORDS:
                self._doubts.words.ask(index, FieldName.AUTOPAY_FLAG, column[index], found)
            elif code == _PRENOTE:
                found.warn(index, code)
            elif code:
                found.end(index, code)

    def _methods(self, cells: Cells, count: int, found: Found) -> Values:
        columns = [self._layout.filled(cells, field, count) for field in _FIELDS]
        rows = self._in_one_order(list(map(MethodCells._make, zip(*columns, strict=True))), found)
        made = [
            _NO_METHOD if index in found.ended else self._method(index, row, found) for index, row in enumerate(rows)
        ]
        values: Values = dict(zip(METHOD_COLUMNS, zip(*made, strict=True), strict=True))
        return values | {"account_sealed": self._sealed(values["account_sealed"])}

    def _in_one_order(self, rows: list[MethodCells], found: Found) -> list[MethodCells]:
        """The rows with expiries such as 7/12/2029 in the order of day and month that their column has (C244)."""
        if not any(map(numbers_of_date, {row.expiry for row in rows})):
            return rows
        column = [row.expiry if row.expiry and self._kind(row) == methods.CARD else "" for row in rows]
        days = self._doubts.dates.days(FieldName.CARD_EXPIRY, column, found)
        read = {cell: day or self._only_way(cell) for cell, day in days.items()}
        written = {cell: day.isoformat() for cell, day in read.items() if day}
        return [row._replace(expiry=written.get(cell, row.expiry)) for row, cell in zip(rows, column, strict=True)]

    def _only_way(self, cell: str) -> date | None:
        """A day that can only be read with the day first, before somebody has said whether it is."""
        first, second = numbers_of_date(cell) or (0, 0)
        return read_date(cell, day_first=True) if second <= _MONTHS < first and not self._has_order else None

    def _sealed(self, accounts: Sequence[str]) -> list[str]:
        """The bank account numbers of the batch, which _bank() has left in clear, sealed together."""
        sealed = iter(self._seal_each(list(filter(None, accounts))))
        return [next(sealed).hex() if account else "" for account in accounts]

    def _method(self, index: int, row: MethodCells, found: Found) -> tuple[str, ...]:
        kind = self._kind(row)
        if kind is None and word_key(row.word) in NO_METHODS:
            found.add(index, "R129")
        elif kind is None and row.word:
            self._doubts.words.ask(index, FieldName.METHOD_KIND, row.word, found)
        elif kind is None:
            found.add(index, "R120")
        if kind is None:
            return _NO_METHOD
        if (kind == methods.ACH and row.token) or (kind == methods.CARD and row.has_bank):
            found.add(index, "R120")
        return self._bank(index, row, found) if kind == methods.ACH else self._card(index, row, found)

    def _kind(self, row: MethodCells) -> MethodKind | None:
        if row.word:
            return METHOD_KINDS.get(word_key(row.word))
        if self._options.method_kind_default:
            return self._options.method_kind_default
        if row.has_bank == bool(row.token):
            return None
        return "ach" if row.has_bank else "card"

    def _bank(self, index: int, row: MethodCells, found: Found) -> tuple[str, ...]:
        routing = self._routing(index, row.routing, found)
        account, account_problem = methods.bank_account(row.account, routing)
        type_word = word_key(row.account_type)
        kind_and_holder = ACCOUNT_TYPES.get(type_word)
        if not type_word and self._options.bank_account_type_default:
            kind_and_holder = AccountType(self._options.bank_account_type_default)
        if account_problem == "R128" and methods.may_be_shown(row.account):
            found.add_placeholder(index, account_problem, row.account)
        elif account_problem:
            found.add(index, account_problem)
        else:
            self._doubts.numbers.look(index, account)
        if kind_and_holder is None and type_word and type_word not in NO_DEPOSIT_ACCOUNTS:
            self._doubts.words.ask(index, FieldName.BANK_ACCOUNT_TYPE, row.account_type, found)
        elif kind_and_holder is None:
            found.add(index, "R124")
        elif type_word in PRENOTE_TYPES:
            found.warn(index, _PRENOTE)
        if kind_and_holder is None or not found.goes_on(index):
            return _NO_METHOD
        account_type, holder_type = kind_and_holder
        number = self._replaced(routing.number)
        fingerprint = self._identify("ach", number, account).hex()
        holder = " ".join(row.holder.split())
        bank = (number, account, account[-4:], account_type)
        return ("ach", fingerprint, holder, holder_type, *bank, "", "", "", "", "", "")

    def _routing(self, index: int, cell: str, found: Found) -> methods.Routing:
        routing = methods.routing_number(cell)
        if routing.code == "W311":
            found.warn(index, routing.code)
        elif routing.code == "R128":
            found.add_placeholder(index, routing.code, cell)
        elif routing.code:
            found.add(index, routing.code)
        if self._directory and routing.code not in ("R121", "R122", "R128"):
            self._look_up(index, routing.number, found)
        return routing

    def _look_up(self, index: int, number: str, found: Found) -> None:
        if number not in self._directory and self._replaces:
            found.add_without_answer(index, "C218")
        elif self._directory.get(number, number) is not None:
            found.add(index, "C218")

    def _replaced(self, number: str) -> str:
        return self._directory.get(number) or number if self._replaces else number

    def _card(self, index: int, row: MethodCells, found: Found) -> tuple[str, ...]:
        problem = methods.token_problem(row.token)
        if problem == "R128":
            found.add_placeholder(index, problem, row.token)
        elif problem:
            found.add(index, problem)
        else:
            self._doubts.numbers.look_at_token(index, row.token)
        until = (
            methods.expiry(row.expiry) if row.expiry else methods.expiry_of_columns(row.expiry_month, row.expiry_year)
        )
        if until is None:
            found.add(index, "R126")
        elif self._options.effective_date and methods.last_day(*until) < self._options.effective_date:
            found.add(index, "C216")
        if until is None or not found.goes_on(index):
            return _NO_METHOD
        fingerprint = self._identify("card", row.vault, row.token).hex()
        holder = " ".join(row.holder.split())
        card = (row.token, row.vault, row.brand, methods.last_four(row.last4), str(until[0]), str(until[1]))
        return ("card", fingerprint, holder, "", "", "", "", "", *card)
