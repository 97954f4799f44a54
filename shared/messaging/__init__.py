"""Saying and hearing things exactly once in effect: outbox, inbox, dead letters, sweeper."""

from shared.messaging.dead_letters import DeadLetter, DeadLetters, Resent, keep_dead_letter
from shared.messaging.decision import REFUSED, UndecodableError
from shared.messaging.delivery import Delivery
from shared.messaging.kafka import ensure_topics
from shared.messaging.messenger import Messenger
from shared.messaging.origin import as_said
from shared.messaging.outbox import say
from shared.messaging.subscription import AnySubscription, DeliverySubscription, Handler, Subscription

__all__ = [
    "REFUSED",
    "AnySubscription",
    "DeadLetter",
    "DeadLetters",
    "Delivery",
    "DeliverySubscription",
    "Handler",
    "Messenger",
    "Resent",
    "Subscription",
    "UndecodableError",
    "as_said",
    "ensure_topics",
    "keep_dead_letter",
    "say",
]
