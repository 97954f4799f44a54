"""What words of the file mean, as forms give it: on the page of the columns, and beside what the check has found."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData

from shared.contracts.definition import ValueMap
from shared.contracts.fields import FieldName
from shared.http import Problem

Meant = tuple[str, str, str]
"""The field, the word, and the name of the meaning: blank takes one back."""
_VALUE_MAP: Final = TypeAdapter(ValueMap)


def meanings_in(form: FormData) -> Iterator[Meant]:
    return zip(*([str(one) for one in form.getlist(name)] for name in ("field", "word", "meaning")), strict=False)


def with_meanings(values: ValueMap, given: Iterable[Meant]) -> ValueMap:
    """The value map with these; what is no field or no meaning of it changes nothing.

    Raises Problem where there are more or longer words than a definition has room for.
    """
    found: dict[FieldName, dict[str, str]] = {field: dict(words) for field, words in values.items()}
    for field, word, meaning in given:
        if field in set(FieldName) and meaning in {*FieldName(field).spec.meanings, ""}:
            found.setdefault(FieldName(field), {})[word] = meaning
    kept = {field: {word: meaning for word, meaning in words.items() if meaning} for field, words in found.items()}
    return _value_map({field: words for field, words in kept.items() if words})


def _value_map(values: Mapping[FieldName, Mapping[str, str]]) -> ValueMap:
    try:
        return _VALUE_MAP.validate_python(values)
    except ValidationError:
        words = "A value is longer than 60 characters, or a column has more than 200 of them"
        raise Problem(
            422, "too_many_words", words, remedy="Map a different column in Map columns, or fix the file"
        ) from None
