"""What customers are told by email of what an import changed: texts with fields, and what fills them. Pure."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.notifier.domain import mask_emails
from shared.contracts.kinds import ImportKind

LONGEST_SUBJECT: Final = 150
LONGEST_BODY: Final = 5000
_MOST_ACCOUNTS: Final = 10

# Every character belongs to one part alone, so that no text makes the search long.
_FIELD: Final = re.compile(r"\{\{([^{}]*)\}\}")
_BRACES: Final = re.compile(r"[{}]")


class MergeField(StrEnum):
    """What a text can name; the list is closed."""

    BILLER_NAME = "biller_name"
    CUSTOMER_NAME = "customer_name"
    ACCOUNT_NUMBERS = "account_numbers"
    EMAIL = "email"
    USER_NAME = "user_name"
    PAYMENT_METHOD = "payment_method"
    BILL_TYPES = "bill_types"
    FORMER_EMAIL = "former_email"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS: Final = {
    MergeField.BILLER_NAME: "name of the biller",
    MergeField.CUSTOMER_NAME: "name of the customer, or the word customer if there is none",
    MergeField.ACCOUNT_NUMBERS: "account numbers that the import changed for this login",
    MergeField.EMAIL: "email address of the login",
    MergeField.USER_NAME: "user name of the login",
    MergeField.PAYMENT_METHOD: "payment method with its last four digits",
    MergeField.BILL_TYPES: "types of bills that are enrolled",
    MergeField.FORMER_EMAIL: "email address before the import",
}
_ALWAYS: Final = (
    MergeField.BILLER_NAME,
    MergeField.CUSTOMER_NAME,
    MergeField.ACCOUNT_NUMBERS,
    MergeField.EMAIL,
)


@dataclass(frozen=True, slots=True)
class Text:
    """A subject of one line and a body in plain text, with fields such as ``{{ biller_name }}``."""

    subject: str
    body: str


class About(StrEnum):
    """What an email is about; the names are those that executors queue."""

    AUTOPAY_MOVED = "autopay_moved"
    PAPERLESS_STARTED = "paperless_started"
    ACTIVATION = "activation"
    ACCOUNT_ADDED = "account_added"
    EMAIL_CHANGED = "email_changed"

    @property
    def spec(self) -> "Spec":
        return _SPECS[self]


@dataclass(frozen=True, slots=True)
class Spec:
    """An email in the words of the page, the kind of import that causes it, what its text can name, and the default."""

    title: str
    hint: str
    kind: ImportKind
    more_fields: tuple[MergeField, ...]
    default: Text

    @property
    def fields(self) -> tuple[MergeField, ...]:
        return (*_ALWAYS, *self.more_fields)


_SPECS: Final[Mapping[About, Spec]] = {
    About.AUTOPAY_MOVED: Spec(
        "Autopay",
        "To each login whose autopay an import sets up",
        ImportKind.AUTOPAY,
        (MergeField.PAYMENT_METHOD, MergeField.BILL_TYPES),
        Text(
            "Your automatic payments to {{ biller_name }}",
            "Hello {{ customer_name }},\n\n"
            "Your automatic payments to {{ biller_name }} are set up with your {{ payment_method }}.\n\n"
            "Account: {{ account_numbers }}\nBills: {{ bill_types }}\n\n"
            "You don't have to do anything. If you did not agree to automatic payments, contact {{ biller_name }}.\n",
        ),
    ),
    About.PAPERLESS_STARTED: Spec(
        "Paperless",
        "To each login whose bills are to come by email",
        ImportKind.PAPERLESS,
        (MergeField.BILL_TYPES,),
        Text(
            "Paperless bills from {{ biller_name }}",
            "Hello {{ customer_name }},\n\n"
            # True of enrollments that wait for the customer's confirmation, too.
            "Your account with {{ biller_name }} is set up for bills by email instead of on paper. If you are asked to "
            "confirm this first, your bills come on paper until you do.\n\n"
            "Account: {{ account_numbers }}\nBills: {{ bill_types }}\n\n"
            "If you did not sign up for paperless bills, contact {{ biller_name }} to get paper bills again.\n",
        ),
    ),
    About.ACTIVATION: Spec(
        "Registration: new login",
        "To each login that an import creates or claims",
        ImportKind.REGISTRATION,
        (MergeField.USER_NAME,),
        Text(
            "Activate your login for {{ biller_name }}",
            "Hello {{ customer_name }},\n\n"
            "A login was created for your account with {{ biller_name }}.\n\n"
            "Account: {{ account_numbers }}\nUser name: {{ user_name }}\n\n"
            "Go to the website of {{ biller_name }} and choose a password to activate it. "
            "If you did not expect this email, contact {{ biller_name }}.\n",
        ),
    ),
    About.ACCOUNT_ADDED: Spec(
        "Registration: account added",
        "To each login that gets another account, or a higher role for one",
        ImportKind.REGISTRATION,
        (MergeField.USER_NAME,),
        Text(
            "An account was added to your login for {{ biller_name }}",
            "Hello {{ customer_name }},\n\n"
            "Your login {{ user_name }} for {{ biller_name }} was given access to this account: "
            "{{ account_numbers }}.\n\n"
            "If you did not expect this email, contact {{ biller_name }}.\n",
        ),
    ),
    About.EMAIL_CHANGED: Spec(
        "Email address changed",
        "To the address before and to the new one; both are masked in it",
        ImportKind.PAPERLESS,
        (MergeField.FORMER_EMAIL,),
        Text(
            "Your email address for {{ biller_name }} was changed",
            "Hello {{ customer_name }},\n\n"
            "The email address of your login for {{ biller_name }} was changed from {{ former_email }} "
            "to {{ email }}.\n\n"
            "If you did not ask for this, contact {{ biller_name }}.\n",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What an email to one login about one import can say."""

    biller_id: int
    biller_name: str
    email: str | None = None
    user_name: str | None = None
    customer_name: str | None = None
    account_numbers: Sequence[str] = ()
    bill_types: Sequence[str] = ()
    method_kind: str | None = None
    account_type: str | None = None
    card_brand: str | None = None
    last4: str | None = None
    former_email: str | None = None


def example(biller_id: int, biller_name: str) -> Facts:
    """What a preview shows where no import of the biller has a row to show."""
    return Facts(
        biller_id,
        biller_name,
        email="ann@example.com",
        user_name="ann",
        customer_name="Ann Lee",
        account_numbers=("0010-2231",),
        bill_types=("Water",),
        method_kind="ach",
        account_type="checking",
        last4="6789",
        former_email="ann.lee@example.org",
    )


def is_broken(text: str) -> bool:
    return _BRACES.search(_FIELD.sub("", text)) is not None


def unknown_fields(about: About, text: str) -> list[str]:
    known = set(about.spec.fields)
    return [name for name in (found.strip() for found in _FIELD.findall(text)) if name not in known]


def values_of(about: About, facts: Facts, *, masked: bool = False) -> Mapping[MergeField, str]:
    """A value for each field of the email, each of one line. ``masked``: as people other than the customer may see it.

    One that tells of a changed address goes to both addresses: neither gets to know the other.
    """
    shown = _masked if masked or about is About.EMAIL_CHANGED else str
    everything = {
        MergeField.BILLER_NAME: facts.biller_name,
        MergeField.CUSTOMER_NAME: facts.customer_name or "customer",
        MergeField.ACCOUNT_NUMBERS: _listed(facts.account_numbers),
        MergeField.EMAIL: shown(facts.email or ""),
        MergeField.USER_NAME: _shown_name(facts.user_name or "", shown),
        MergeField.PAYMENT_METHOD: _method(facts),
        MergeField.BILL_TYPES: ", ".join(facts.bill_types),
        MergeField.FORMER_EMAIL: shown(facts.former_email or ""),
    }
    return {name: " ".join(everything[name].split()) for name in about.spec.fields}


def render(text: Text, values: Mapping[MergeField, str]) -> Text:
    """The text with its fields filled in; what a value contains is never taken for a field."""
    filled = {name.value: value for name, value in values.items()}

    def fill(found: re.Match[str]) -> str:
        return filled.get(found[1].strip(), "")

    return Text(" ".join(_FIELD.sub(fill, text.subject).split()), _FIELD.sub(fill, text.body))


def together(texts: Iterable[Text]) -> Text:
    first, *more = texts
    return Text(first.subject, "\n\n".join(one.body.strip() for one in (first, *more)) + "\n")


@dataclass(frozen=True, slots=True)
class Email:
    """An email to one address; the biller is who writes."""

    address: str
    sender: str
    text: Text


def email_to(receiver: str, about: Collection[About], facts: Facts, own: Mapping[About, Text]) -> Email | None:
    """One email of everything that the import has to tell the login; None: nothing, or there is no address.

    ``receiver`` is ``login``, or ``former`` for the address that the login had: that one is told of the change alone.
    """
    is_former = receiver == "former"
    address = facts.former_email if is_former else facts.email
    told = [one for one in About if one in about and (one is About.EMAIL_CHANGED or not is_former)]
    if facts.former_email is None:
        told = [one for one in told if one is not About.EMAIL_CHANGED]
    if not address or not told:
        return None
    texts = (render(own.get(one, one.spec.default), values_of(one, facts)) for one in told)
    return Email(address, " ".join(facts.biller_name.split()), together(texts))


def _masked(address: str) -> str:
    return mask_emails(address)


def _shown_name(name: str, shown: Callable[[str], str]) -> str:
    return shown(name) if "@" in name else name


def _listed(accounts: Sequence[str]) -> str:
    more = len(accounts) - _MOST_ACCOUNTS
    return ", ".join(accounts[:_MOST_ACCOUNTS]) + (f" and {more:,} more" if more > 0 else "")


def _method(facts: Facts) -> str:
    if facts.method_kind is None:
        return "payment method"
    if facts.method_kind == "ach":
        name = f"{facts.account_type} account" if facts.account_type else "bank account"
    else:
        name = facts.card_brand or "card"
    return f"{name} ending in {facts.last4}" if facts.last4 else name
