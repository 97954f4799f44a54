"""What the documents name is there: files, modules, commands, targets, settings, tables, codes, topics, events."""

import importlib.util
import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
import typer

from cli.__main__ import app
from shared.contracts.codes import CODES
from shared.contracts.events import EVENTS
from tests.support.texts import ROOT, texts

_DOCUMENTS = dict(
    texts(
        "README.md", "CONTRIBUTING.md", "docs", *sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("services/*/*.md"))
    )
)
_BY_HAND = {path: text for path, text in _DOCUMENTS.items() if "decisions/" not in path}
_QUOTED = re.compile(r"```.*?```|`([^`\n]+)`", re.DOTALL)
_FENCED = re.compile(r"^```\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
_FILE = re.compile(r"[\w.{},*/-]*(?:\.(?:py|md|sql|toml|yml|json|txt|in|lock|html|js|css)|/)")
_ENVIRONMENT = re.compile(r"\b(?:CUSTOMER_)?IMPORT_(?!ID\b)[A-Z][A-Z0-9_]+\b")  # IMPORT_ID is an argument
_TABLE = re.compile(
    r"(?<!/)\b(crm|mapping|validation|execution|notification)\.(?!(?:py|md|sql)\b)([a-z_0-9]+)\b(?!\.(?:py|md|sql))"
)
_SCHEMA_OF = {"execution": "executor", "notification": "notifier"}
_MIGRATIONS = {
    path: text for path, text in texts("services", "shared", "stack", "crm", endings=(".sql",)) if "migrations" in path
}
_LONGEST_CELL = 300
_BELOW_A_SERVICE = r"^/api/v1/(?:(?:mapping|validation|executor|notifier)/)?"


def _quoted(text: str) -> Iterator[str]:
    return (match[1] for match in _QUOTED.finditer(text) if match[1])


def _named(pattern: str) -> list[tuple[str, str]]:
    """What stands behind these words between back ticks or in blocks, with the document."""
    found = re.compile(pattern)
    return [
        (path, match[1])
        for path, text in _BY_HAND.items()
        for part in (*_quoted(text), *_FENCED.findall(text))
        for match in found.finditer(part)
    ]


def _expanded(name: str) -> Iterator[str]:
    """`{a,b}/c.py` is `a/c.py` and `b/c.py`."""
    parts = [part.split(",") for part in re.split(r"[{}]", name)]
    return ("".join(chosen) for chosen in product(*parts)) if "{" in name else iter([name])


def _is_there(name: str, document: str) -> bool:
    folder = (ROOT / document).parent
    if "/" in name.rstrip("/"):
        return any(next(place.glob(name.rstrip("/")), None) for place in (ROOT, folder, ROOT / "tests"))
    place = ROOT if folder in {ROOT, ROOT / "docs"} else folder
    wanted = name.rstrip("/")
    return any((ROOT / part / wanted).exists() for part in (".", "docs", "shared", "services", ".run/..")) or any(
        one.name == wanted for one in place.rglob(wanted) if not any(part.startswith(".venv") for part in one.parts)
    )


def test_every_link_leads_somewhere() -> None:
    broken = [
        f"{path}: {target}"
        for path, text in _DOCUMENTS.items()
        for target in _LINK.findall(text)
        if "://" not in target and not ((ROOT / path).parent / target).exists()
    ]
    assert broken == []


def test_every_file_is_there() -> None:
    made = (".run/", "dist/", "/docs", "/healthz", "/readyz", "/openapi.json")  # at run time, or addresses
    missing = [
        f"{path}: {name}"
        for path, text in _BY_HAND.items()
        for quoted in _quoted(text)
        if _FILE.fullmatch(quoted) and not quoted.startswith(made) and not quoted.startswith("/")
        for name in _expanded(quoted)
        if not _is_there(name, path)
    ]
    assert missing == []


def test_every_make_target_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {name for _, name in _named(r"\bmake ([a-z]+)")} - targets == set()


def test_every_module_that_is_run_is_there() -> None:
    modules = {name for _, name in _named(r"python -m ([a-z_.]+)")} - {"pytest"}
    assert {name for name in modules if importlib.util.find_spec(name) is None} == set()


def test_every_command_is_there() -> None:
    command = typer.main.get_command(app)
    lines = {line for _, line in _named(r"\bcustomer-import ((?:[a-z-]+ ?)*(?:--)?)")}
    unknown = {line for line in lines if not _leads(command, line.split())}
    assert unknown == set()


def _leads(command: object, words: list[str]) -> bool:
    """Whether the words begin with commands, down to one that does something or a group named as such."""
    for word in words:
        below = getattr(command, "commands", None)
        if below is None:
            return True  # the rest are its arguments
        if word.startswith("--"):
            return True
        if word not in below:
            return False
        command = below[word]
    return True


def test_every_variable_is_read_somewhere() -> None:
    read = {
        name
        for _, text in texts("cli", "stack", "services", "shared", "bench", endings=(".py",))
        for name in _ENVIRONMENT.findall(text)
    } | set(_ENVIRONMENT.findall((ROOT / "docs/settings.md").read_text(encoding="utf-8")))
    read |= {f"CUSTOMER_IMPORT_{name}_URL" for name in ("MAPPING", "VALIDATION", "EXECUTOR", "NOTIFIER")}
    written = {(path, name) for path, text in _BY_HAND.items() for name in _ENVIRONMENT.findall(text)}
    assert {one for one in written if one[1] not in read} == set(), "nothing reads the variable"


def test_every_table_function_and_column_of_a_schema_is_there() -> None:
    unknown = []
    for path, text in _BY_HAND.items():
        for quoted in _quoted(text):
            for schema, name in _TABLE.findall(quoted):
                folder = f"/{_SCHEMA_OF.get(schema, schema)}/"
                told = " ".join(sql for place, sql in _MIGRATIONS.items() if folder in f"/{place}")
                if not re.search(rf"\b{name}\b", told):
                    unknown.append(f"{path}: {schema}.{name}")
    assert unknown == []


def test_every_code_is_in_the_registry() -> None:
    written = {(path, code) for path, text in _BY_HAND.items() for code in re.findall(r"\b[FRCWS]\d{3}\b", text)}
    assert {one for one in written if one[1] not in CODES} == set()


def test_every_topic_and_event_is_in_the_contract() -> None:
    topics = {event.topic.name for event in EVENTS}
    events = {event.__name__ for event in EVENTS}
    for path, text in _BY_HAND.items():
        assert set(re.findall(r"customer-import\.[a-z-]+\.v\d+", text)) - topics == set(), path
        named = set(
            re.findall(r"\b(?<!models\.)(?:Import|Check|Chunk)[A-Z][a-z]\w+", text)
        )  # those of the client aside
        assert named - events == set(), path


@pytest.mark.parametrize("path", sorted(_BY_HAND))
def test_tables_can_be_read(path: str) -> None:
    rows = [line for line in _BY_HAND[path].splitlines() if line.startswith("|")]
    long = [cell.strip()[:60] for row in rows for cell in row.split("|") if len(cell) > _LONGEST_CELL]
    assert long == []


def test_every_route_is_served() -> None:
    declared = re.compile(r'@(?:_signed_)?router\.(get|post|delete|put)\(\s*"([^"]+)"')
    served = {
        (method.upper(), re.sub(r"\{[a-z_]+\}", "{id}", path).strip("/"))
        for file, text in texts("services", "shared", endings=(".py",))
        for method, path in declared.findall(
            text.replace('("', '("dead-letters') if "dead_letter_routes" in file else text
        )
    }
    named = {
        (method, path.removeprefix("/api/v1").partition("?")[0].strip("/"))
        for document in ("README.md", "docs/architecture.md")
        for quoted in _quoted(_DOCUMENTS[document])
        for method, path in re.findall(r"^(GET|POST|DELETE) (\S+)", quoted)
    }
    assert len(named) > 20
    assert named - served == set()


def test_architecture_lists_every_operation() -> None:
    """Those of the one document of the API; below the name of a service, what all services have."""
    paths = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))["paths"]
    offered = {
        f"{method.upper()} {re.sub(r'{[a-z_]+}', '{id}', re.sub(_BELOW_A_SERVICE, '', path))}"
        for path, methods in paths.items()
        for method, operation in methods.items()
        if not operation.get("deprecated")
    }
    text = re.sub(r"`GET` and `POST (\S+)`", r"`GET \1`, `POST \1`", _DOCUMENTS["docs/architecture.md"])
    named = {quoted.partition("?")[0] for quoted in _quoted(text)}
    assert {one for one in offered if one not in named} == set(), "docs/architecture.md, under Interfaces"


def test_architecture_lists_every_shared_capability() -> None:
    table = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").partition("## Shared capabilities")[2]
    listed = {
        name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`([a-z_]+)`", row)
    }
    there = {path.stem for path in (ROOT / "shared").iterdir() if not path.name.startswith("__")}
    assert listed == there, "docs/architecture.md: the table of shared capabilities"


@pytest.mark.parametrize("service", ["mapping", "validation", "executor", "notifier"])
def test_every_part_of_a_service_is_in_its_readme(service: str) -> None:
    folder = ROOT / "services" / service
    alike = {"app", "settings", "migrations", "README", "domain"}  # CONTRIBUTING says what they are
    parts = {path.stem for path in folder.iterdir() if not path.name.startswith("__")} - alike
    text = (folder / "README.md").read_text(encoding="utf-8")
    missing = {part for part in parts if not re.search(rf"`{part}(/|\.py)?[`/]", text)}
    assert missing == set(), f"services/{service}/README.md"


def test_the_documents_are_found() -> None:
    assert len(_BY_HAND) > len(list(Path(ROOT / "services").glob("*/README.md")))
