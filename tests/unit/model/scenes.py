"""Small scenes at one biller, in a line each."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tests.support.model import Circumstances, CrmState, CsvFile, Verdict, check
from tests.support.model.state import Biller, Customer, InvoiceType, Link, Login, LoginStatus

TODAY = date(2026, 11, 22)
_COMMON: dict[str, Any] = {
    "biller_id": 1,
    "account_number": [{"column": "Account"}],
    "options": {"attestation": "They agreed.", "effective_date": "2026-12-01"},
}


class Scene:
    """A biller with two invoice types; accounts and logins are added by the test."""

    def __init__(self, *, mcl: bool = False, confirm_required: bool = False) -> None:
        self.state = CrmState()
        self.state.billers[1] = Biller(1, "Riverbend Water", 1, mcl, confirm_required=confirm_required)
        self.state.billers[2] = Biller(2, "Elsewhere", 1)
        for code in ("WATER", "SEWER"):
            self.state.types[1, code] = InvoiceType(1, code)

    def account(self, number: str, owner: str | None = None, *, biller: int = 1, **fields: Any) -> tuple[int, str]:
        customer = Customer(biller, number, "ANA ORTIZ", **fields)
        self.state.customers[customer.key] = customer
        if owner:
            self.state.set_link(Link(customer.key, owner, "owner"))
        return customer.key

    def login(self, key: str, email: str | None, status: LoginStatus = "active", **fields: Any) -> str:
        self.state.logins[key] = Login(key, 1, status, email=email, **fields)
        return key

    def run(
        self,
        kind: str,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        decide: Mapping[str, str | dict[str, Any]] | None = None,
        circumstances: Circumstances | None = None,
        **changes: Any,
    ) -> Verdict:
        """What the model says of rows whose columns are named after fields; the first is the account."""
        definition, file = self.written(kind, header, rows, decide)
        return check(self.state, definition | changes, file, circumstances or Circumstances(TODAY))

    def written(
        self,
        kind: str,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        decide: Mapping[str, str | dict[str, Any]] | None = None,
    ) -> tuple[dict[str, Any], CsvFile]:
        """Definition and file."""
        file = CsvFile(("Account", *header), tuple((line, tuple(cells)) for line, cells in enumerate(rows, start=2)))
        definition = _COMMON | {
            "kind": kind,
            "invoice_types": [] if kind == "registration" else ["WATER", "SEWER"],
            "columns": {name: name for name in header},
            "decide": {code: {"choice": one} if isinstance(one, str) else one for code, one in (decide or {}).items()},
        }
        return definition, file


def told(verdict: Verdict) -> list[tuple[str, set[str]]]:
    """Outcome and codes, row by row."""
    return [(result.outcome, set(result.codes)) for _, result in sorted(verdict.rows.items())]
