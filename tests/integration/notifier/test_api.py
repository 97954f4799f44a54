from collections import Counter
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from shared.contracts.events import ChunkApplied, Counts, FinalState, ImportHeld
from shared.contracts.kinds import ImportKind
from shared.contracts.outcomes import Outcome
from stack.issuer import Issuer
from tests.integration.notifier.conftest import signed_in
from tests.integration.notifier.world import World

ROWS = [
    (2, Outcome.APPLIED, []),
    (3, Outcome.NO_CHANGE, ["W333"]),
    (4, Outcome.SKIPPED, ["C202"]),
    (5, Outcome.HELD, ["R132"]),
    (7, Outcome.FAILED, ["R141", "R103"]),
    (8, Outcome.FAILED, ["R101"]),
]
EXPECTED = {"read": 6, "applied": 1, "no_change": 1, "skipped": 1, "held": 1, "failed": 2}


def assert_conserved(counts: dict[str, int]) -> None:
    assert counts["read"] == sum(counts[outcome.value] for outcome in Outcome)


@pytest.fixture(scope="module")
async def biller(world: World) -> int:
    number = await world.biller("Riverbend Water")
    await world.right("iris", number, "all")
    return number


async def answer(client: httpx.AsyncClient, path: str, status: int = 200, **asked: Any) -> Any:
    response = await client.get(path, params=asked)
    assert response.status_code == status, response.text
    return response.json()


async def test_counts_are_conserved_in_every_place(client: httpx.AsyncClient, world: World, biller: int) -> None:
    imported = await world.defined(biller)
    await world.finished(imported, ROWS, FinalState.COMPLETED_WITH_ERRORS)
    shown = await answer(client, f"/imports/{imported.import_id}")
    assert shown["counts"] == EXPECTED
    assert shown["state"] == "completed_with_errors"
    assert (shown["biller_name"], shown["file_name"], shown["requester"]) == (
        "Riverbend Water",
        "customers.csv",
        "Iris Implementer",
    )
    listed = await answer(client, "/imports", text=str(imported.import_id))
    assert [one["counts"] for one in listed["items"]] == [EXPECTED]
    rows = (await answer(client, f"/imports/{imported.import_id}/rows"))["items"]
    assert Counter(row["outcome"] for row in rows) == {key: value for key, value in EXPECTED.items() if key != "read"}
    assert len(rows) == EXPECTED["read"]
    assert all(row["for_log"] == {} for row in rows)
    for entry in (await answer(client, f"/imports/{imported.import_id}/trail"))["items"]:
        if "counts" in entry["detail"]:
            assert sum(entry["detail"]["counts"].values()) == EXPECTED["read"]


async def test_a_row_shows_what_the_file_says_for_the_log(client: httpx.AsyncClient, world: World, biller: int) -> None:
    imported = await world.defined(biller)
    await world.finished(imported, ROWS, FinalState.COMPLETED_WITH_ERRORS)
    await world.log_says(imported, ROWS[0][0], legacy_id="P-1")
    [row, *_] = (await answer(client, f"/imports/{imported.import_id}/rows"))["items"]
    assert (row["line"], row["for_log"]) == (ROWS[0][0], {"legacy_id": "P-1"})


async def test_planned_counts_and_findings_of_a_held_import(
    client: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await world.defined(biller)
    await world.publish(
        ImportHeld(
            import_id=imported.import_id,
            biller_id=biller,
            check_no=1,
            codes={"C202": 3},
            undecided=("C202",),
            planned=Counts(applied=5, skipped=3),
        )
    )
    await world.admin.execute(
        "UPDATE validation.finding SET detail = $2, sample_lines = $3 WHERE import_id = $1",
        imported.import_id,
        '{"share": 0.375}',
        [4, 9, 11],
    )
    shown = await answer(client, f"/imports/{imported.import_id}")
    assert (shown["state"], shown["group"], shown["undecided"]) == ("held", "in_progress", ["C202"])
    assert shown["planned"] == {"read": 8, "applied": 5, "no_change": 0, "skipped": 3, "held": 0, "failed": 0}
    assert_conserved(shown["counts"])
    assert shown["findings"] == [
        {
            "code": "C202",
            "level": "C",
            "title": "Account not found",
            "message": "",
            "place": "",
            "remedy": "Skip these rows, or create the customers",
            "is_on_rows": True,
            "count": 3,
            "sample_lines": [4, 9, 11],
            "detail": {"share": 0.375},
        }
    ]
    problem = await answer(client, f"/imports/{imported.import_id}/log.csv", status=409)
    assert problem["code"] == "no_results"
    assert "needs a decision" in problem["title"]


async def test_rows_are_filtered_and_paged_without_gap_or_repetition(
    client: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await world.defined(biller)
    outcomes = [*Outcome]
    rows = [(line, outcomes[line % 5], _codes(line, outcomes[line % 5])) for line in range(2, 2002)]
    await world.finished(imported, rows)
    asked: dict[str, Any] = {"outcome": ["failed", "held"], "limit": 37}
    lines: list[int] = []
    while True:
        page = await answer(client, f"/imports/{imported.import_id}/rows", **asked)
        assert len(page["items"]) <= 37
        lines += [row["line"] for row in page["items"]]
        if page["next"] is None:
            break
        asked["after"] = page["next"]
    assert lines == [line for line, outcome, _ in rows if outcome in (Outcome.FAILED, Outcome.HELD)]
    for code, reason in (("R101", "The account number is blank"), ("W301", "Spreadsheet damage was repaired")):
        coded = await answer(client, f"/imports/{imported.import_id}/rows", code=code, limit=500)
        assert [row["line"] for row in coded["items"]] == [line for line, _, codes in rows if code in codes]
        assert coded["items"][0]["reason"] == reason
    await answer(client, f"/imports/{imported.import_id}/rows", status=422, limit=501)


def _codes(line: int, outcome: Outcome) -> list[str]:
    if line % 7:
        return []
    return ["R101"] if outcome is Outcome.FAILED else ["W301"]


async def test_rows_of_a_rare_code_are_found_by_the_lines_that_the_check_kept(
    client: httpx.AsyncClient, world: World, biller: int
) -> None:
    imported = await world.defined(biller)
    await world.finished(
        imported, [(line, Outcome.APPLIED, ["W341"] if line in {7, 90} else []) for line in range(2, 99)]
    )
    await world.admin.execute(
        "INSERT INTO validation.import_check (import_id, biller_id, kind, file_sha256)"
        " VALUES ($1, $2, 'paperless', '')",
        imported.import_id,
        biller,
    )
    await world.admin.execute(
        "INSERT INTO validation.finding (import_id, code, count, sample_lines) VALUES ($1, 'W341', 2, '{7, 90}')",
        imported.import_id,
    )
    page = await answer(client, f"/imports/{imported.import_id}/rows", code="W341")
    assert [row["line"] for row in page["items"]] == [7, 90]
    page = await answer(client, f"/imports/{imported.import_id}/rows", code="W341", after=7)
    assert [row["line"] for row in page["items"]] == [90]


async def test_imports_are_filtered_and_paged(client: httpx.AsyncClient, world: World) -> None:
    place = await world.biller("Harbor Insurance")
    await world.right("iris", place, "all")
    done = [await world.defined(place, file_name=f"batch-{number}.csv") for number in range(5)]
    for imported in done:
        await world.finished(imported, ROWS[:1])
    running = await world.defined(place, kind=ImportKind.AUTOPAY, requester=("sam", "Sam Starter"))
    await world.publish(
        ChunkApplied(import_id=running.import_id, biller_id=place, chunk_no=1, counts=Counts(applied=1))
    )
    everything = [str(imported.import_id) for imported in [*done, running]]

    async def found(**asked: Any) -> list[str]:
        page = await answer(client, "/imports", biller_id=place, **asked)
        return [one["import_id"] for one in page["items"]]

    assert sorted(await found()) == sorted(everything)
    assert await found(group="in_progress") == [str(running.import_id)]
    assert len(await found(group="completed")) == 5
    assert await found(state="running") == [str(running.import_id)]
    assert await found(state="running", group="completed") == []
    assert await found(kind="autopay") == [str(running.import_id)]
    assert await found(requester="starter") == [str(running.import_id)]
    assert await found(requester="sam") == [str(running.import_id)]
    assert await found(text="BATCH-3") == [str(done[3].import_id)]
    assert await found(text="100%") == []
    seen: list[str] = []
    after: dict[str, Any] = {}
    while True:
        page = await answer(client, "/imports", biller_id=place, limit=2, **after)
        seen += [one["import_id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert sorted(seen) == sorted(everything)


async def test_the_trail_is_paged(client: httpx.AsyncClient, world: World, biller: int) -> None:
    imported = await world.defined(biller)
    await world.publish(
        *(
            ChunkApplied(import_id=imported.import_id, biller_id=biller, chunk_no=number, counts=Counts(applied=1))
            for number in range(7)
        )
    )
    first = await answer(client, f"/imports/{imported.import_id}/trail", limit=4)
    second = await answer(client, f"/imports/{imported.import_id}/trail", limit=4, after=first["next"])
    numbers = [entry["detail"]["chunk_no"] for entry in first["items"] + second["items"]]
    assert sorted(numbers) == list(range(7))
    assert second["next"] is None


async def test_rights_decide_what_is_seen(client: httpx.AsyncClient, world: World, issuer: Issuer) -> None:
    place, elsewhere = await world.biller(), await world.biller()
    await world.right("paula", place, "paperless")
    await world.right("paula", None, "all")
    paperless = await world.defined(place)
    autopay = await world.defined(place, kind=ImportKind.AUTOPAY)
    other = await world.defined(elsewhere, kind=ImportKind.AUTOPAY)
    for imported in (paperless, autopay, other):
        await world.finished(imported, ROWS[:1])
    paula, nora = signed_in(issuer, "paula"), signed_in(issuer, "nora")
    paths = ("", "/rows", "/trail", "/mails", "/log.csv", "/events")

    async def status(imported: Any, headers: dict[str, str], path: str) -> int:
        response = await client.get(f"/imports/{imported.import_id}{path}", headers=headers)
        return response.status_code

    for path in paths:
        assert await status(autopay, paula, path) == 404
        assert await status(paperless, nora, path) == 404
        assert (await client.get(f"/imports/{uuid4()}{path}", headers=paula)).status_code == 404
        assert (await client.get(f"/imports/{uuid4()}{path}", headers={"Authorization": ""})).status_code == 401
    for path in paths[:-1]:
        assert await status(paperless, paula, path) == 200
        assert await status(other, paula, path) == 200

    async def listed(headers: dict[str, str]) -> set[str]:
        page = (await client.get("/imports", params={"limit": 500}, headers=headers)).json()
        return {one["import_id"] for one in page["items"]}

    seen = await listed(paula)
    assert {str(paperless.import_id), str(other.import_id)} <= seen
    assert str(autopay.import_id) not in seen
    assert await listed(nora) == set()
    await world.no_rights("paula")
    assert await listed(paula) == set()
    assert await status(paperless, paula, "") == 404


async def test_everything_that_is_offered_stands_in_the_openapi_document(app: FastAPI) -> None:
    document = app.openapi()
    assert {f"/api/v1/imports{path}" for path in ("", "/{import_id}", "/{import_id}/log.csv")} <= set(document["paths"])
    assert "read" in document["components"]["schemas"]["Counts"]["required"]
