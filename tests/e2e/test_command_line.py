"""`customer-import` as a person types it, with the definition file of docs/definition-file.md."""

import asyncio
import csv
import json
import os
import re
import signal
import sys
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import yaml

from cli.errors import ExitCode
from customer_import_client import Outgoing
from stack.embedded import EmbeddedStack
from stack.processes import spawn
from stack.services import SERVICES
from tests.support.imports import client_of, database
from tests.support.texts import ROOT

_DOCUMENT = Path(__file__).parents[2] / "docs" / "definition-file.md"
_LIMIT_SECONDS = 120.0
_FILE = """\
Cust No,Loc,Name,E-mail,Delivery
1045,2210,"ORTIZ, ANA",ana@example.com,Portal
1046,2211,LEE WU,Lee Wu <lee@example.com>,Portal
1047,2212,J PARK,not an address,Portal
9999,1,ZOE LIM,zoe@example.com,Portal
"""
_BILLER = """
WITH realm AS (INSERT INTO crm.login_realm (name) VALUES ($1) RETURNING id),
     biller AS (INSERT INTO crm.biller (name, login_realm_id) SELECT $1, id FROM realm RETURNING id),
     types AS (INSERT INTO crm.invoice_type (biller_id, code, alias)
               SELECT id, code, code FROM biller, unnest('{WATER,SEWER}'::text[]) AS code),
     rights AS (INSERT INTO crm.operator_right (subject, permission) VALUES ('ivy', 'all') ON CONFLICT DO NOTHING)
INSERT INTO crm.customer (biller_id, account_number, name)
SELECT id, number, 'A CUSTOMER'
FROM biller, unnest('{WTR-0001045-002210,WTR-0001046-002211,WTR-0001047-002212}'::text[]) AS number
RETURNING biller_id
"""


@pytest.fixture(scope="module")
async def environment(system: EmbeddedStack) -> dict[str, str]:
    urls = {
        f"CUSTOMER_IMPORT_{name.upper()}_URL": system.service_url(instance)
        for name, instance in (
            *(("mapping", "mapping"), ("validation", "validation")),
            *(("executor", "executor-1"), ("notifier", "notifier")),
        )
    }
    return urls | {"CUSTOMER_IMPORT_TOKEN": await system.token("ivy")}


@pytest.fixture(scope="module")
async def biller(system: EmbeddedStack) -> str:
    name = f"Riverbend {uuid4()}"
    async with database(system) as connection:
        await connection.execute(_BILLER, name)
    return name


async def _command(environment: dict[str, str], *arguments: str | Path, apart: bool = False) -> tuple[int, str]:
    """Exit code and output, on the two streams together or of stdout alone."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", *map(str, arguments)),
        env={**os.environ, **environment, "COLUMNS": "160"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL if apart else asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(_LIMIT_SECONDS):
        output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


def _definition(directory: Path, biller: str, **replacements: str) -> Path:
    """The document's own example, for the biller of this test."""
    found = re.search(r"```yaml\n(.*?)```", _DOCUMENT.read_text(), re.DOTALL)
    assert found
    text = found[1].replace("Riverbend Water ", biller + " ")
    for old, new in replacements.items():
        assert old in text
        text = text.replace(old, new)
    path = directory / "definition.yaml"
    path.write_text(text)
    return path


async def test_a_file_nobody_prepared_is_imported_with_the_documents_alone(
    environment: dict[str, str], biller: str, tmp_path: Path
) -> None:
    file, log = tmp_path / "customers.csv", tmp_path / "result.csv"
    file.write_text(_FILE)
    code, output = await _command(environment, "run", file, _definition(tmp_path, biller), "--log", log)
    assert code == ExitCode.ROWS_FAILED, output
    with log.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["outcome"] for row in rows] == ["applied", "applied", "failed", "skipped"]
    assert [row["codes"] for row in rows][2:] == ["R142", "C202"]
    assert [row["Name"] for row in rows] == ["ORTIZ, ANA", "LEE WU", "J PARK", "ZOE LIM"]
    import_id = re.search(r"[0-9a-f-]{36}", output)
    assert import_id
    code, output = await _command(environment, "show", import_id[0])
    assert code == 0, output
    assert "R142" in output
    code, output = await _command(environment, "plan", import_id[0], "--search", "ana@example.com", apart=True)
    account_numbers = {line.split("\t")[1] for line in output.splitlines()[1:]}
    assert (code, account_numbers) == (0, {"WTR-0001045-002210"}), output
    assert "not enrolled" in output
    assert "Applied" in output, "what happened stands beside the plan"
    code, output = await _command(environment, "list", "--limit", "5")
    assert import_id[0] in output


async def test_what_cannot_be_done_is_said_in_plain_words(
    environment: dict[str, str], biller: str, tmp_path: Path
) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(_FILE)
    definition = _definition(tmp_path, biller, **{"column: Loc": "column: Location"})
    for wrong in (
        ("run", tmp_path / "missing.csv", definition),
        ("run", file, tmp_path / "missing.yaml"),
        ("show", str(uuid4())),
        ("dead-letters", "send", "mapping", "999999"),
    ):
        code, output = await _command(environment, *wrong)
        assert code == ExitCode.REFUSED, output
        assert "Traceback" not in output
    code, output = await _command(environment, "run", file, definition)
    assert code == ExitCode.REFUSED, output
    assert "F014" in output


async def test_an_import_is_started_and_followed_later_by_programs(
    environment: dict[str, str], biller: str, tmp_path: Path
) -> None:
    file = tmp_path / "customers.csv"
    header, _, _, park, _ = _FILE.splitlines(keepends=True)
    file.write_text(header + park.replace("not an address", "park@example.com"))
    code, import_id = await _command(environment, "run", file, _definition(tmp_path, biller), "--detach", apart=True)
    assert code == ExitCode.DONE
    code, output = await _command(environment, "watch", import_id.strip(), "--json", apart=True)
    assert code == ExitCode.DONE, await _command(environment, "show", import_id.strip())
    assert json.loads(output)["state"] == "completed"
    listed = json.loads((await _command(environment, "list", "--json", apart=True))[1])
    assert import_id.strip() in [one["import_id"] for one in listed]


async def test_dead_letters_of_every_service_are_listed(environment: dict[str, str]) -> None:
    code, output = await _command(environment, "dead-letters", "list")
    assert code == 0, output


async def test_a_held_import_says_what_it_waits_for_where_nobody_can_answer(
    environment: dict[str, str], biller: str, tmp_path: Path
) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(_FILE.replace("ana@", "ana.ortiz@"))
    definition = _definition(tmp_path, biller, **{"C202: {choice: skip}": "{}", "decide:   ": "decide: ask #"})
    text = definition.read_text().replace("  {}", "")
    definition.write_text(text)
    code, output = await _command(environment, "run", file, definition)
    assert code == ExitCode.HELD, output
    assert "C202" in output


async def test_inspect_reports_and_normalizes(tmp_path: Path) -> None:
    file, clean = tmp_path / "dirty.csv", tmp_path / "clean.csv"
    file.write_bytes("Acct;Name\r\n1;PEÑA\r\n".encode("cp1252"))
    code, output = await _command({}, "inspect", file, "--json", "--normalized", clean)
    assert code == 0, output
    assert '"W302"' in output
    assert clean.read_bytes() == "Acct,Name\r\n1,PEÑA\r\n".encode()
    file.write_bytes(b"PK\x03\x04 an archive")
    code, output = await _command({}, "inspect", file)
    assert code == 1
    assert "F001" in output


async def test_setup_prepares_a_database_and_broker_of_ones_own(system: EmbeddedStack) -> None:
    dsn = await system.postgres.create_database("of_ones_own")
    # The roles are the server's, so they keep the passwords of the running system.
    passwords = {f"IMPORT_{name.upper()}_PASSWORD": system.secrets.passwords[name] for name in SERVICES}
    settings = passwords | {"IMPORT_ADMIN_DSN": dsn, "IMPORT_KAFKA_BOOTSTRAP": system.kafka.bootstrap}
    for _ in range(2):
        code, output = await _command(settings, "admin", "setup")
        assert code == 0, output
    code, output = await _command({}, "admin", "setup")
    assert code == ExitCode.REFUSED, output
    assert "IMPORT_ADMIN_DSN" in output


async def test_an_import_is_run_by_the_name_of_a_recipe_and_drift_is_told(
    system: EmbeddedStack, environment: dict[str, str], biller: str, tmp_path: Path
) -> None:
    file, definition = tmp_path / "customers.csv", tmp_path / "short.yaml"
    file.write_text(_FILE.replace("ana@", "recipe@"))
    goes_on = ", ".join(f"{code}: {{choice: continue}}" for code in ("C201", "C203", "C204", "C243"))
    answers = f"decide: {{C202: {{choice: skip}}, {goes_on}}}"
    definition.write_text(f"biller: {biller}\noptions: {{attestation: They agreed.}}\n{answers}\n")
    ivy = await client_of(system, "ivy")
    number = ivy.biller(biller)["id"]
    sent = Outgoing(file.name, file.stat().st_size, kind="paperless")
    stored = ivy.upload(number, sent, iter([file.read_bytes()]))
    await _save_recipe(system, number, stored["id"])
    code, output = await _command(environment, "recipes", biller)
    assert code == 0, output
    assert "Monthly" in output
    code, output = await _command(environment, "run", file, definition, "--recipe", "monthly")
    assert code == ExitCode.ROWS_FAILED, output
    file.write_text(_FILE.replace("Delivery", "Delivery,Ward").replace("Portal\n", "Portal,3\n"))
    code, output = await _command(environment, "run", file, definition, "--recipe", "Monthly")
    assert code == ExitCode.REFUSED, output
    assert "Ward" in output
    file.write_text(_FILE.replace("E-mail", "Mail"))
    code, output = await _command(environment, "run", file, definition, "--recipe", "Monthly", "--accept-drift")
    assert code == ExitCode.REFUSED, output
    assert "missing in the file: E-mail" in " ".join(output.split())
    code, output = await _command(environment, "run", file, definition, "--recipe", "Yearly")
    assert code == ExitCode.REFUSED, output
    assert "Monthly" in output
    await _files_in_a_folder_are_taken(environment, biller, tmp_path)


async def _files_in_a_folder_are_taken(environment: dict[str, str], biller: str, tmp_path: Path) -> None:
    (folder := tmp_path / "intake" / biller).mkdir(parents=True)
    (rules := tmp_path / "rules.yaml").write_text(f"{biller}: {{options: {{attestation: They agreed.}}}}\n")
    (folder / "good.csv").write_text(_FILE.replace("ana@", "folder@"))
    (folder / "other.csv").write_text("Number,Street\n1,Main\n")
    options = ("--once", "--settled", "0.2", "--rules", rules, "--json")
    code, output = await _command(environment, "intake", tmp_path / "intake", *options, apart=True)
    assert code == ExitCode.REFUSED, output
    told = {bool(one.get("import_id")): one for one in json.loads(output)}
    assert told[True]["state"] == "held"
    assert told[False]["columns"]["Monthly"]["missing"] == ["E-mail", "Name", "Cust No", "Loc"]
    assert [path.name.split("-", 1)[1] for path in (folder / "done").glob("*.csv")] == ["good.csv"]
    assert [path.name.split("-", 1)[1] for path in (folder / "refused").glob("*.csv")] == ["other.csv"]
    await _an_intake_goes_on_until_it_is_stopped(environment, folder, tmp_path)


async def _an_intake_goes_on_until_it_is_stopped(environment: dict[str, str], folder: Path, tmp_path: Path) -> None:
    """As compose and Kubernetes start it, with their health check."""
    (tmp_path / "places.yaml").write_text(f"- at: {folder.parent}\n")
    command = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["intake"]["command"]
    given = [word.replace("/etc/customer-import", str(tmp_path)) for word in command[1:-1]]
    beat = tmp_path / "alive"
    arguments = ["-m", "cli", *given, beat, "--settled", "0.2", "--every", "0.2"]
    intake = spawn("intake", [sys.executable, *arguments], tmp_path / "intake.log", environment=environment)
    (folder / "later.csv").write_text(_FILE.replace("ana@", "later@"))

    async def is_put_away() -> bool:
        return len(list((folder / "done").glob("*-later.csv"))) == 1

    await intake.wait_until(is_put_away, limit=60)
    health = await asyncio.create_subprocess_exec(sys.executable, "-m", "shared.probe", beat)
    assert await health.wait() == 0
    intake.send(signal.SIGTERM)
    assert await intake.ended(limit=30) == 0, (tmp_path / "intake.log").read_text()
    assert "The intake stops" in (tmp_path / "intake.log").read_text()
    assert list((folder / ".taken").iterdir()) == []


async def _save_recipe(system: EmbeddedStack, biller_id: int, file_id: str) -> None:
    pad = {"do": "pad_left"}
    body = {
        "name": "Monthly",
        "kind": "paperless",
        "file_id": file_id,
        "invoice_types": ["WATER"],
        "columns": {"email": "E-mail", "customer_name": "Name"},
        "account_number": [
            {"literal": "WTR-"},
            {"column": "Cust No", "transforms": [pad | {"length": 7}]},
            {"literal": "-"},
            {"column": "Loc", "transforms": [pad | {"length": 6}]},
        ],
    }
    headers = {"authorization": f"Bearer {await system.token('ivy')}"}
    address = f"{system.service_url('mapping')}/api/v1/billers/{biller_id}/recipes"
    async with httpx.AsyncClient(headers=headers) as client:
        response = await client.post(address, json=body)
    assert response.status_code == 201, response.text
