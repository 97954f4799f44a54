"""What use cases work with; the composition root makes it."""

from dataclasses import dataclass, field
from datetime import timedelta

from services.mapping.comparisons import Comparisons
from services.mapping.row_checks import RowChecks
from services.mapping.sampling import RowsAtHand, Samples
from services.mapping.tries import Tries
from shared.postgres import Database
from shared.secure_upload import SecureUpload


@dataclass(frozen=True, slots=True)
class Unfinished:
    """How much may be on its way: uploads of one person at one biller, bytes of all of a biller, and for how long."""

    most: int = 5
    most_bytes: int = 16 * 1024**3
    keep: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Context:
    """The means of the service."""

    database: Database
    secure_upload: SecureUpload
    upload_limit_bytes: int
    undo_days: int = 30
    unfinished: Unfinished = field(default_factory=Unfinished)
    samples: Samples = field(default_factory=Samples)
    rows_at_hand: RowsAtHand = field(default_factory=RowsAtHand)
    row_checks: RowChecks = field(default_factory=RowChecks)
    tries: Tries = field(default_factory=Tries)
    comparisons: Comparisons = field(default_factory=Comparisons)
