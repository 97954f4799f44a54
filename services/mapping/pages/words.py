"""Plain words for what the pages show."""

from typing import Any, Final

from shared.contracts.definition import FieldName, ImportKind, Transform

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
    FieldName.MAX_AMOUNT: "Highest amount",
    FieldName.ADDRESS1: "Address, line 1",
    FieldName.ADDRESS2: "Address, line 2",
    FieldName.ZIP: "ZIP code",
    FieldName.BILLER_NAME: "Name of the biller (guards against the wrong file)",
    FieldName.LEGACY_ID: "Id in the old system",
}
CHOICES: Final = {
    ("C201", "continue"): "Go on although few were found",
    ("C201", "stop"): "Stop: give this import up",
    ("C202", "skip"): "Leave these rows out",
    ("C202", "create"): "Create the missing customers",
    ("C203", "continue"): "Import the same file again",
    ("C203", "stop"): "Stop: give this import up",
    ("C223", "update_login"): "Change the login's email for all its accounts",
    ("C223", "delivery_email"): "Send only these bills to the new address; the login keeps its email",
    ("C223", "skip"): "Leave these rows out",
}
IMPACTS: Final = {
    "customers_to_create": "customers created",
    "logins_to_create": "logins created",
    "logins_to_change": "logins changed",
    "linked_accounts_reached": "linked accounts outside the file reached",
}
OUTCOMES: Final = {
    "applied": "will be applied",
    "no_change": "already so",
    "skipped": "left out",
    "held": "held back",
    "failed": "cannot be used",
}
LEVELS: Final = {
    "F": "Stops the file",
    "R": "Stops single rows",
    "C": "Needs or has a decision",
    "W": "Good to know",
    "S": "Left out on purpose",
}
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


def choice_word(code: str, choice: str) -> str:
    """The answer for people."""
    return CHOICES.get((code, choice), choice.replace("_", " ").capitalize())


WORDS: Final[dict[str, Any]] = {
    "kinds": KINDS,
    "kind_texts": KIND_TEXTS,
    "impacts": IMPACTS,
    "outcomes": OUTCOMES,
    "levels": LEVELS,
    "transforms": TRANSFORMS,
    "field_word": field_word,
    "transform_word": transform_word,
    "choice_word": choice_word,
}
