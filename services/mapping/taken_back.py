"""What an undo changes, before and after, in the words of the plan page. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from services.mapping.planned import Change
from shared.contracts.roles import LOGIN_STATES, Role

Values = Mapping[str, Any]
_REMOVED: Final = "removed"


def changes_of(changes: Sequence[Values]) -> list[Change]:
    """The changes of one row: ``now`` is what the import left, ``then`` what was there before."""
    return [change for one in changes for change in _change(one)]


def _change(one: Values) -> Iterator[Change]:
    if known := _KINDS.get(one["table"]):
        what, told = known
        now, then = one["now"], one["then"]
        if what == "login" and now and then and "status" not in then:
            what = "login_email"
        before = told(now) if now else ""
        yield Change(what, before, told(then) if then else _REMOVED, one["type"])


def _account(values: Values) -> str:
    return str(values.get("account_number") or "")


def _login(values: Values) -> str:
    status = values.get("status")
    return (
        ", ".join(str(part) for part in (values.get("email"), LOGIN_STATES.get(str(status), status)) if part)
        or "no email"
    )


def _link(values: Values) -> str:
    return f"linked as {Role(values['role']).words}"


def _method(values: Values) -> str:
    last4 = values.get("last4") or values.get("account_last4") or values.get("card_last4")
    name = {"ach": "bank account", "card": "card"}.get(str(values.get("kind")), "")
    shown = f"{name} ••••{last4}" if last4 else name
    return ", ".join(part for part in (shown, str(values.get("status") or "")) if part)


def _enrollment(values: Values) -> str:
    email = values.get("delivery_email")
    return ", ".join(str(part) for part in (values.get("status"), f"to {email}" if email else None) if part)


_KINDS: Final[Mapping[str, tuple[str, Callable[[Values], str]]]] = {
    "customer": ("customer", _account),
    "login": ("login", _login),
    "customer_login_link": ("login", _link),
    "payment_method": ("payment_method", _method),
    "autopay_enrollment": ("enrolment", _enrollment),
    "paperless_enrollment": ("enrolment", _enrollment),
}
