"""Every transform of the account number setup has words."""

from typing import get_args

import pytest
from pydantic import TypeAdapter

from shared.contracts.definition import Transform
from shared.contracts.transforms import TransformKind, words_of

_TRANSFORM: TypeAdapter[Transform] = TypeAdapter(Transform)


def test_every_transform_of_a_definition_is_known_by_its_name() -> None:
    members = get_args(get_args(Transform)[0])
    assert {get_args(one.model_fields["do"].annotation)[0] for one in members} == set(TransformKind)
    assert len({kind.label for kind in TransformKind}) == len(TransformKind)


@pytest.mark.parametrize(
    ("transform", "words"),
    [
        ({"do": "trim"}, "trim spaces"),
        ({"do": "pad_left", "length": 7}, "pad to 7 digits"),
        ({"do": "take_first", "count": 4}, "keep first 4"),
        ({"do": "drop_last", "count": 2}, "drop last 2"),
        ({"do": "take_part", "number": 2, "separator": "-"}, "part 2 between -"),
        ({"do": "take_part", "number": 1, "separator": " "}, "part 1 between blanks"),
        ({"do": "remove", "characters": "-."}, "remove -."),
        ({"do": "replace", "old": "A", "new": ""}, "A → nothing"),
        ({"do": "replace", "old": "{x}", "new": "{}"}, "{x} → {}"),
    ],
)
def test_a_transform_is_said_with_its_values(transform: dict[str, object], words: str) -> None:
    assert words_of(_TRANSFORM.validate_python(transform)) == words
