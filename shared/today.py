"""The day as the rules mean it."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

# Billers and their customers are in the United States. A day is over when it is over everywhere there, in Hawaii last,
# which has no daylight saving time: what is today for somebody at work is never called past. For a few hours of the
# night, yesterday counts as today; that is the harmless side.
LAST_ZONE: Final = timezone(timedelta(hours=-10), "Pacific/Honolulu")


def us_today(now: datetime | None = None) -> date:
    """The earliest day that is not over everywhere in the United States."""
    return (now or datetime.now(UTC)).astimezone(LAST_ZONE).date()
