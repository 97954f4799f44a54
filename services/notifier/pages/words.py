"""Plain words for what the pages show."""

from typing import Final

from services.notifier.domain import State, changes_of, explain
from shared.contracts import events, kinds
from shared.contracts.event import ImportEvent
from shared.contracts.fields import GoesTo, going_to
from shared.contracts.outcomes import Outcome

KINDS: Final = {kind: spec.label for kind, spec in kinds.KINDS.items()}
STATES: Final = {
    State.CHECKING: ("Checking", "info"),
    State.HELD: ("Needs a decision", "warn"),
    State.APPROVED: ("Queued", "info"),
    State.RUNNING: ("Running", "info"),
    State.WAITING: ("Waiting for an operator", "bad"),
    State.CANCELLING: ("Canceling", "warn"),
    State.REJECTED: ("File rejected", "bad"),
    State.COMPLETED: ("Completed", "good"),
    State.COMPLETED_WITH_ERRORS: ("Completed, some rows not imported", "warn"),
    State.FAILED: ("Failed", "bad"),
    State.CANCELLED: ("Canceled", ""),
}
OUTCOMES: Final = {outcome: outcome.words for outcome in Outcome}
EVENTS: Final = {event.__name__: event.history for event in events.EVENTS if issubclass(event, ImportEvent)}
FOR_LOG: Final = {field.value: field.spec.label for field in going_to(GoesTo.LOG)}
MAILS: Final = {"pending": ("On its way", "info"), "sent": ("Sent", "good"), "given_up": ("Not delivered", "bad")}

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
