"""What use cases and routes work with; the composition root makes it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from services.notifier.destinations import Destinations
from services.notifier.live import Changes
from services.notifier.log_file import ResultLog
from services.notifier.signing import SecretBox
from services.notifier.streams import Streams
from services.notifier.unsubscribing import Unsubscribing
from shared.messaging import LagReader
from shared.postgres import Database


@dataclass(frozen=True, slots=True)
class Context:
    """The means of the service."""

    database: Database
    changes: Changes
    log: ResultLog
    heartbeat_seconds: float
    stream_seconds: float
    lag: LagReader
    streams: Streams = field(default_factory=Streams)
    destinations: Destinations = field(default_factory=Destinations)
    box: SecretBox | None = None  # None: there are no webhooks
    bounce_secrets: Sequence[str] = field(default=(), repr=False)  # none: no reports of bounces are taken
    unsubscribing: Unsubscribing = field(default_factory=partial(Unsubscribing, None))
