"""Figures of the code itself: sizes, suppressions, `Any` and docstrings, by part. `make figures` prints them."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Final

PRODUCT: Final = ("services", "shared", "stack", "cli")
_ROOT: Final = Path(__file__).parents[1]
_SUPPRESSION: Final = re.compile(r"#\s*(noqa\b|type:\s*ignore\b|pragma: no cover)")
_FEW_WORDS: Final = 3
_NO_CODE: Final = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the code that counts."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted in some files."""

    files: Sequence[int]
    code: int
    functions: Sequence[int]
    suppressions: Sequence[Place]
    anys: Sequence[Place]
    documented: Sequence[bool]
    few_words: Sequence[Place]

    def per_thousand(self, places: Sequence[Place]) -> float:
        """How many there are in a thousand lines of code."""
        return 1000 * len(places) / self.code

    @property
    def share_documented(self) -> float:
        """The share of functions with a docstring."""
        return sum(self.documented) / max(1, len(self.documented))


def figures_of(*parts: str) -> Figures:
    """The figures of these folders."""
    files = [file for part in parts for file in sorted((_ROOT / part).rglob("*.py"))]
    texts = {str(file.relative_to(_ROOT)): file.read_text(encoding="utf-8") for file in files}
    trees = {name: ast.parse(text) for name, text in texts.items()}
    functions = [(name, node) for name, tree in trees.items() for node in ast.walk(tree) if isinstance(node, Function)]
    return Figures(
        files=[text.count("\n") for text in texts.values() if text],
        code=sum(len(_lines_of_code(text, trees[name])) for name, text in texts.items()),
        functions=[(node.end_lineno or node.lineno) - node.lineno + 1 for _, node in functions],
        suppressions=[place for name, text in texts.items() for place in _suppressions(name, text)],
        anys=[place for name, tree in trees.items() for place in _anys(name, tree)],
        documented=[ast.get_docstring(node) is not None for _, node in functions],
        few_words=[place for name, node in functions for place in _few_words(name, node)],
    )


def _lines_of_code(text: str, tree: ast.Module) -> set[int]:
    """The lines that are neither empty nor comment nor docstring."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    held = (range(token.start[0], token.end[0] + 1) for token in tokens if token.type not in _NO_CODE)
    return set().union(*held) - set().union(*map(_docstring_lines, ast.walk(tree)))


def _docstring_lines(node: ast.AST) -> range:
    if not isinstance(node, ast.Module | ast.ClassDef | Function) or ast.get_docstring(node) is None:
        return range(0)
    return range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)


def _suppressions(name: str, text: str) -> Iterator[Place]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and _SUPPRESSION.search(token.string):
            yield Place(name, token.start[0], token.string)


def _anys(name: str, tree: ast.Module) -> Iterator[Place]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "Any":
            yield Place(name, node.lineno, "Any")


def _few_words(name: str, node: Function) -> Iterator[Place]:
    docstring = ast.get_docstring(node)
    if docstring is not None and len(docstring.split()) <= _FEW_WORDS:
        yield Place(name, node.lineno, docstring)


def _spread(sizes: Sequence[int]) -> str:
    return f"{median(sizes):.0f} / {quantiles(sizes, n=20)[-1]:.0f} / {max(sizes)}"


_COLUMNS: Final[Sequence[tuple[str, Callable[[Figures], str]]]] = (
    ("files", lambda one: f"{len(one.files)}"),
    ("lines of code", lambda one: f"{one.code:,}"),
    ("file med/p95/max", lambda one: _spread(one.files)),
    ("function med/p95/max", lambda one: _spread(one.functions)),
    ("suppressions", lambda one: f"{len(one.suppressions)} ({one.per_thousand(one.suppressions):.1f} per 1,000)"),
    ("Any", lambda one: f"{len(one.anys)} ({one.per_thousand(one.anys):.1f} per 1,000)"),
    ("functions with docstring", lambda one: f"{one.share_documented:.0%}"),
    ("of three words at most", lambda one: f"{len(one.few_words)}"),
)


def main() -> None:
    """Print the figures of the product and of each part."""
    table = {"product": figures_of(*PRODUCT)} | {part: figures_of(part) for part in (*PRODUCT, "bench", "tests")}
    for title, told in _COLUMNS:
        print(f"{title:26}", *(f"{told(figures):>24}" for figures in table.values()))


if __name__ == "__main__":
    main()
