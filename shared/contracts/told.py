"""What a finding says beyond its code: the words and the place that whoever found it gave."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Told(NamedTuple):
    """Each is empty where the code says it all, as with findings of earlier releases."""

    message: str
    remedy: str
    place: str
    """For people: "line 3, column 2"."""


def told(detail: Mapping[str, Any]) -> Told:
    """The words in the detail of a finding."""
    places = [f"{name} {detail[name]:,}" for name in ("line", "column") if isinstance(detail.get(name), int)]
    message, remedy = (str(detail.get(name) or "") for name in ("message", "remedy"))
    return Told(message, remedy, ", ".join(places))
