"""Whoever adds a kind, a state or a level is told every place that has to know it.

What is a `match` in Python mypy tells (`exhaustive-match`). Here is the rest: tables keyed by an enum, statements and
templates that name a kind, constraints of the database, documents, and what the tests themselves draw from.
"""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from enum import EnumMeta
from pathlib import Path
from typing import get_args

import pytest

from shared.contracts.checks import CheckState
from shared.contracts.facts import FACTS
from shared.contracts.fields import FieldName
from shared.contracts.kinds import KINDS, ImportKind
from tests.contracts.kinds_by_place import PLACES
from tests.support.generators.files import KINDS as DRAWN
from tests.support.model.job import Kind as ModelKind

_ROOT = Path(__file__).parents[2]
_SOURCES = ("services", "shared", "crm", "stack", "cli")
# Tables that leave members out on purpose; what is looked up in them and not there has a meaning.
_PARTIAL = {
    ("services/notifier/api/log.py", "State"): "states without a log; all others have one",
    ("services/mapping/column_words.py", "FieldName"): "fields with words that are known and can't be imported",
    ("services/notifier/log_file/columns.py", "Treatment"): "what is shown whole has no mask",
    (
        "services/mapping/suggestions/header_names.py",
        "FieldName",
    ): "words beside the names of a field; else there are none",
    ("services/mapping/suggestions/values.py", "FieldName"): "fields told by their cells; others go by what they hold",
    ("shared/contracts/lexicon/words.py", "Flag"): "words by what they say; a cell with none of them is unreadable",
    ("shared/contracts/usual_words.py", "FieldName"): "fields that words are told for; others have no known words",
    ("shared/contracts/usual_words.py", "Flag"): "what known words of the flag say",
}
_KIND = re.compile(rf"['\"](?:{'|'.join(ImportKind)})['\"]")
_PERMISSION = re.compile(r"permission (?:==|=|IN \() ?['\"]paperless['\"]")
_ALLOWED = re.compile(r"permission = 'all' OR \w+\.kind = '(\w+)'")
_CONSTRAINT = re.compile(r"(?:TABLE (?:IF NOT EXISTS )?([\w.]+))|CHECK \((\w+) IN \(([^)]*'autopay'[^)]*)\)")


def _files(pattern: str) -> list[Path]:
    return sorted(file for folder in _SOURCES for file in (_ROOT / folder).rglob(pattern))


def _name(file: Path) -> str:
    return file.relative_to(_ROOT).as_posix()


def _imported(file: Path) -> object:
    return importlib.import_module(".".join(file.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__"))


def _is_member(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)


def _is_kind(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value in set(ImportKind)
    return ast.unparse(node).startswith("ImportKind.")


def _tables(file: Path) -> Iterator[tuple[EnumMeta, set[str]]]:
    """The dict literals with keys that are members of one enum, and which."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Dict) and len(node.keys) > 1 and all(map(_is_member, node.keys)):
            keys = [key for key in node.keys if isinstance(key, ast.Attribute)]
            owner = getattr(_imported(file), ast.unparse(keys[0].value), None)
            if isinstance(owner, EnumMeta):
                yield owner, {key.attr for key in keys}


def _texts(file: Path) -> Iterator[tuple[str, str]]:
    """Texts of a module with the name of the constant, or of a whole template or migration."""
    if file.suffix != ".py":
        yield _name(file), file.read_text()
        return
    for node in ast.parse(file.read_text()).body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=constant)) | ast.Assign(targets=[ast.Name(id=constant)]):
                texts = (text.value for text in ast.walk(node) if isinstance(text, ast.Constant))
                yield from ((f"{_name(file)} {constant}", text) for text in texts if isinstance(text, str))
            case _:
                continue


def _naming_kinds() -> set[str]:
    """Statements, templates and functions of the database that say what is done for one kind."""
    found = set()
    for pattern in ("*.py", "*.html", "*.txt", "*.sql"):
        for file in _files(pattern):
            for place, text in _texts(file):
                if _KIND.search(_PERMISSION.sub("", _CONSTRAINT.sub("", text))):
                    found.add(place)
    return found


@pytest.mark.parametrize("kind", ImportKind)
def test_every_kind_is_described(kind: ImportKind) -> None:
    assert kind in KINDS, f"shared/contracts/kinds.py: no KindSpec of {kind}"


@pytest.mark.parametrize("kind", ImportKind)
def test_every_kind_has_columns_of_its_own(kind: ImportKind) -> None:
    every = set(ImportKind)
    own = [field for field in FieldName if kind in field.spec.kinds and set(field.spec.kinds) != every]
    assert own, f"shared/contracts/fields/names.py: no field is meant for {kind}"


@pytest.mark.parametrize("kind", ImportKind)
def test_every_kind_has_facts_of_its_own(kind: ImportKind) -> None:
    own = [fact for fact in FACTS if kind in fact.kinds and set(fact.kinds) != set(ImportKind)]
    assert own, f"shared/contracts/facts.py: nothing of {kind} is compared before it is written"


def test_tables_keyed_by_an_enum_are_complete() -> None:
    lacking = {
        f"{_name(file)}: the table by {owner.__name__} lacks {', '.join(sorted(set(owner.__members__) - keys))}"
        for file in _files("*.py")
        if file.stem != "__main__"
        for owner, keys in _tables(file)
        if set(owner.__members__) - keys and (_name(file), owner.__name__) not in _PARTIAL
    }
    assert not lacking, "\n".join(sorted(lacking))


def test_no_code_compares_kinds() -> None:
    """A comparison has an else for every other kind, also for one to come: a `match` or the table of kinds has none."""
    compared = {
        f"{_name(file)}:{node.lineno}"
        for file in _files("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Compare) and any(map(_is_kind, (node.left, *node.comparators)))
    }
    assert not compared, "ask the table of kinds, or match every kind: " + ", ".join(sorted(compared))


def test_statements_and_templates_that_name_kinds_are_known() -> None:
    assert _naming_kinds() == set(PLACES), "tests/contracts/kinds_by_place.py says what they do for each kind"


@pytest.mark.parametrize("place", PLACES)
def test_statements_and_templates_know_every_kind(place: str) -> None:
    missing = set(ImportKind) - set(PLACES[place])
    question = f"{place}: what does it do for {', '.join(sorted(missing))}?"
    assert not missing, f"{question} The answer stands in tests/contracts/kinds_by_place.py"


def test_statements_let_people_see_the_kinds_of_their_permission() -> None:
    texts = dict(text for file in _files("*.py") for text in _texts(file))
    named = {place: set(_ALLOWED.findall(text)) for place, text in texts.items() if _ALLOWED.search(text)}
    assert len(named) > 1
    permitted = {kind.value for kind, spec in KINDS.items() if "paperless" in spec.permissions}
    assert all(kinds == permitted for kinds in named.values()), named


def _constraints() -> Mapping[str, set[str]]:
    """The kinds that the newest constraint of each column of kinds lets in."""
    found: dict[str, set[str]] = {}
    for file in _files("*.sql"):
        table = ""
        for match in _CONSTRAINT.finditer(file.read_text()):
            table = match[1] or table
            if match[2]:
                found[f"{_name(file.parent)}/: {table}.{match[2]}"] = set(re.findall(r"'(\w+)'", match[3]))
    return found


def test_the_database_takes_every_kind() -> None:
    lacking = {place: set(ImportKind) - kinds for place, kinds in _constraints().items() if set(ImportKind) - kinds}
    assert _constraints()
    assert not lacking, f"a migration has to let them in: {lacking}"


def test_the_database_and_the_readers_know_the_same_states_of_a_check() -> None:
    text = (_ROOT / "services/validation/migrations/0001_validation.sql").read_text()
    [states] = re.findall(r"CHECK \(state IN\s*\(([^)]*'finished'[^)]*)\)", text)
    assert set(re.findall(r"'(\w+)'", states)) == set(get_args(CheckState))


@pytest.mark.parametrize("file", ["README.md", "docs/definition-file.md", "docs/fields.md", "docs/rules.md"])
def test_documents_speak_of_every_kind(file: str) -> None:
    text = (_ROOT / file).read_text().lower()
    lacking = [kind for kind in ImportKind if kind not in text]
    assert not lacking, f"{file} does not mention {', '.join(lacking)}"


def test_the_model_knows_every_kind() -> None:
    assert set(get_args(ModelKind)) == set(ImportKind), "tests/support/model/job.py: Kind"


def test_files_of_every_kind_are_drawn() -> None:
    assert set(DRAWN) == set(ImportKind), "tests/support/generators/files.py: KINDS"
