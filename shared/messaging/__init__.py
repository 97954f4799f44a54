"""Publishing and consuming events, each with its effect exactly once: outbox, inbox, dead letters, sweeper."""

from shared.messaging.access import ensure_access, user_of
from shared.messaging.bus import MessageBus
from shared.messaging.dead_letters import DeadLetter, DeadLetters, Resent, keep_dead_letter
from shared.messaging.decision import REFUSED, UndecodableError
from shared.messaging.delivery import Delivery
from shared.messaging.lag import BrokerState, Lag, LagReader
from shared.messaging.origin import as_published
from shared.messaging.outbox import publish
from shared.messaging.settled import remove_settled
from shared.messaging.subscription import AnySubscription, DeliverySubscription, Handler, Subscription
from shared.messaging.topics import TOPICS, Difference, ensure_topics, settings_of, topic_differences
from shared.messaging.traces import import_span

__all__ = [
    "REFUSED",
    "TOPICS",
    "AnySubscription",
    "BrokerState",
    "DeadLetter",
    "DeadLetters",
    "Delivery",
    "DeliverySubscription",
    "Difference",
    "Handler",
    "Lag",
    "LagReader",
    "MessageBus",
    "Resent",
    "Subscription",
    "UndecodableError",
    "as_published",
    "ensure_access",
    "ensure_topics",
    "import_span",
    "keep_dead_letter",
    "publish",
    "remove_settled",
    "settings_of",
    "topic_differences",
    "user_of",
]
