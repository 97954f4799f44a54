"""Every text that a person reads is plain American English, without the words that the style guide forbids.

Read are the templates, the scripts of the pages, the registries, the help of the command line, every sentence in the
code of services, shared and cli, and the documents.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
import typer

from cli.__main__ import app
from services.mapping.pages import words as wizard_words
from services.notifier.pages import words as status_words
from shared.contracts.codes import CODES
from shared.contracts.facts import FACTS
from shared.contracts.fields import FIELDS
from shared.contracts.kinds import KINDS
from shared.contracts.outcomes import Outcome
from shared.contracts.states import STATES
from tests.support.texts import texts

FORBIDDEN: Final = {
    "canceled, canceling": r"\bcancell(?:ed|ing)\b(?!`)",
    "American spelling": r"enrol(?!l)|authoris|organis|normalis|recognis|\bcolour|\bmends?\b",
    "No change": r"already so\b",
    "again, started, continues": r"\banew\b|\bonce more\b|\bgo(?:es|ne|ing)? on\b(?! with)|\bwent on\b",
    "is, are, contains": r"\bstands?\b(?![ -]in)|\b(?:file|cell|column|statement|text|header)s? holds?\b",
    "name the thing": r"\bsuch an? (?!.* as\b)",
    "discard, cancel": r"\bg(?:ive|ives|iven|iving|ave) (?:\w+ ){0,3}up\b",
    "skip, on hold": r"\b(?:left|leave|leaves|leaving) (?:\w+ ){0,3}out\b|\bheld back\b|\bholds? (?:\w+ ){0,3}back\b",
    "what happened to": r"\bbec(?:omes?|ame) of\b",
    "reversed": r"turned round",
    "instead of": r"\bin the place of\b",
    "for reference only": r"your eyes",
    "Automatic": r"\bas found\b",
    "account number": r"(?-i:IC account number)",
    "27%": r"[\d}] %(?!})",
    "history, results": r"worth a word|behind line",
    "failed or on hold, row errors": r"\bblocked rows?\b|\brows? (?:is|are) blocked\b|\bblocks the file\b",
    "expiration": r"\bexpiry\b",
    "email, emails": r"\bmails\b",
}
# Words for people who use the system; documents for developers also use the names of tables and code.
FORBIDDEN_TO_USERS: Final = {
    "since the check": r"\bmeanwhile\b",
    "batch": r"\bchunks?\b",
    "on hold (rows), needs a decision (imports)": r"\bheld\b",
    "decision, response": r"(?<!not )\b(?:un)?answer(?:s|ed|ing)?\b(?!-| with)",
    "user name": r"\blogin names?\b",
    "earliest collection date": r"\beffective date\b",
}
_FOR_DEVELOPERS: Final = re.compile(
    r"/(?:architecture|plan|facts|events)\.md$|/decisions/|CONTRIBUTING\.md$|services/\w+/README\.md$"
)
_IN_CODE_FOR_DEVELOPERS: Final = re.compile(
    r"shared/(?:contracts/(?:plan/|facts)|messaging/|migrations\.py|health\.py|auth\.py)"
)
_WORDS_OF_FILES: Final = re.compile(r"/lexicon/|/header_names\.py$|/fields/names\.py$")  # in every spelling
_PATTERNS: Final = {better: re.compile(pattern, re.IGNORECASE) for better, pattern in FORBIDDEN.items()}
_PATTERNS_FOR_USERS: Final = {
    better: re.compile(pattern, re.IGNORECASE) for better, pattern in (FORBIDDEN | FORBIDDEN_TO_USERS).items()
}
_JINJA: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")
_SHOWN_ATTRIBUTE: Final = re.compile(r'(?:aria-label|placeholder|title|alt|value)="([^"]*)"')
_CODE: Final = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_HOLE: Final = re.compile(r"\$\{[^}]*\}")
_STRING: Final = re.compile(r'"([^"\n]*)"|\'([^\'\n]*)\'|`([^`\n]*)`')


def complaints(place: str, text: str, *, for_developers: bool = False) -> list[str]:
    """What is wrong with a text, with the place."""
    patterns = _PATTERNS if for_developers else _PATTERNS_FOR_USERS
    return [
        f"{place}: {match[0]!r} in {' '.join(text.split())[:120]!r}; rather: {better}"
        for better, pattern in patterns.items()
        if (match := pattern.search(text))
    ]


def _blank(code: re.Match[str]) -> str:
    return "\n" * code[0].count("\n")


def _is_for_people(text: str) -> bool:
    return " " in text.strip()


def _of_template(text: str) -> Iterator[tuple[int, str]]:
    """Line by line: what stands between the tags, in attributes that are shown, and in strings of expressions."""
    for number, line in enumerate(text.splitlines(), 1):
        strings = (found for code in _JINJA.findall(line) for match in _STRING.findall(code) for found in match)
        plain = _JINJA.sub(" ", line)
        for part in (*strings, *_SHOWN_ATTRIBUTE.findall(plain), *_TAG.sub("\n", plain).splitlines()):
            if _is_for_people(part):
                yield number, part


def _of_script(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        for match in _STRING.findall(line.partition("// ")[0]):
            yield from ((number, _HOLE.sub(" ", part)) for part in match if _is_for_people(part))


def _of_code(text: str) -> Iterator[tuple[int, str]]:
    """The sentences: strings with blanks that begin like one. SQL and docstrings are no texts for people."""
    tree = ast.parse(text)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            value = node.value
            if _is_for_people(value) and "\n" not in value and not re.match(r"[A-Z]{3,} ", value):
                yield node.lineno, _CODE.sub(" ", value)


def _of_command(command: Any, path: str) -> Iterator[tuple[str, str]]:
    yield path, command.help or ""
    yield from ((f"{path} {param.name}", getattr(param, "help", "") or "") for param in command.params)
    for name, below in getattr(command, "commands", {}).items():
        yield from _of_command(below, f"{path} {name}")


def _of_values(value: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _of_values(below, f"{place}[{key}]")
    elif isinstance(value, list | tuple):
        for below in value:
            yield from _of_values(below, place)


def _registries() -> Iterator[tuple[str, str]]:
    for code in CODES.values():
        yield f"code {code.number}", code.title
        yield f"code {code.number}, remedy", code.remedy
        yield from ((f"code {code.number}, choice", choice.words) for choice in code.choices.values())
    for field, spec in FIELDS.items():
        yield f"field {field}", spec.label
    for kind, told in KINDS.items():
        yield f"kind {kind}", f"{told.label} {told.summary}"
        if told.enrollment:
            yield f"kind {kind}, statement", f"{told.enrollment.step} {told.enrollment.statement}"
    yield from ((f"fact {fact.name}", f"{fact.label} {fact.remedy}") for fact in FACTS)
    yield from ((f"state {state}", words) for state, words in STATES.items())
    for outcome in Outcome:
        yield f"outcome {outcome}", f"{outcome.words} {outcome.planned_words}"
    yield from _of_values(wizard_words.WORDS, "words of the wizard")
    yield from _of_values(status_words.WORDS, "words of the status pages")


def test_templates() -> None:
    found = [
        complaint
        for path, text in texts("services", "shared", endings=(".html", ".txt"))
        for line, part in _of_template(text)
        for complaint in complaints(f"{path}:{line}", part)
    ]
    assert found == []


def test_scripts_of_the_pages() -> None:
    found = [
        complaint
        for path, text in texts("shared/web/static", endings=(".js",))
        for line, part in _of_script(text)
        for complaint in complaints(f"{path}:{line}", part)
    ]
    assert found == []


def test_registries() -> None:
    assert [complaint for place, text in _registries() for complaint in complaints(place, text)] == []


def test_help_of_the_command_line() -> None:
    command = typer.main.get_command(app)
    told = _of_command(command, "customer-import")
    assert [complaint for place, text in told for complaint in complaints(place, text)] == []


@pytest.mark.parametrize("place", ["services", "shared", "cli"])
def test_sentences_in_the_code(place: str) -> None:
    found = [
        complaint
        for path, text in texts(place, endings=(".py",))
        if not _WORDS_OF_FILES.search(str(path))
        for line, part in _of_code(text)
        for complaint in complaints(
            f"{path}:{line}", part, for_developers=bool(_IN_CODE_FOR_DEVELOPERS.search(str(path)))
        )
    ]
    assert found == []


def test_documents() -> None:
    """But for the changelog, which is history, and what is code in them."""
    services = tuple(f"services/{name}" for name in ("mapping", "validation", "executor", "notifier"))
    found = [
        complaint
        for path, text in texts("README.md", "CONTRIBUTING.md", "docs", *services, endings=(".md",))
        for line, part in enumerate(_CODE.sub(_blank, text).splitlines(), 1)
        for complaint in complaints(f"{path}:{line}", part, for_developers=bool(_FOR_DEVELOPERS.search(str(path))))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "They go on",
        "Enrol them",
        "27 % of all",
        "Leave these rows out",
        "Give this import up",
        "Download blocked rows",
        "Chunk 3 of 4",
        "The import is held",
        "Answer the question",
    ],
)
def test_what_is_forbidden_is_found(text: str) -> None:
    assert complaints("here", text)


@pytest.mark.parametrize(
    "text", ["Enroll them", "27% of all", "Skip these rows", "Go on with it", "a number such as 12"]
)
def test_what_is_fine_is_not(text: str) -> None:
    assert complaints("here", text) == []
