"""Requests made up from an app's OpenAPI document by schemathesis; what is answered must be what it documents."""

import asyncio
import copy
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI

from shared.contracts.events import ImportHeld
from shared.messaging import Delivery, keep_dead_letter
from shared.postgres import Database
from tests.support.serving import served

_HOOKS: Final = Path(__file__).with_name("openapi_bodies.py")
SEED: Final = 20261128
FEW: Final = 5  # for each operation in each `make test`
_CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
_ERRORS: Final = re.compile(r"^ +🚫 ([A-Za-z ]+): ([0-9]+)$", re.MULTILINE)  # in its summary
_NO_LIST: Final = "Cannot generate an array"
_MOST_SECONDS: Final = 3600
_FAILURES: Final = 1

Known = Mapping[str, Sequence[Any]]


async def findings(app: FastAPI, authorization: str, known: Known, folder: Path, examples: int | None) -> str | None:
    """What schemathesis reports where an answer is not as documented; None where all are.

    ``known`` holds values that exist, by the name of the parameter: without them nothing would be found. Where more
    ``examples`` are asked for (for each operation), the bounds of each value are tried, too: over a thousand requests.
    """
    phases = "examples,coverage,fuzzing" if examples else "examples,fuzzing"
    document = folder / "openapi.json"
    document.write_text(json.dumps(_with(copy.deepcopy(app.openapi()), known)))
    async with served(app) as address:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli", "--no-color", "run", str(document), "--url", address),
            *("--header", f"Authorization: {authorization}"),
            *("--checks", ",".join(_CHECKS), "--phases", phases),
            *("--max-examples", str(examples or FEW), "--seed", str(SEED), "--generation-database", "none"),
            *("--warnings", "off", "--suppress-health-check", "all", "--continue-on-failure"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=folder,
            env={**os.environ, "SCHEMATHESIS_HOOKS": str(_HOOKS)},
        )
        try:
            async with asyncio.timeout(_MOST_SECONDS):
                output, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    told = output.decode(errors="replace")
    assert process.returncode in (0, _FAILURES), told
    return told if process.returncode and not _only_drew_nothing(told) else None


def _only_drew_nothing(told: str) -> bool:
    """Whether all there is to tell is that schemathesis found no example of a list that it made up itself.

    It mostly finds one; that it finds none says nothing of what the app answers.
    """
    errors = dict(_ERRORS.findall(told))
    return "FAILURES" not in told and errors == {"Schema Error": str(told.count(_NO_LIST))}


async def dead_letters(database: Database) -> list[int]:
    """One that cannot be decoded, and one of a topic that nobody hears."""
    async with database.transaction() as connection:
        for topic in (ImportHeld.topic.name, "customer-import.no-such-thing.v1"):
            delivery = Delivery(topic, 0, 0, b"", b"{")
            await keep_dead_letter(connection, delivery, "undecodable", "It is cut off")
        return [row["id"] for row in await connection.fetch("SELECT id FROM dead_letter ORDER BY id DESC LIMIT 2")]


def _with(document: dict[str, Any], known: Known) -> dict[str, Any]:
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in known:
                    parameter["schema"] = {"anyOf": [{"enum": list(known[parameter["name"]])}, parameter["schema"]]}
    return document
