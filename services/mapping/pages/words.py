"""Plain words for what the pages show."""

from typing import Any, Final

from shared.contracts.codes import Level, choice_words, code_title
from shared.contracts.definition import Transform
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind
from shared.contracts.outcomes import Outcome

KINDS: Final = {
    ImportKind.AUTOPAY: "Autopay",
    ImportKind.PAPERLESS: "Paperless",
    ImportKind.REGISTRATION: "Customer Registration",
}
KIND_TEXTS: Final = {
    ImportKind.AUTOPAY: "Adds a payment method to the owner login and enrols its accounts in autopay.",
    ImportKind.PAPERLESS: "Sets the email of the owner login and enrols its accounts in paperless billing.",
    ImportKind.REGISTRATION: "Makes owner logins, to be activated by the customers.",
}
FIELDS: Final = {
    FieldName.ROUTING_NUMBER: "Routing number",
    FieldName.BANK_ACCOUNT_NUMBER: "Bank account number",
    FieldName.BANK_ACCOUNT_TYPE: "Bank account type (checking, savings)",
    FieldName.ACCOUNT_HOLDER_NAME: "Name on the bank account or card",
    FieldName.METHOD_KIND: "Bank account or card",
    FieldName.CARD_TOKEN: "Card token",
    FieldName.TOKEN_VAULT: "Vault of the token",
    FieldName.CARD_EXPIRY: "Card expiry",
    FieldName.CARD_EXPIRY_MONTH: "Card expiry: month",
    FieldName.CARD_EXPIRY_YEAR: "Card expiry: year",
    FieldName.CARD_LAST4: "Card: last four digits",
    FieldName.EMAIL: "Email",
    FieldName.EMAIL_CC: "Second email (copy)",
    FieldName.LOGIN_NAME: "User name",
    FieldName.AUTOPAY_FLAG: "Autopay on or off",
    FieldName.PAPERLESS_FLAG: "Paperless or paper",
    FieldName.END_DATE: "Autopay ends on",
    FieldName.START_DATE: "Autopay starts on",
    FieldName.PAY_DAY: "Day of the month of the customer's own",
    FieldName.FIXED_AMOUNT: "Fixed amount",
    FieldName.MAX_AMOUNT: "Highest amount",
    FieldName.SEC_CODE: "SEC code of the authorization",
    FieldName.NAMES_PARTY: "Whom the authorization names (biller, processor)",
    FieldName.PRIOR_LAST_DEBIT_DATE: "Last debit by the former processor",
    FieldName.CONSENT_TEXT_VERSION: "Version of the terms agreed to",
    FieldName.CONSENT_IP: "IP address of the consent",
    FieldName.ROLE: "Role (owner, oversight, guest)",
    FieldName.ADDRESS1: "Address, line 1",
    FieldName.ADDRESS2: "Address, line 2",
    FieldName.ZIP: "ZIP code",
    FieldName.BILLER_NAME: "Name of the biller (guards against the wrong file)",
    FieldName.LEGACY_ID: "Id in the old system (for the log)",
    FieldName.REGISTERED_AT: "Registered on (for the log)",
    FieldName.LAST_LOGIN_AT: "Last signed in on (for the log)",
}
# Numbers of the impact, in this order; those that a check does not give are left out.
IMPACTS: Final = {
    "customers_touched": "customers touched",
    "customers_to_create": "customers created",
    "logins_to_create": "logins created",
    "logins_to_change": "logins changed",
    "linked_accounts_reached": "linked accounts outside the file reached",
}
# What needs a second person, by the names in the detail of C207.
SECOND_PERSON: Final = {
    "customers": "customers would be created",
    "payment_methods": "rows add or change payment methods",
    "owners": "account owners would be replaced",
}
CHANGES: Final = {
    "customer": "Customer",
    "login": "Login",
    "login_email": "Email of the login",
    "delivery_email": "These bills go to",
    "payment_method": "Payment method",
    "enrolment": "Enrolment",
}
SAMPLES: Final = {
    "login_email": "Emails of logins that change",
    "delivery_email": "Bills that go to an address of their own",
    "login": "Logins made, claimed or linked",
    "payment_method": "Payment methods added",
    "enrolment": "Enrolments",
    "customer": "Customers created",
}
OUTCOMES: Final = {outcome.value: outcome.planned_words for outcome in Outcome}
LEVELS: Final = {level.value: level.words for level in Level}
_SIMPLE: Final = {
    "trim": "trim blanks",
    "upper": "upper case",
    "digits_only": "digits only",
    "strip_leading_zeros": "no leading zeros",
}
_WITH_VALUES: Final = {
    "pad_left": "zeros to {length}",
    "take_first": "first {count}",
    "take_last": "last {count}",
    "drop_last": "without last {count}",
    "remove": "without {characters}",
    "replace": "{old} → {new}",
}
TRANSFORMS: Final = {
    **_SIMPLE,
    "pad_left": "pad with zeros to length …",
    "take_first": "take the first …",
    "take_last": "take the last …",
    "drop_last": "drop the last …",
    "remove": "remove the characters …",
    "replace": "replace … by …",
}


def field_word(field: FieldName | str) -> str:
    """The field for people."""
    named = FieldName(field)
    return FIELDS.get(named) or named.value.replace("_", " ").capitalize()


def transform_word(transform: Transform) -> str:
    """The change for people."""
    given = transform.model_dump()
    do = given.pop("do")
    if do in _SIMPLE:
        return _SIMPLE[do]
    shown = given | {"new": given.get("new") or "nothing"}
    return _WITH_VALUES[do].format(**shown)


WORDS: Final[dict[str, Any]] = {
    "kinds": KINDS,
    "kind_texts": KIND_TEXTS,
    "impacts": IMPACTS,
    "second_person": SECOND_PERSON,
    "change_words": CHANGES,
    "sample_words": SAMPLES,
    "code_title": code_title,
    "outcomes": OUTCOMES,
    "levels": LEVELS,
    "transforms": TRANSFORMS,
    "field_word": field_word,
    "transform_word": transform_word,
    "choice_word": choice_words,
}
