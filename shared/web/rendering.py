"""Templates, and how numbers, sizes and times are written."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.requests import HTTPConnection

ZONE_COOKIE: Final = "ci_zone"
_ZONE: Final = re.compile(r"[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,2}")
_TEMPLATES: Final = Path(__file__).with_name("templates")
_STEP: Final = 1000
_TWO_DIGITS: Final = 10
_DAY: Final = timedelta(days=1)


def environment(folder: Path, words: Mapping[str, object]) -> Environment:
    """Templates of a service in front of the shared ones; ``words`` are its globals."""
    made = Environment(
        loader=FileSystemLoader([folder, _TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        number=number, size=size, when=when, percent=percent, plural=plural, ago=ago, day=day, coded=coded
    )
    made.globals.update(words)
    return made


def zone_of(connection: HTTPConnection) -> tzinfo:
    """The zone that the browser told by a cookie; UTC where it told none or one that is not known."""
    name = connection.cookies.get(ZONE_COOKIE, "")
    if not _ZONE.fullmatch(name):
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return UTC


def number(value: float) -> str:
    return f"{value:,.0f}"


def plural(count: int, one: str, many: str = "") -> str:
    """``1 row``, ``2 rows``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """A share between 0 and 1; never 0 or 100 unless it is exactly that."""
    if 0 < share < 0.005:  # noqa: PLR2004 - what rounds to 0
        return "<1%"
    if 0 < share < 1:
        return f"{min(99, max(1, round(share * 100)))}%"
    return f"{round(share * 100)}%"


def size(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < _STEP:
            return f"{count:.0f} {unit}" if unit == "B" or count >= _TWO_DIGITS else f"{count:.1f} {unit}"
        count /= _STEP
    return f"{count:.1f} GB"


@pass_context
def when(context: Context, moment: datetime | None) -> Markup | str:
    """A moment in the person's zone, as `showTimes` of app.js writes it; in UTC, which it says, where none is known."""
    if moment is None:
        return "\N{EN DASH}"
    zone = context["zone"]
    local = moment.astimezone(zone)
    text = f"{day(local)}, {local.hour % 12 or 12}:{local:%M %p}{' UTC' if zone is UTC else ''}"
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), text)


def day(value: date) -> str:
    return f"{value:%b} {value.day}, {value:%Y}"


def coded(text: str) -> Markup:
    pieces = text.split("`")
    return Markup().join(
        Markup("<code>{}</code>").format(piece) if place % 2 else piece for place, piece in enumerate(pieces)
    )


def ago(moment: datetime) -> str:
    passed = datetime.now(UTC) - moment
    steps = ((_DAY, "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))
    for step, word in steps:
        if passed >= step:
            return plural(passed // step, word) + " ago"
    return "just now"
