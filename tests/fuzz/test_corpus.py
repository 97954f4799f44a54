"""Every input kept from fuzzing, with what was found by it, holds all promises."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from shared.csvfile import inspect
from tests.fuzz import files, rows

_CORPUS = Path(__file__).parent / "corpus"
_TARGETS = {"files": files.fuzz, "rows": rows.fuzz}
_INPUTS = [
    pytest.param(target, path, id=f"{name}-{path.name}")
    for name, target in _TARGETS.items()
    for path in sorted((_CORPUS / name).iterdir())
]


@pytest.mark.parametrize(("target", "path"), _INPUTS)
def test_input_holds_what_is_promised(target: Callable[[bytes], None], path: Path) -> None:
    target(path.read_bytes())


def test_each_target_has_inputs() -> None:
    assert all(any((_CORPUS / name).iterdir()) for name in _TARGETS)


@pytest.mark.parametrize(("kind", "header"), rows.headers().items(), ids=rows.headers())
def test_rows_are_read_below_a_sound_header(kind: str, header: Sequence[str]) -> None:
    text = ",".join(header) + "\n" + "1045" + "," * (len(header) - 1) + "\n"
    assert inspect(text.encode()).refusal is None, kind
