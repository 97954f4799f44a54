from datetime import UTC, date, datetime

import pytest

from shared.today import us_today


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 3, 3, 12, tzinfo=UTC), date(2026, 3, 3)),
        (datetime(2026, 3, 4, 2, tzinfo=UTC), date(2026, 3, 3)),  # nine in the evening in New York
        (datetime(2026, 3, 4, 7, 59, tzinfo=UTC), date(2026, 3, 3)),  # the last minute in Los Angeles
        (datetime(2026, 3, 4, 10, tzinfo=UTC), date(2026, 3, 4)),
    ],
)
def test_a_day_is_over_when_it_is_over_everywhere(now: datetime, day: date) -> None:
    assert us_today(now) == day
