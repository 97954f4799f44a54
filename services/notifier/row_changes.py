"""What an applied row changed in the CRM, in words. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.contracts.roles import Role

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


@dataclass(frozen=True, slots=True)
class RowChange:
    """One value that was changed; ``before`` is empty where there was none."""

    what: str
    before: str
    after: str


def described(changes: Sequence[Mapping[str, Any]]) -> list[RowChange]:
    """Every changed value of a row, as the executor recorded them: `[{table, id, before, after}]`."""
    return [one for change in changes for one in _values(change)]


def _values(change: Mapping[str, Any]) -> Iterator[RowChange]:
    what = _WHAT.get(change["table"], change["table"].replace("_", " "))
    before, after = change.get("before") or {}, change.get("after") or {}
    for key, word in _WORDS.items():
        old, new = _shown(key, before.get(key)), _shown(key, after.get(key))
        if old != new and (key in after or not after):
            yield RowChange(f"{what} {word}", old, new)


def _shown(key: str, value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case _ if key == "role" and value in set(Role):
            return Role(str(value)).words
        case _ if key == "kind":
            return _KINDS.get(str(value), str(value))
        case _ if key == "max_amount":
            return f"${float(str(value)):,.2f}"
        case _:
            return str(value).replace("_", " ") if key == "status" else str(value)
