"""Names for codes and choices that code treats specially. SQL has them literally, all others only the registry."""

from typing import Final

FEW_FOUND: Final = "C201"
NOT_FOUND: Final = "C202"
MANY_BLOCKED: Final = "C205"
SECOND_PERSON: Final = "C207"  # decided by nobody: to confirm is to ask for the second person
LOST_ZEROS: Final = "C211"
SHORTENED: Final = "C219"
OTHER_ACCOUNTS: Final = "C223"
OTHER_OWNER: Final = "C232"
NO_CONSENT: Final = "C241"
UNKNOWN_WORDS: Final = "C242"
STOP_WORDS: Final = "C243"
DAY_OR_MONTH: Final = "C244"
OTHER_MEANING: Final = "C247"

ELSEWHERE_IN_THE_FILE: Final = "R135"
LEFT_OUT: Final = "S404"

CONTINUE: Final = "continue"
CREATE: Final = "create"
REPLACE_OWNER: Final = "replace_owner"
SKIP: Final = "skip"
STOP: Final = "stop"

NAMED_CODES: Final = {
    "few_found": FEW_FOUND,
    "not_found": NOT_FOUND,
    "many_blocked": MANY_BLOCKED,
    "second_person": SECOND_PERSON,
    "lost_zeros": LOST_ZEROS,
    "other_accounts": OTHER_ACCOUNTS,
    "unknown_words": UNKNOWN_WORDS,
    "stop_words": STOP_WORDS,
    "left_out": LEFT_OUT,
}
"""For templates, which cannot import."""

NOT_AS_PLANNED: Final = ("R198", "R199", "S405")
"""Codes of rows that ended otherwise than the plan said: each has one of them, and no other row has any."""

DISAGREEING: Final = frozenset({"R105", "R131", "R132", "R133", "R134"})
"""Codes of a row about the other rows of its account."""

UNREADABLE: Final = frozenset(
    {"R121", "R122", "R123", "R124", "R125", "R126", "R128", "R129", "R142", "R143", "R145", "R146"}
)
"""Codes of rows that say something which nobody can read; blank cells, which say nothing, have others."""
