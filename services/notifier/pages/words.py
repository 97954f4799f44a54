"""Plain words for what the pages show."""

from typing import Final

from services.notifier.domain import State, changes_of, explain
from shared.contracts import kinds
from shared.contracts.fields import GoesTo, going_to
from shared.contracts.outcomes import Outcome

KINDS: Final = {kind: spec.label for kind, spec in kinds.KINDS.items()}
STATES: Final = {
    State.CHECKING: ("Checking", "info"),
    State.HELD: ("Needs a decision", "warn"),
    State.APPROVED: ("Starts soon", "info"),
    State.RUNNING: ("Running", "info"),
    State.WAITING: ("Waits for an operator", "bad"),
    State.CANCELLING: ("Cancelling", "warn"),
    State.REJECTED: ("Refused", "bad"),
    State.COMPLETED: ("Completed", "good"),
    State.COMPLETED_WITH_ERRORS: ("Completed with errors", "warn"),
    State.FAILED: ("Failed", "bad"),
    State.CANCELLED: ("Cancelled", ""),
}
OUTCOMES: Final = {outcome: outcome.words for outcome in Outcome}
EVENTS: Final = {
    "ImportDefined": "Asked for",
    "CheckProgressed": "Check went on",
    "ImportRejected": "File refused",
    "ImportHeld": "Checked, held for a person",
    "ImportConfirmed": "Confirmed by a person",
    "ImportApproved": "Approved: the plan may be applied",
    "ChunkApplied": "Part applied",
    "ImportCancelled": "Cancelled by a person",
    "ImportWaiting": "Waits for an operator",
    "ImportResumed": "Resumed by an operator",
    "ImportFinished": "Ended",
}
FOR_LOG: Final = {field.value: field.spec.label for field in going_to(GoesTo.LOG)}
MAILS: Final = {"pending": ("On its way", "info"), "sent": ("Sent", "good"), "given_up": ("Given up", "bad")}

WORDS: Final[dict[str, object]] = {
    "kinds": KINDS,
    "states": STATES,
    "outcomes": OUTCOMES,
    "events": EVENTS,
    "mail_states": MAILS,
    "for_log": FOR_LOG,
    "explain": explain,
    "changes_of": changes_of,
}
