"""What statements name, read from their text: lists of columns, and the names of a SELECT."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

SERVICES = Path(__file__).parents[2] / "services"
_COMMENT = re.compile(r"--[^\n]*")
_NAME = re.compile(r"(?:\bAS\s+|\.|^)(\w+)\s*$")
_SHORT_TYPES = {"int": "integer", "bool": "boolean"}


def statements(module: ModuleType) -> dict[str, str]:
    """The SQL of a module by the name of its constant, without comments."""
    return {name: _COMMENT.sub("", value) for name, value in vars(module).items() if _is_sql(name, value)}


def sources(*folders: str) -> Iterator[tuple[Path, str]]:
    """Files of services that may hold SQL."""
    for folder in folders:
        for path in sorted((SERVICES / folder).rglob("*")):
            if path.suffix in (".py", ".sql"):
                yield path, _COMMENT.sub("", path.read_text(encoding="utf-8"))


def split(text: str) -> list[str]:
    """The parts of a list, at commas that are in no parentheses or brackets."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [" ".join(part.split()) for part in parts]


def names(text: str) -> list[str]:
    """A list of columns, in which an expression goes by its alias."""
    found = [_NAME.search(part) for part in split(text)]
    assert all(found), [part for part, name in zip(split(text), found, strict=True) if not name]
    return [name[1] for name in found if name]


def selected(query: str) -> list[str]:
    """The names of what a query selects."""
    return names(_before(query.split("SELECT", 1)[1], "FROM"))


def table(statement: str, name: str) -> dict[str, str]:
    """The columns of a table that a statement creates, with their types as Postgres writes them."""
    body = _before(statement.split(f"TABLE {name} (", 1)[1], ")")
    columns = (part.split(maxsplit=1) for part in split(body))
    return {column: _type(kind) for column, kind in columns}


def _before(text: str, word: str) -> str:
    """The text up to a word that is in no parentheses."""
    depth = 0
    for found in re.finditer(rf"[(\[]|[)\]]|\b{word}\b" if word.isalpha() else r"[(\[]|[)\]]", text):
        sign = found[0]
        if depth == 0 and sign == word:
            return text[: found.start()]
        depth += (sign in "([") - (sign in ")]")
    raise AssertionError(f"no {word} in {text[:80]}")


def _type(written: str) -> str:
    kind = written.removesuffix(" NOT NULL").replace(", ", ",")
    bare = kind.removesuffix("[]")
    return _SHORT_TYPES.get(bare, bare) + kind[len(bare) :]


def _is_sql(name: str, value: object) -> bool:
    return name.startswith("_") and name.isupper() and isinstance(value, str)
