"""Files that meet a state on purpose, with their definitions and decisions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.support.generators import pools
from tests.support.generators.states import BILLER, TYPES, Numbering, numberings, states
from tests.support.model import Circumstances, CrmState, CsvFile, Decision, Verdict, check
from tests.support.model.job import Kind, Right

_MOST_ROWS = 16
_BEYOND = 14
_T = TypeVar("_T")
Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """Everything one import depends on."""

    state: CrmState
    definition: dict[str, Any]
    file: CsvFile
    circumstances: Circumstances

    def verdict(self) -> Verdict:
        """What the model says."""
        return check(self.state, self.definition, self.file, self.circumstances)


class Drawer:
    """Picks from pools."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def one(self, values: Sequence[_T]) -> _T:
        return self._draw(st.sampled_from(values))

    def mostly(self, usual: Sequence[_T], other: Sequence[_T]) -> _T:
        return self.one(other) if self.chance(25) else self.one(usual)

    def chance(self, one_in: int) -> bool:
        # The last of the range, since examples are simplest at its beginning.
        return self._draw(st.integers(1, one_in)) == one_in

    def shuffled(self, values: Sequence[_T]) -> list[_T]:
        return list(self._draw(st.permutations(values)))

    def dirty(self, cell: str) -> str:
        """The cell as a spreadsheet may leave it."""
        if not self.chance(25):
            return cell
        marred: Callable[[str], str] = self.one(_DIRT)
        return marred(cell)


_DIRT: tuple[Callable[[str], str], ...] = (
    lambda cell: f"\u00a0{cell} ",
    lambda cell: f'="{cell}"',
    lambda cell: f"'{cell}",
    lambda cell: f"\u200b{cell}\t",
    lambda cell: f"  {cell}",
)


class RowMaker:
    """Rows that meet what the CRM knows of their accounts."""

    def __init__(self, drawer: Drawer, state: CrmState, numbering: Numbering, kind: Kind) -> None:
        self._drawer = drawer
        self._state = state
        self._numbering = numbering
        self._kind = kind
        self._owners = {link.customer: link.login for link in state.links.values() if link.role == "owner"}
        self._wanted: dict[str, tuple[str, tuple[str, str]]] = {}

    def rows(self) -> list[tuple[tuple[str, ...], Cells]]:
        """The rows of a file: mostly each account once."""
        known = max(len(self._state.customers), 1)
        numbers = self._drawer.shuffled(range(1, 1 + self._drawer.one((known, known, _BEYOND))))
        rows: list[tuple[tuple[str, ...], Cells]] = []
        for number in numbers[: self._drawer.one(range(1, _MOST_ROWS + 1))]:
            again = self._drawer.chance(12)
            rows.append(self._row(self._drawer.one(numbers) if again else number))
            if self._drawer.chance(12):
                rows.append(self._drawer.one(rows))
        return rows

    def _row(self, number: int) -> tuple[tuple[str, ...], Cells]:
        owner = self._owners.get((BILLER, self._in_crm(number)), f"nobody {number % 3}")
        if owner not in self._wanted:
            self._wanted[owner] = self._wish(owner)
        email, bank = self._wanted[owner]
        if self._drawer.chance(8):
            email, bank = self._wish(owner)
        made = {"autopay": self._autopay, "paperless": self._paperless, "registration": self._registration}
        name = {"customer_name": self._drawer.mostly(pools.NAMES, ("",))}
        return self._account_cells(number), made[self._kind](email, bank) | name

    def _in_crm(self, number: int) -> str:
        spelled = self._numbering.account_number(number)
        return spelled if (BILLER, spelled) in self._state.customers else spelled.upper()

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
        return email, bank

    def _account_cells(self, number: int) -> tuple[str, ...]:
        cells = self._numbering.cells(number)
        if self._drawer.chance(30):
            odd = self._drawer.one(("", "1.23E+11", "12\u00e9", "0" * 60, f"00{cells[0]}"))
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
            row["card_expiry"] = drawer.mostly(pools.EXPIRIES, pools.BAD_EXPIRIES)
        if not row["card_token"] or drawer.chance(20):
            row["routing_number"], row["bank_account_number"] = drawer.mostly((bank,), pools.BAD_BANKS)
            row["bank_account_type"] = drawer.mostly(pools.ACCOUNT_TYPES, pools.BAD_ACCOUNT_TYPES)
        return row | {
            "method_kind": drawer.mostly(("",), pools.KIND_WORDS),
            "autopay_flag": drawer.mostly(pools.AUTOPAY_FLAGS, pools.OTHER_AUTOPAY_FLAGS),
            "end_date": drawer.mostly(pools.DATES, pools.OTHER_DATES),
            "max_amount": drawer.mostly(pools.AMOUNTS, pools.BAD_AMOUNTS),
            "email": drawer.mostly(("", email), (*pools.BAD_EMAILS, *pools.MANY_EMAILS)),
            "account_holder_name": drawer.one(pools.NAMES),
            "card_last4": drawer.one(("", "42", "4242", "x42", "****123456")),
            "token_vault": drawer.mostly(("",), ("spare",)),
            "authorization_date": drawer.mostly(pools.CONSENT_DATES, ("soon",)),
        }

    def _paperless(self, email: str, _bank: tuple[str, str]) -> Cells:
        drawer = self._drawer
        copies = ("copy@example.com", "a b", "ana@example.com", "a1@x.org b1@x.org")
        return {
            "email": self._email(email),
            "email_cc": drawer.mostly(("",), copies),
            "paperless_flag": drawer.mostly(pools.PAPERLESS_FLAGS, pools.OTHER_PAPERLESS_FLAGS),
            "consent_date": drawer.mostly(pools.CONSENT_DATES, ("soon",)),
        }

    def _registration(self, email: str, _bank: tuple[str, str]) -> Cells:
        drawer = self._drawer
        return {
            "email": self._email(email),
            "login_name": drawer.mostly(("",), (*pools.LOGIN_NAMES, "fresh", *pools.BAD_LOGIN_NAMES)),
            "first_name": drawer.one(("", "Ana")),
            "last_name": drawer.one(("", "Ortiz", "Wu")),
            "phone": drawer.one(("", "555-0100")),
            "city": drawer.one(("", "Riverbend")),
        }

    def _email(self, email: str) -> str:
        email = self._drawer.mostly((email,), (*pools.BAD_EMAILS, *pools.MANY_EMAILS))
        return email.upper() if self._drawer.chance(15) else email


_NEEDED = {"bank_account_type", "email", "routing_number", "bank_account_number", "card_token", "card_expiry"}


def _definition(drawer: Drawer, numbering: Numbering, kind: Kind, today: date, fields: Sequence[str]) -> dict[str, Any]:
    mapped = [name for name in fields if name in _NEEDED or drawer.chance(2)]
    options: dict[str, Any] = {}
    if kind != "registration":
        options["attestation"] = "The biller states that these customers agreed."
    if kind == "autopay":
        options["effective_date"] = (today + timedelta(days=drawer.one((0, 30)))).isoformat()
        options["bank_account_type_default"] = drawer.one((None, "checking", "savings"))
        options["method_kind_default"] = drawer.one((None, "ach")) if drawer.chance(6) else None
    return {
        "biller_id": BILLER,
        "kind": kind,
        "invoice_types": [] if kind == "registration" else drawer.one((list(TYPES), [TYPES[0]], [TYPES[1]])),
        "columns": {name: f"The {name}" for name in mapped},
        "account_number": list(numbering.parts),
        "options": options,
        "decide": "ask",
    }


def _spoilt(drawer: Drawer, definition: dict[str, Any]) -> dict[str, Any]:
    """Some definitions are refused."""
    if not drawer.chance(20):
        return definition
    columns, options = definition["columns"], definition["options"]
    return definition | drawer.one(
        (
            {"invoice_types": []},
            {"invoice_types": ["TRASH"]},
            {"invoice_types": ["WATER", "WATER"]},
            {"account_number": [{"literal": "WTR-"}]},
            {"account_number": [{"column": "Nowhere"}]},
            {"columns": columns | {"email": "Nowhere"}},
            {"columns": {name: header for name, header in columns.items() if name not in {"email", "routing_number"}}},
            {"options": options | {"attestation": " "}},
            {"options": options | {"effective_date": "2020-01-01"}},
        )
    )


def _file(
    drawer: Drawer,
    state: CrmState,
    numbering: Numbering,
    rows: list[tuple[tuple[str, ...], Cells]],
    fields: Sequence[str],
) -> CsvFile:
    header = (*numbering.columns, *(f"The {name}" for name in fields), "Unused")
    names = (state.billers[BILLER].name, state.billers[BILLER].name.upper(), "")
    biller_name = [drawer.one(names) for _ in rows]
    if drawer.chance(30):
        biller_name[-1] = "Another Town"
    lines = (
        (*account, *(cells[name] for name in fields[:-1]), town, "so")
        for (account, cells), town in zip(rows, biller_name, strict=True)
    )
    return CsvFile(header, tuple((line, tuple(map(drawer.dirty, cells))) for line, cells in enumerate(lines, start=2)))


def _decisions(drawer: Drawer) -> dict[str, Decision]:
    drawn = {
        "C201": Decision("continue", approved=True),
        "C202": Decision(drawer.one(("skip", "create", "create"))),
        "C203": Decision("continue"),
        "C223": Decision(drawer.one(("update_login", "delivery_email", "skip"))),
    }
    if drawer.chance(6):
        del drawn[drawer.one(sorted(drawn))]
    if drawer.chance(20):
        drawn["C201"] = Decision("stop")
    return drawn


def _decided(drawer: Drawer, case: Case) -> Case:
    """The case with its decisions named in advance, or taken by a person who saw the findings."""
    decisions = _decisions(drawer)
    is_named = drawer.chance(2)
    if not is_named:
        seen = case.verdict().findings
        decisions = {
            code: replace(decision, count_seen=seen[code] - drawer.chance(15))
            for code, decision in decisions.items()
            if code in seen
        }
    return _named(case, decisions) if is_named else _confirmed(drawer, case, decisions)


def _right_count(case: Case, decisions: dict[str, Decision]) -> int:
    circumstances = replace(case.circumstances, confirmed=True, decisions=decisions)
    return replace(case, circumstances=circumstances).verdict().would_create


def _named(case: Case, decisions: dict[str, Decision]) -> Case:
    count = _right_count(case, decisions)
    named: dict[str, dict[str, Any]] = {code: {"choice": one.choice} for code, one in decisions.items()}
    if "C201" in named and decisions["C201"].choice == "continue":
        named["C201"]["typed_count"] = count
    return replace(case, definition=case.definition | {"decide": named})


def _confirmed(drawer: Drawer, case: Case, decisions: dict[str, Decision]) -> Case:
    if "C201" in decisions:
        count = _right_count(case, decisions) + drawer.chance(15)
        decisions["C201"] = replace(decisions["C201"], typed_count=count, approved=not drawer.chance(12))
    return replace(case, circumstances=replace(case.circumstances, confirmed=True, decisions=decisions))


@st.composite
def cases(draw: st.DrawFn, kind: Kind, today: date) -> Case:
    """A state, a file that meets it, and mostly all decisions."""
    drawer = Drawer(draw)
    numbering = draw(numberings())
    state = draw(states(numbering))
    rows = RowMaker(drawer, state, numbering, kind).rows()
    fields = [*rows[0][1], "biller_name"]
    definition = _spoilt(drawer, _definition(drawer, numbering, kind, today, fields))
    file = _file(drawer, state, numbering, rows, fields)
    rights: tuple[Right | None, ...] = ("paperless", None)
    right = drawer.one(rights) if drawer.chance(30) else "all"
    case = Case(state, definition, file, Circumstances(today, right))
    return case if drawer.chance(10) else _decided(drawer, case)
