"""Why a message was set aside, and what to do, in the words that each reason has on every surface."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Reason(NamedTuple):
    """A reason in plain words."""

    words: str
    remedy: str


REASONS: Final[Mapping[str, Reason]] = {
    "undecodable": Reason(
        "The message is not what its topic is for, so nothing was done",
        "If another program sent it, have it corrected and sent again, then discard this one. "
        "If a newer release sent it, update this service, then handle it again",
    ),
    "failing": Reason(
        "The service failed each time it tried to handle the message",
        "An import may be waiting for it. The service's log names the cause; fix it, then handle the message again",
    ),
    "unsendable": Reason(
        "Kafka does not take the message, so the other services have not heard of it",
        "Check the topic's size limit and the service's permission to write to it, then handle the message again",
    ),
    "unopenable": Reason(
        "The record could not be read at all, so nothing of it was kept",
        "Find out who writes to the topic and have the message sent again, then discard this one",
    ),
    "refused": Reason(
        "A request that was refused; whoever sent it was told why",
        "The codes say what to correct. Nothing is left to do here once a corrected request was sent; discard this one",
    ),
    "not_kept": Reason(
        "So many messages of this topic were set aside that these were only counted",
        "Stop whoever sends them, and handle or discard the other messages of the topic; then discard this one",
    ),
}


def reason_words(reason: str) -> Reason:
    # A reason of a newer release is shown by its name.
    return REASONS.get(reason) or Reason(reason.replace("_", " ").capitalize(), "")
