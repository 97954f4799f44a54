"""Statements and templates that name a kind, and what each of them does for every kind."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.kinds import ImportKind

_AUTOPAY, _PAPERLESS, _REGISTRATION = ImportKind.AUTOPAY, ImportKind.PAPERLESS, ImportKind.REGISTRATION
_BY_PERMISSION: Final = {
    _AUTOPAY: "seen with the permission for all",
    _PAPERLESS: "seen with that for paperless, too",
    _REGISTRATION: "seen with the permission for all",
}

PLACES: Final[Mapping[str, Mapping[ImportKind, str]]] = {
    "services/executor/repository/compare.py _LOGINS": {
        _AUTOPAY: "the login's status alone: its email is not changed",
        _PAPERLESS: "status, email and the details of the email",
        _REGISTRATION: "status, email and what the row writes of the person",
    },
    "services/executor/repository/compare.py _TAKEN_EMAILS": {
        _AUTOPAY: "not run: no login is invited",
        _PAPERLESS: "not run: no login is invited",
        _REGISTRATION: "logins that registrations invited",
    },
    "services/executor/repository/notices.py _QUEUE": {
        _AUTOPAY: "autopay_moved",
        _PAPERLESS: "paperless_started",
        _REGISTRATION: "activation and account_added, by what became of the login",
    },
    "services/executor/repository/whole.py _CHANGED": {
        _AUTOPAY: "invoice types allow autopay; the effective date is not past",
        _PAPERLESS: "invoice types allow paperless",
        _REGISTRATION: "has no invoice types",
    },
    "services/notifier/repository/customers.py _ROWS": _BY_PERMISSION,
    "services/notifier/repository/queue.py _BEHIND": _BY_PERMISSION,
    "services/notifier/repository/status.py _LIST": _BY_PERMISSION,
    "shared/approvals.py _MAY": _BY_PERMISSION,
    "services/validation/repository/crm.py _LOOKUP": {
        _AUTOPAY: "no email is compared; closed accounts are R111",
        _PAPERLESS: "the mailbox is seen, and registrations not yet activated (C231); closed accounts are R111",
        _REGISTRATION: "the person is seen; closed accounts are C235",
    },
    "services/validation/repository/plan.py _SPREAD_EMAIL": {
        _AUTOPAY: "emails are not compared",
        _PAPERLESS: "several accounts with one email are noticed (W345)",
        _REGISTRATION: "emails make one login",
    },
    "services/validation/repository/plan.py _APPLIED": {
        _AUTOPAY: "keeps enrollments seen and the fingerprint",
        _PAPERLESS: "keeps enrollments seen",
        _REGISTRATION: "keeps the phone of customers that are there; has no enrollments",
    },
    "services/validation/repository/plan.py _SEEN": {
        _AUTOPAY: "terms of the enrollments",
        _PAPERLESS: "terms of the enrollments",
        _REGISTRATION: "has no enrollments",
    },
    "services/validation/migrations/0021_seen_by_kind.sql": {
        _AUTOPAY: "realm and case of account numbers",
        _PAPERLESS: "and whether paperless needs confirmation",
        _REGISTRATION: "and whether accounts are linked",
    },
    "services/mapping/pages/templates/settings.html": {
        _AUTOPAY: "date and defaults of payment methods, then the statement",
        _PAPERLESS: "the statement",
        _REGISTRATION: "has no such page",
    },
    "services/mapping/pages/templates/columns.html": {
        _AUTOPAY: "either of two groups of columns is needed",
        _PAPERLESS: "what a yes means",
        _REGISTRATION: "the email is needed",
    },
}
