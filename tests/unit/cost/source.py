"""Every regular expression of the project, found in its source: a new one is under the test without being named."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import cli
import services
import shared

_ROOTS = (cli, services, shared)
_APPLIES = frozenset(("search", "match", "fullmatch", "findall", "finditer", "sub", "subn", "split"))


Pattern = re.Pattern[str] | re.Pattern[bytes]


@dataclass(frozen=True)
class Used:
    """A pattern where it is written, and the ways in which it is applied."""

    place: str
    pattern: Pattern
    ways: frozenset[str]


def modules() -> dict[str, ModuleType]:
    names = [
        found.name
        for root in _ROOTS
        for found in pkgutil.walk_packages(root.__path__, f"{root.__name__}.")
        if not found.name.endswith("__main__")
    ]
    return {name: importlib.import_module(name) for name in names}


def patterns() -> tuple[list[Used], set[str]]:
    """What could be compiled from the source alone, and the modules in which something could not."""
    found: list[Used] = []
    unknown: set[str] = set()
    sources = {name: ast.parse(inspect.getsource(module)) for name, module in modules().items() if _has_text(module)}
    ways = _ways_by_name(sources)
    for name, tree in sources.items():
        named = _names_of_calls(tree)
        for call in _calls(tree):
            way = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            try:
                pattern = _compiled(call, vars(modules()[name]), with_flags=way == "compile")
            except NameError:
                unknown.add(name)
                continue
            found.append(
                Used(f"{name}:{call.lineno}", pattern, _ways(way, name, named.get(id(call), ""), ways) or _APPLIES)
            )
    return found, unknown


def _ways(way: str, module: str, name: str, ways: Mapping[tuple[str, str], set[str]]) -> frozenset[str]:
    if way != "compile":
        return frozenset((way,))
    if name.startswith("."):
        return frozenset((name[1:],))
    return frozenset(ways.get((module if name.startswith("_") else "", name), ()))


def _has_text(module: ModuleType) -> bool:
    return module.__file__ is not None and bool(Path(module.__file__).read_text())


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in _APPLIES | {"compile"}
        ):
            yield node


def _compiled(call: ast.Call, names: dict[str, object], *, with_flags: bool) -> Pattern:
    arguments = call.args if with_flags else call.args[:1]
    values = [eval(compile(ast.Expression(one), "<source>", "eval"), names) for one in arguments]  # noqa: S307 - ours
    return re.compile(*values)


def _names_of_calls(tree: ast.AST) -> dict[int, str]:
    """The name that each call of ``re.compile`` is bound to, or the way it is applied on the spot."""
    found: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name):
                found[id(node.value)] = target.id
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
            found[id(node.value)] = f".{node.attr}"
    return found


def _ways_by_name(sources: Mapping[str, ast.AST]) -> defaultdict[tuple[str, str], set[str]]:
    """By module and name; what is not private may be applied anywhere."""
    ways: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for module, tree in sources.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in _APPLIES:
                name = node.value.id
                ways[module if name.startswith("_") else "", name].add(node.attr)
    return ways
