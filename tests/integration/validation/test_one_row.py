"""A row that somebody corrects is judged as typed exactly as the check judges it."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.validation.one_row import Turns, judge_row
from shared.auth import Person
from shared.contracts.definition import Reading
from shared.contracts.row_check import RowCheck, RowJudged
from shared.errors import Conflict, NotFound, Unavailable
from tests.integration.validation.test_inspect_agrees import _BANK, _FILES
from tests.integration.validation.world import GOOD, SUBJECT, Import, World, answers
from tests.support.crm import Biller

_READING = Reading(encoding="utf-8", delimiter=",", quote='"', header_line=1)
_REFUSED = ("another biller's", "card numbers", "a forbidden column", "a column missing")
_CASES = [(kind, name) for kind, files in _FILES.items() for name in files if name not in _REFUSED]


async def judge(world: World, import_id: UUID, header: str, row: str, subject: str = SUBJECT, **more: Any) -> RowJudged:
    """Of several rows the last one is judged."""
    line = 2 + row.count("\n")
    asked = RowCheck(import_id=import_id, line=line, content=f"{header}\n{row}\n", reading=_READING, **more)
    return await judge_row(world.database, world.tools, Person(subject, "Ida"), asked)


async def _biller(world: World, kind: str) -> Biller:
    biller = await world.biller()
    for number in range(1, 12):  # and one number that nobody has
        login = None if kind == "registration" else await world.crm.login(biller.realm_id, f"owner{number}@b.example")
        await world.crm.customer(biller, f"A{number}", owner=login)
    return biller


@pytest.mark.parametrize(("kind", "name"), _CASES)
async def test_as_the_check_says(kind: str, name: str, world: World) -> None:
    lines, columns = _FILES[kind][name]
    header, *rows = (line.format(number) for number, line in enumerate(lines))
    if kind == "autopay" and "B" in header.split(","):
        columns = _BANK | columns
    biller = await _biller(world, kind)
    done = await world.check(biller, kind, [header, *rows], columns=columns, decide="ask")
    before = await _plan(world, done)
    broken = {line for line, row in done.rows.items() if {"R101", "R103", "R104"} & set(row["codes"])}
    for line, row in enumerate(rows, 2):
        if line not in broken:
            told = await judge(world, done.id, header, row)
            assert (told.verdict, set(told.codes)) == done.says(line), row
    assert await _plan(world, done) == before
    kept = await world.admin.fetchval(
        "SELECT count(*) FROM validation.plan_row p WHERE NOT EXISTS (SELECT FROM validation.import_check c "
        "WHERE c.import_id = p.import_id)"
    )
    assert kept == 0


async def _plan(world: World, done: Import) -> list[dict[str, Any]]:
    rows = await world.admin.fetch("SELECT * FROM validation.plan_row WHERE import_id = $1 ORDER BY line_no", done.id)
    return [dict(row) for row in rows]


async def test_rows_that_belong_together_are_judged_together(world: World) -> None:
    biller = await world.biller(links=True)
    login = await world.crm.login(biller.realm_id, "old@b.example")
    for number in ("A1", "A2"):
        await world.crm.customer(biller, number, owner=login)
    header, first, same, other = "Account,Email", "A1,a@x.org", "A1,b@x.org", "A2,c@x.org"
    of_account = await world.check(biller, "paperless", [header, first, same], decide="ask")
    told = await judge(world, of_account.id, header, f"{first}\n{same}")
    assert (told.verdict, set(told.codes)) == of_account.says(3)
    assert told.verdict == "held"
    of_login = await world.check(biller, "paperless", [header, first, other], decide="ask")
    told = await judge(world, of_login.id, header, f"{first}\n{other}")
    assert (told.verdict, set(told.codes)) == of_login.says(3) == ("held", {"R151"})
    assert (await judge(world, of_login.id, header, f"{first}\nA2,a@x.org")).verdict == "apply"


async def test_an_account_of_a_row_that_is_in_no_new_round_is_held(world: World) -> None:
    """As R135 in the check of a round."""
    biller = await _biller(world, "paperless")
    header = "Account,Email"
    done = await world.check(biller, "paperless", [header, "A1,a@x.org", "A2,broken@"], decide=answers(C241="skip"))
    assert (await world.apply(done, biller))[2][0] == "applied"
    elsewhere = await judge(world, done.id, header, "A1,b@x.org", is_tried_again=True, lines=(3,))
    assert (elsewhere.verdict, elsewhere.codes) == ("held", ("R135",))
    assert (await judge(world, done.id, header, "A2,b@x.org", is_tried_again=True, lines=(3,))).verdict == "apply"


async def test_answers_count_as_in_the_next_check(world: World) -> None:
    biller = await _biller(world, "paperless")
    header = "Account,Email,Name"
    columns = {"email": "Email", "customer_name": "Name"}
    asked = [header, "A1,a@x.org,Ann", "X9,b@x.org,Bea"]
    held = await world.check(biller, "paperless", asked, columns=columns, decide="ask")
    skipped = await judge(world, held.id, header, "X9,b@x.org,Bea")
    await world.admin.execute(
        """INSERT INTO mapping.considered_answer
               (import_id, code, choice, count_seen, considered_by, considered_by_name)
           VALUES ($1, 'C202', 'create', 1, $2, 'Ida')""",
        held.id,
        SUBJECT,
    )
    created = await judge(world, held.id, header, "X9,b@x.org,Bea")
    assert (skipped.verdict, created.verdict) == ("skipped", "apply")
    assert "W323" in created.codes
    await world.admin.execute(
        """INSERT INTO execution.job (import_id, biller_id, kind, state, finished_at)
           SELECT id, biller_id, kind, 'finished', now() FROM mapping.import WHERE id = $1""",
        held.id,
    )
    again = await judge(world, held.id, header, "X9,b@x.org,Bea", is_tried_again=True)
    assert again.verdict == "skipped"


async def test_a_row_that_the_file_would_be_refused_for(world: World) -> None:
    biller = await _biller(world, "paperless")
    done = await world.check(biller, "paperless", ["Account,Email,Note", "A1,a@x.org,"], decide="ask")
    told = await judge(world, done.id, "Account,Email,Note", "A1,a@x.org,4111.1111.1111.1111")
    assert told == RowJudged(verdict=None, codes=("F008",))


async def test_for_nobody_but_who_may_import_such_a_file(world: World) -> None:
    biller = await _biller(world, "paperless")
    done = await world.check(biller, "paperless", ["Account,Email", "A1,a@x.org"], decide=GOOD)
    for subject, import_id in (("nobody", done.id), (SUBJECT, uuid4())):
        with pytest.raises(NotFound):
            await judge(world, import_id, "Account,Email", "A1,a@x.org", subject)


async def test_rows_of_an_import_that_nobody_can_correct_are_not_judged(world: World) -> None:
    biller = await _biller(world, "paperless")
    done = await world.check(biller, "paperless", ["Account,Email", "A1,a@x.org"], decide="ask")
    with pytest.raises(Conflict):  # it has not ended
        await judge(world, done.id, "Account,Email", "A1,b@x.org", is_tried_again=True)
    await world.admin.execute("UPDATE mapping.import SET state = 'cancelled' WHERE id = $1", done.id)
    with pytest.raises(Conflict):
        await judge(world, done.id, "Account,Email", "A1,b@x.org")


async def test_who_gets_no_turn_is_told_so_soon() -> None:
    asked = RowCheck(import_id=uuid4(), line=2, content="", reading=_READING)
    begun, done, judged = asyncio.Event(), asyncio.Event(), RowJudged(verdict=None, codes=())

    async def slow(_person: Person, _asked: RowCheck) -> RowJudged:
        begun.set()
        await done.wait()
        return judged

    turns, person = Turns(slow, at_once=1), Person(SUBJECT, "Ida")
    first = asyncio.create_task(turns(person, asked))
    await begun.wait()
    with pytest.raises(Unavailable):
        await turns(person, asked)
    done.set()
    assert await first is judged
    assert await turns(person, asked) is judged
