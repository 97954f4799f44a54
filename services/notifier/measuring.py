"""What the whole system has still to do, as metrics: each process of the notifier tells the same of all services."""

from typing import Final

from prometheus_client import Gauge

from services.notifier.domain import IN_PROGRESS
from services.notifier.records import Measured
from services.notifier.repository import measures
from shared.contracts.topics import SCHEMA_OF
from shared.instances import GONE_AFTER
from shared.postgres import Database

IMPORTS: Final = Gauge("import_imports", "Imports that have not ended", ("state",))
OLDEST: Final = Gauge(
    "import_imports_oldest_seconds", "For how long the one with the oldest news has had no news", ("state",)
)
CHUNKS: Final = Gauge("import_chunks_pending", "Batches of running imports that are not paused and not applied yet")
LETTERS: Final = Gauge("import_dead_letters_open", "Dead letters that nobody has handled or discarded", ("service",))
MAILS: Final = Gauge("import_mails_waiting", "Emails that are not sent yet")
OLDEST_MAIL: Final = Gauge("import_mails_oldest_seconds", "For how long the oldest of them has been waiting")
GIVEN_UP: Final = Gauge("import_mails_not_sent", "Emails of the last four days that could not be sent")
WEBHOOKS: Final = Gauge("import_webhooks_waiting", "Events for webhooks that are not delivered yet")
NOT_DELIVERED: Final = Gauge(
    "import_webhooks_not_delivered", "Events of the last eight days that are no longer tried and were not sent again"
)
INSTANCES: Final = Gauge("import_instances", "Processes that are alive", ("service",))
PAUSES: Final = Gauge("import_pauses", "Pauses by operations that are in force")


class Measuring:
    """A step for a worker."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def step(self) -> bool:
        async with self._database.connection() as connection:
            show(await measures.read(connection, GONE_AFTER))
        return False


def show(measured: Measured) -> None:
    for state in IN_PROGRESS:
        IMPORTS.labels(state.value).set(measured.imports.get(state.value, 0))
        OLDEST.labels(state.value).set(measured.oldest.get(state.value, 0))
    for service in SCHEMA_OF:
        LETTERS.labels(service).set(measured.letters.get(service, 0))
        INSTANCES.labels(service).set(measured.instances.get(service, 0))
    CHUNKS.set(measured.chunks)
    MAILS.set(measured.mails)
    OLDEST_MAIL.set(measured.oldest_mail)
    GIVEN_UP.set(measured.not_sent)
    WEBHOOKS.set(measured.webhooks)
    NOT_DELIVERED.set(measured.webhooks_not_delivered)
    PAUSES.set(measured.pauses)
