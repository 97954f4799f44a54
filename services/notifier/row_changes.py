"""What an applied row changed in the CRM, in words. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from shared.contracts.roles import LOGIN_STATES, Role

_WHAT: Final = {
    "customer": "Customer",
    "login": "Login",
    "customer_login_link": "Account access",
    "payment_method": "Payment method",
    "autopay_enrollment": "Autopay",
    "paperless_enrollment": "Paperless",
}
# Only what has a word here is shown: ids and what the CRM needs for itself say nothing to a person.
_WORDS: Final = {
    "account_number": "account number",
    "status": "status",
    "email": "email",
    "email_cc": "copy to",
    "login_name": "user name",
    "first_name": "first name",
    "last_name": "last name",
    "phone": "phone",
    "role": "role",
    "kind": "kind",
    "last4": "ending in",
    "is_default": "default",
    "delivery_email": "email",
    "effective_from": "start",
    "ends_on": "end",
    "max_amount": "maximum",
}
_KINDS: Final = {"ach": "bank account", "card": "card"}
_ENROLLMENT_STATES: Final = {"active": "enrolled", "pending": "waiting for confirmation"}
_STATES: Final[Mapping[str, Mapping[str, str]]] = {
    "login": LOGIN_STATES,
    "autopay_enrollment": _ENROLLMENT_STATES,
    "paperless_enrollment": _ENROLLMENT_STATES,
}


@dataclass(frozen=True, slots=True)
class RowChange:
    """One value that was changed; ``before`` is empty where there was none."""

    what: str
    before: str
    after: str


def described(changes: Sequence[Mapping[str, Any]], types: Mapping[int, str] = MappingProxyType({})) -> list[RowChange]:
    """Every changed value of a row, as the executor recorded them: `[{table, id, before, after}]`.

    ``types`` are what people call the invoice types, by ID.
    """
    return [one for change in changes for one in _values(change, types)]


def types_in(changes: Sequence[Mapping[str, Any]]) -> set[int]:
    return {found for change in changes if (found := _type_of(change)) is not None}


def _type_of(change: Mapping[str, Any]) -> int | None:
    found: int | None = ((change.get("before") or {}) | (change.get("after") or {})).get("invoice_type_id")
    return found


def _values(change: Mapping[str, Any], types: Mapping[int, str]) -> Iterator[RowChange]:
    table = change["table"]
    what = _WHAT.get(table, table.replace("_", " "))
    before, after = change.get("before") or {}, change.get("after") or {}
    named = types.get(_type_of(change) or 0)
    beside = f" ({named})" if named else ""
    for key, word in _WORDS.items():
        old, new = _shown(table, key, before.get(key)), _shown(table, key, after.get(key))
        if old != new and (key in after or not after):
            yield RowChange(f"{what} {word}{beside}", old, new)


def _shown(table: str, key: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if key == "status":
        return _STATES.get(table, {}).get(text, text.replace("_", " "))
    return _WRITTEN[key](text) if key in _WRITTEN else text


def _role(text: str) -> str:
    return Role(text).words if text in set(Role) else text


def _day(written: str) -> str:
    day = date.fromisoformat(written)
    return f"{day:%b} {day.day}, {day:%Y}"


_WRITTEN: Final[Mapping[str, Callable[[str], str]]] = {
    "role": _role,
    "kind": lambda text: _KINDS.get(text, text),
    "max_amount": lambda text: f"${float(text):,.2f}",
    "effective_from": _day,
    "ends_on": _day,
}
