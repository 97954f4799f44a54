"""Plain words for what the pages show."""

from typing import Final

from services.notifier.domain import State, changes_of, explain
from services.notifier.usecases.history import trend
from shared.contracts import events, kinds
from shared.contracts.event import ImportEvent
from shared.contracts.fields import GoesTo, going_to
from shared.contracts.outcomes import Outcome
from shared.contracts.states import state_words

KINDS: Final = {kind: spec.label for kind, spec in kinds.KINDS.items()}
_TONES: Final = {
    State.CHECKING: "info",
    State.HELD: "warn",
    State.APPROVED: "info",
    State.RUNNING: "info",
    State.WAITING: "bad",
    State.IN_REVIEW: "warn",
    State.CANCELLING: "warn",
    State.REJECTED: "bad",
    State.COMPLETED: "good",
    State.COMPLETED_WITH_ERRORS: "warn",
    State.FAILED: "bad",
    State.CANCELLED: "",
}
STATES: Final = {state: (state_words(state), tone) for state, tone in _TONES.items()}
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
    "trend": trend,
}
