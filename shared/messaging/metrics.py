"""What the messaging of a service counts."""

from typing import Final

from prometheus_client import Counter, Gauge

MESSAGES: Final = Counter("import_messages", "Messages taken from a topic by what they did", ("topic", "effect"))
RETRIES: Final = Counter("import_messages_tried_again", "Tries that did not succeed", ("topic",))
DEAD_LETTERS: Final = Counter(
    "import_dead_letters", "Messages set aside, coming in or (unsendable) going out", ("topic", "reason")
)
DEAD_LETTERS_NOT_KEPT: Final = Counter(
    "import_dead_letters_not_kept", "Messages set aside of which nothing was kept, for too many were open", ("topic",)
)
PUBLISHED: Final = Counter("import_messages_published", "Messages the broker confirmed", ("topic",))
SENT_AGAIN: Final = Counter("import_messages_sent_again", "Messages nobody had recorded in time")
LAG: Final = Gauge("import_consumer_lag", "Messages of the partitions in hand that are not read yet", ("topic",))
UNPUBLISHED: Final = Gauge("import_outbox_unpublished", "Messages waiting to be published", ("service", "topic"))
OLDEST_UNPUBLISHED: Final = Gauge(
    "import_outbox_oldest_seconds", "For how long the oldest of them has been waiting", ("service", "topic")
)
