"""Publishing and consuming events, each with its effect exactly once: outbox, inbox, dead letters, sweeper."""

from shared.messaging.bus import MessageBus
from shared.messaging.dead_letters import DeadLetter, DeadLetters, Resent, keep_dead_letter
from shared.messaging.decision import REFUSED, UndecodableError
from shared.messaging.delivery import Delivery
from shared.messaging.kafka import ensure_topics
from shared.messaging.origin import as_published
from shared.messaging.outbox import publish
from shared.messaging.settled import remove_settled
from shared.messaging.subscription import AnySubscription, DeliverySubscription, Handler, Subscription

__all__ = [
    "REFUSED",
    "AnySubscription",
    "DeadLetter",
    "DeadLetters",
    "Delivery",
    "DeliverySubscription",
    "Handler",
    "MessageBus",
    "Resent",
    "Subscription",
    "UndecodableError",
    "as_published",
    "ensure_topics",
    "keep_dead_letter",
    "publish",
    "remove_settled",
]
