"""A definition file (YAML): what a person writes, turned into the definition of the contract."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any, cast

import yaml

from cli.bodies import Definition, Part
from cli.errors import CommandError

_REQUIRED = {"biller", "kind", "columns", "account_number"}
_KNOWN = _REQUIRED | {"invoice_types", "values", "options", "decide", "log_recipients"}


class _Loader(yaml.SafeLoader):
    """Leaves dates as they are written: `effective_date: 2027-01-15` is text for the contract, quoted or not.

    So are yes and no, as in YAML 1.2: they are words of files and their meanings. A name that appears twice is an
    error: one of its values would be passed over in silence.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[object] = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if isinstance(name, Hashable) and name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name} appears twice", key.start_mark)
            if isinstance(name, Hashable):
                seen.add(name)
        return super().construct_mapping(node, deep)


_AS_WRITTEN = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _AS_WRITTEN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|True|TRUE|false|False|FALSE"), list("tTfF"))


def read_definition_file(path: Path, *, has_recipe: bool = False) -> Definition:
    """The file's content, its names checked; raises CommandError naming what is wrong.

    Beside a recipe it need not name what the recipe holds.
    """
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise CommandError(
            f"{path} is not a definition", remedy="Start it with `biller:`, `kind:`, `columns:` and `account_number:`"
        )
    _check_names(content, path, {"biller"} if has_recipe else _REQUIRED)
    if "account_number" in content:
        content["account_number"] = _parts(content["account_number"])
    if isinstance(values := content.get("values"), dict):
        content["values"] = {field: _words(words) for field, words in values.items()}
    return cast("Definition", content)


def read_yaml(path: Path) -> object:
    """What stands in a file; raises CommandError saying where it is not valid."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = getattr(error, "problem_mark", None)
        place = f" (line {where.line + 1}, column {where.column + 1})" if where else ""
        raise CommandError(f"{path} is not valid YAML{place}{_said(error)}") from error
    except RecursionError as error:
        raise CommandError(f"{path} is nested too deeply to be a definition") from error


def _said(error: Exception) -> str:
    problem = error.problem if isinstance(error, yaml.constructor.ConstructorError) else None
    return f": {problem}" if problem else ""


def _words(words: object) -> object:
    """Words of a file that YAML takes for numbers or for nothing are words all the same."""
    if not isinstance(words, dict):
        return words
    return {_as_text(word): _as_text(meaning) for word, meaning in words.items()}


def _as_text(value: object) -> str:
    return "null" if value is None else str(value)


def _check_names(content: dict[str, object], path: Path, required: set[str]) -> None:
    unknown = sorted(str(name) for name in content.keys() - _KNOWN)
    if unknown:
        raise CommandError(
            f"{path}: unknown entry {', '.join(unknown)}", remedy=f"Use only: {', '.join(sorted(_KNOWN))}"
        )
    missing = sorted(required - content.keys())
    if missing:
        raise CommandError(f"{path}: missing entry {', '.join(missing)}", remedy="Add it at the top level")


def _parts(parts: object) -> list[Part]:
    """Short forms written out: a bare header is a column, a bare transform has no parameters."""
    if not isinstance(parts, list):
        raise CommandError(
            "account_number is not a list",
            remedy="Write its parts as list items, such as `- literal: WTR-` or `- column: Cust No`",
        )
    return [_part(part) for part in parts]


def _part(part: object) -> Part:
    if isinstance(part, str):
        return {"column": part}
    if isinstance(part, dict) and isinstance(part.get("transforms"), list):
        part = part | {"transforms": [_transform(transform) for transform in part["transforms"]]}
    return cast("Part", part)  # the contract says what is wrong with another


def _transform(transform: object) -> object:
    return {"do": transform} if isinstance(transform, str) else transform
