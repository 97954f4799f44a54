"""The words that cells use: one home for the check, the suggestions and the documents."""

from shared.contracts.lexicon.mail import (
    LONGEST_REPEATED,
    MAIL_PROVIDERS,
    PLACEHOLDER_DOMAINS,
    PLACEHOLDER_LOCALS,
    PLACEHOLDER_NAMES,
    SHORTEST_MISSPELT,
)
from shared.contracts.lexicon.names import COMPANY_ENDINGS, COMPANY_FORMS, COMPANY_WORDS, SUFFIXES, TITLES
from shared.contracts.lexicon.places import STATES
from shared.contracts.lexicon.words import (
    ACCOUNT_TYPES,
    AUTOPAY_FLAGS,
    METHOD_KINDS,
    NO_OWN_TERMS,
    NOT_A_NUMBER,
    PAPERLESS_FLAGS,
    PRENOTE_TYPES,
    REVERSED_PAPERLESS_FLAGS,
    ROLES,
    AccountType,
    Flag,
    MethodKind,
    is_empty,
    word_key,
)

__all__ = [
    "ACCOUNT_TYPES",
    "AUTOPAY_FLAGS",
    "COMPANY_ENDINGS",
    "COMPANY_FORMS",
    "COMPANY_WORDS",
    "LONGEST_REPEATED",
    "MAIL_PROVIDERS",
    "METHOD_KINDS",
    "NOT_A_NUMBER",
    "NO_OWN_TERMS",
    "PAPERLESS_FLAGS",
    "PLACEHOLDER_DOMAINS",
    "PLACEHOLDER_LOCALS",
    "PLACEHOLDER_NAMES",
    "PRENOTE_TYPES",
    "REVERSED_PAPERLESS_FLAGS",
    "ROLES",
    "SHORTEST_MISSPELT",
    "STATES",
    "SUFFIXES",
    "TITLES",
    "AccountType",
    "Flag",
    "MethodKind",
    "is_empty",
    "word_key",
]
