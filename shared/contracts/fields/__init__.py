"""The fields of a file: what they are called, which kinds have them, where their values go."""

from shared.contracts.fields.columns import (
    REQUIRED,
    fields_of,
    going_to,
    has_required,
    holding,
    only_required,
    required_words,
    takes_bank_accounts,
)
from shared.contracts.fields.names import FIELDS, FieldName
from shared.contracts.fields.spec import FieldSpec, GoesTo, Holds, Privacy

__all__ = [
    "FIELDS",
    "REQUIRED",
    "FieldName",
    "FieldSpec",
    "GoesTo",
    "Holds",
    "Privacy",
    "fields_of",
    "going_to",
    "has_required",
    "holding",
    "only_required",
    "required_words",
    "takes_bank_accounts",
]
