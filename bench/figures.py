"""Figures of the code itself: sizes, suppressions, `Any` and docstrings, by part. `make figures` prints them."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Final

PRODUCT: Final = ("services", "shared", "stack", "cli")
_ROOT: Final = Path(__file__).parents[1]
_SUPPRESSION: Final = re.compile(r"#\s*(?:noqa\b(?::\s*[A-Z0-9]+(?:,\s*[A-Z0-9]+)*)?|type:\s*ignore\b(?:\[[^]]*])?)")
_NO_CODE: Final = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)
_PUBLISHED: Final = ("/api/", "views.py", "bodies.py", "cli/__main__.py", "cli/admin/")
"""Where docstrings are read elsewhere than in the code: as text of the API's documents and of the command line."""
_FEW_WORDS: Final = 3
_TECHNICAL: Final = re.compile(r"[`:;\d]|Raises|None|[A-Z]{3}")
_WORD: Final = re.compile(r"[A-Z]?[a-z]+")
_LITTLE_WORDS: Final = frozenset(
    _WORD.findall(
        "a all an any are as at be by each for from has have how if in is it its not of on one or that the their there"
        " this to was what where whether which who whose with"
    )
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the code that counts."""

    file: str
    line: int
    text: str

    @property
    def reason(self) -> str:
        """What a suppression says beside what it suppresses."""
        return _SUPPRESSION.sub("", self.text).strip(" -#")


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted in some files."""

    files: Mapping[str, int]  # lines
    code: int
    functions: Sequence[int]
    suppressions: Sequence[Place]
    anys: Sequence[Place]
    documented: Sequence[bool]
    empty_docstrings: Sequence[Place]

    def per_thousand(self, places: Sequence[Place]) -> float:
        """How many there are in a thousand lines of code."""
        return 1000 * len(places) / self.code

    @property
    def share_documented(self) -> float:
        """The share of functions with a docstring."""
        return sum(self.documented) / max(1, len(self.documented))


def figures_of(*parts: str) -> Figures:
    files = [file for part in parts for file in sorted((_ROOT / part).rglob("*.py"))]
    texts = {str(file.relative_to(_ROOT)): file.read_text(encoding="utf-8") for file in files}
    trees = {name: ast.parse(text) for name, text in texts.items()}
    functions = [(name, node) for name, tree in trees.items() for node in ast.walk(tree) if isinstance(node, Function)]
    return Figures(
        files={name: text.count("\n") for name, text in texts.items() if text},
        code=sum(len(_lines_of_code(text, trees[name])) for name, text in texts.items()),
        functions=[(node.end_lineno or node.lineno) - node.lineno + 1 for _, node in functions],
        suppressions=[place for name, text in texts.items() for place in _suppressions(name, text)],
        anys=[place for name, tree in trees.items() for place in _anys(name, tree)],
        documented=[ast.get_docstring(node) is not None for _, node in functions],
        empty_docstrings=[
            Place(name, node.lineno, node.name)
            for name, node in functions
            if not any(part in f"/{name}" for part in _PUBLISHED) and says_nothing(node)
        ],
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


def says_nothing(node: Function) -> bool:
    """Whether a docstring is of a few plain words, or says again what the name and the signature say."""
    docstring = ast.get_docstring(node)
    if docstring is None or _TECHNICAL.search(docstring):
        return False
    known = _words(node.name) | _words(ast.unparse(node.args)) | _words(ast.unparse(node.returns or ast.Constant("")))
    return len(docstring.split()) <= _FEW_WORDS or _words(docstring) <= known


def _words(text: str) -> set[str]:
    return {word.lower().removesuffix("s") for word in _WORD.findall(text)} - _LITTLE_WORDS


def _spread(sizes: Sequence[int]) -> str:
    return f"{median(sizes):.0f} / {quantiles(sizes, n=20)[-1]:.0f} / {max(sizes)}"


_COLUMNS: Final[Sequence[tuple[str, Callable[[Figures], str]]]] = (
    ("files", lambda one: f"{len(one.files)}"),
    ("lines of code", lambda one: f"{one.code:,}"),
    ("file med/p95/max", lambda one: _spread(list(one.files.values()))),
    ("function med/p95/max", lambda one: _spread(one.functions)),
    ("suppressions", lambda one: f"{len(one.suppressions)} ({one.per_thousand(one.suppressions):.1f} per 1,000)"),
    ("Any", lambda one: f"{len(one.anys)} ({one.per_thousand(one.anys):.1f} per 1,000)"),
    ("functions with docstring", lambda one: f"{one.share_documented:.0%}"),
    ("docstrings that say nothing", lambda one: f"{len(one.empty_docstrings)}"),
)


def main() -> None:
    """Print the figures of the product and of each part."""
    table = {"product": figures_of(*PRODUCT)} | {part: figures_of(part) for part in (*PRODUCT, "bench", "tests")}
    for title, told in _COLUMNS:
        print(f"{title:27}", *(f"{told(figures):>24}" for figures in table.values()))


if __name__ == "__main__":
    main()
