"""Plain words for what the pages show."""

from typing import Final

from services.notifier.domain import State, changes_of, explain
from shared.contracts import events, kinds
from shared.contracts.codes import counted, counts_rows
from shared.contracts.dead_letters import reason_words
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
PLANNED: Final = {outcome.value: outcome.planned_words for outcome in Outcome}
EVENTS: Final = {event.__name__: event.history for event in events.EVENTS if issubclass(event, ImportEvent)}
FOR_LOG: Final = {field.value: field.spec.label for field in going_to(GoesTo.LOG)}
MAILS: Final = {"pending": ("On its way", "info"), "sent": ("Sent", "good"), "given_up": ("Not delivered", "bad")}

_SAME: Final = 0.005  # what rounds to 0%
_TIMES: Final = 3  # from here on a share of more than all is hard to read


def trend(now: int, before: int | None) -> str:
    """How a number of rows compares with the one before; empty where there is nothing to compare."""
    if not before:
        return ""
    change = (now - before) / before
    if abs(change) < _SAME:
        return "as many rows as the last one"
    if now >= _TIMES * before:
        return f"{now / before:,.0f} times as many rows as the last one"
    return f"{abs(change):.0%} {'more' if change > 0 else 'fewer'} rows than the last one"


WORDS: Final[dict[str, object]] = {
    "counted": counted,
    "counts_rows": counts_rows,
    "letter_reason": reason_words,
    "kinds": KINDS,
    "states": STATES,
    "outcomes": OUTCOMES,
    "planned_words": PLANNED,
    "events": EVENTS,
    "mail_states": MAILS,
    "for_log": FOR_LOG,
    "explain": explain,
    "changes_of": changes_of,
    "trend": trend,
}
