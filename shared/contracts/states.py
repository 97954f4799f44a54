"""The states of an import in the words that each has on every surface."""

from typing import Final

STATES: Final = {
    "checking": "Checking",
    "rejected": "File rejected",
    "held": "Needs a decision",
    "confirmed": "Checking",
    "approved": "Queued",
    "running": "Running",
    "waiting": "Waiting for an operator",
    "in_review": "Paused for review",
    "cancelling": "Canceling",
    "completed": "Completed",
    "completed_with_errors": "Completed, some rows not imported",
    "failed": "Failed",
    "cancelled": "Canceled",
}


def state_words(state: str) -> str:
    """The words for people; a state of a newer release is shown by its name."""
    return STATES.get(state) or state.replace("_", " ").capitalize()
