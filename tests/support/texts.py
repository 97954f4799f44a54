"""What is written in the repository, for tests that read it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


def texts(*places: str, endings: tuple[str, ...] = (".py", ".md", ".sql")) -> Iterator[tuple[str, str]]:
    """The files in these places with their texts, by the path from the top."""
    for place in places:
        top = ROOT / place
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.suffix in endings and path.is_file():
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
