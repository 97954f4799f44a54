"""What a finding says beyond its code: the words and the place that whoever found it gave."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from shared.contracts.fields import FieldName

_MOST_NAMED: Final = 8


class FindingText(NamedTuple):
    """Each is empty where the code says it all, as with findings of earlier releases."""

    message: str
    remedy: str
    place: str
    """For people: "line 3, column 2 (Meter)"."""


def finding_text(detail: Mapping[str, Any], *, quoting: bool = True) -> FindingText:
    """The words in the detail of a finding. ``quoting``: with values of the file, for those who may see them."""
    places = [f"{name} {detail[name]:,}" for name in ("line", "column") if isinstance(detail.get(name), int)]
    if isinstance(detail.get("column"), int) and detail.get("name"):
        places[-1] += f" ({detail['name']})"
    message, remedy = (str(detail.get(name) or "") for name in ("message", "remedy"))
    return FindingText(message or _counted(detail, _words if quoting else _sums), remedy, ", ".join(places))


def _counted(detail: Mapping[str, Any], words_of: Callable[[Mapping[str, int]], str]) -> str:
    """The words that were found (C242), or the columns (C243, W304); their values are for the page alone."""
    words, columns = detail.get("words"), detail.get("columns")
    if isinstance(words, Mapping):
        return "; ".join(f"{_label(field)}: {words_of(counts)}" for field, counts in words.items())
    if not isinstance(columns, Sequence):
        return ""
    if any("words" in column for column in columns):
        return "; ".join(f"{column['name']}: {words_of(column['words'])}" for column in columns)
    return _some([column["name"] for column in columns])


def _label(field: str) -> str:
    return FieldName(field).spec.label if field in set(FieldName) else field


def _words(counts: Mapping[str, int]) -> str:
    by_count = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    shown = [f"\u201c{word}\u201d ({count:,})" for word, count in by_count if word]
    return _some([*shown, f"other cells ({counts['']:,})"] if counts.get("") else shown)


def _sums(counts: Mapping[str, int]) -> str:
    rows = sum(counts.values())
    return f"{rows:,} row{'' if rows == 1 else 's'}"


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = [f"and {len(every) - _MOST_NAMED:,} more"] if len(every) > _MOST_NAMED else []
    return ", ".join([*every[:_MOST_NAMED], *more])
