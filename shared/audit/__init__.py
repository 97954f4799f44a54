"""The audit trail: append-only, hash-chained, in a schema that no service can change (decision 25)."""

from shared.audit.acts import Act
from shared.audit.chain import START, Detail, Entry, Fault, Value, Verification, hash_of
from shared.audit.refusals import Refusals
from shared.audit.trail import SYSTEM, Wanted, coming_from, last_number, newest, oldest, record

__all__ = [
    "START",
    "SYSTEM",
    "Act",
    "Detail",
    "Entry",
    "Fault",
    "Refusals",
    "Value",
    "Verification",
    "Wanted",
    "coming_from",
    "hash_of",
    "last_number",
    "newest",
    "oldest",
    "record",
]
