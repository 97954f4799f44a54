"""Cells are checked while they are typed: validation is asked as the person, and nothing is kept."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.mapping.row_checks import RowChecks
from services.mapping.usecases import trying
from shared.contracts.row_check import ROW_CHECK, RowJudged
from tests.integration.mapping.test_corrections import waiting
from tests.integration.mapping.test_rounds import done
from tests.integration.mapping.world import World
from tests.support.crm import Biller

__all__ = ["done", "waiting"]


class Validation:
    """Stands for the other service: what it was asked, and what it answers."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.answer = httpx.Response(200, json={"verdict": "apply", "codes": []})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer

    @property
    def row(self) -> dict[str, Any]:
        [request] = self.asked
        found: dict[str, Any] = json.loads(request.content)
        return found


@pytest.fixture
def validation(world: World) -> Iterator[Validation]:
    made = Validation()
    client = httpx.AsyncClient(transport=httpx.MockTransport(made), base_url="http://validation")
    before = world.app.state.context
    world.app.state.context = replace(before, row_checks=RowChecks(client=client))
    yield made
    world.app.state.context = before


async def check(world: World, import_id: UUID, line: int, person: str = "ivy", **cells: str) -> httpx.Response:
    body = {"line": line, "cells": [{"column": column, "value": value} for column, value in cells.items()]}
    return await world.signed_in(person).post(f"/imports/{import_id}/row-check", json=body)


async def test_the_row_is_sent_as_a_correction_would_write_it(
    world: World, waiting: UUID, validation: Validation
) -> None:
    validation.answer = httpx.Response(
        200, content=RowJudged(verdict="failed", codes=("R142", "W301")).model_dump_json()
    )
    response = await check(world, waiting, 4, Email="bob@ex", Note="two lines")
    assert response.status_code == 200, response.text
    told = response.json()
    assert (told["line"], told["outcome"]) == (4, "failed")
    assert [(one["code"], one["columns"]) for one in told["problems"]] == [("R142", ["Email"])]
    assert told["problems"][0]["title"]
    assert [one["code"] for one in told["notes"]] == ["W301"]
    assert validation.row["content"] == 'Acct,Email,Note\nWTR-2,bob@ex,"two\nlines"\n'
    assert validation.row["import_id"] == str(waiting)
    assert (validation.row["line"], validation.row["reading"]["header_line"]) == (2, 1)
    assert validation.row["is_tried_again"] is False
    assert str(validation.asked[0].url) == f"http://validation{ROW_CHECK}"
    assert validation.asked[0].headers["authorization"].startswith("Bearer ")
    assert await world.admin.fetchval("SELECT count(*) FROM mapping.correction WHERE import_id = $1", waiting) == 0
    assert await world.state(waiting) != "checking" or await world.said_names(waiting) == ["ImportDefined"]


async def test_rows_that_belong_together_go_along_in_the_order_of_the_file(
    world: World, waiting: UUID, validation: Validation
) -> None:
    """But for those on broken lines: the plan has all others under the account that is typed here."""
    assert (await check(world, waiting, 4, Acct="WTR-1")).status_code == 200
    assert validation.row["content"] == (
        'Acct,Email,Note\nWTR-1,ann@example.com,\nWTR-1,bob@,"two\nlines"\n\nWTR-5,eve,x\n'
    )
    assert validation.row["line"] == 3


async def test_a_row_of_an_import_that_has_ended(world: World, done: UUID, validation: Validation) -> None:
    response = await check(world, done, 7, Note="y")
    assert (response.status_code, response.json()["problems"]) == (200, [])
    assert validation.row["content"] == "Acct,Email,Note\nWTR-4,dee@example.com,y\n"
    assert validation.row["is_tried_again"] is True


@pytest.mark.parametrize(
    ("line", "cells", "status", "code"),
    [
        (90, {"Email": "x"}, 422, "no_such_row"),
        (4, {"Phone": "x"}, 422, "no_such_column"),
        (4, {"Note": "4111 1111 1111 1111"}, 422, "F008"),
        (7, {}, 409, "nothing_corrected"),
    ],
)
async def test_what_no_correction_can_be_is_not_asked(
    world: World, waiting: UUID, validation: Validation, line: int, cells: dict[str, str], status: int, code: str
) -> None:
    response = await check(world, waiting, line, **cells)
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert validation.asked == []


async def test_rows_that_succeeded_and_imports_of_others_are_not_asked(
    world: World, done: UUID, validation: Validation
) -> None:
    assert (await check(world, done, 3, Email="x")).json()["code"] == "no_such_row"
    assert (await check(world, done, 4, "mallory", Email="x")).status_code == 404
    assert validation.asked == []


@pytest.mark.parametrize(
    "answer", [httpx.Response(503), httpx.Response(404), httpx.Response(200, content=b"no json")], ids=str
)
async def test_without_an_answer_it_is_said(
    world: World, waiting: UUID, validation: Validation, answer: httpx.Response
) -> None:
    validation.answer = answer
    response = await check(world, waiting, 4, Email="bob@example.com")
    assert (response.status_code, response.json()["code"]) == (503, "row_check_unavailable")


async def test_rows_too_long_to_be_asked_about_at_every_key_wait_for_the_check(
    world: World, waiting: UUID, validation: Validation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "LONGEST_CONTENT", 60)
    response = await check(world, waiting, 4, Email="bob@example.com", Note="x" * 40)
    assert (response.status_code, response.json()["code"]) == (503, "row_check_unavailable")
    assert validation.asked == []


async def test_without_an_address_nothing_is_asked(world: World, biller: Biller, waiting: UUID) -> None:
    assert biller.id
    response = await check(world, waiting, 4, Email="bob@example.com")
    assert (response.status_code, response.json()["code"]) == (503, "row_check_unavailable")
