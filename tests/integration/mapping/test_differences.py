"""What differs from the earlier import that is most alike: rows by account number, cells before and after."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.mapping.repository import alike
from shared.audit import Act
from tests.integration.mapping.world import World
from tests.support.audited import Told
from tests.support.crm import Biller

_BANK = {"routing_number": "R", "bank_account_number": "B"}


async def imported(
    world: World, biller: Biller, content: str, keys: list[int], *, state: str = "finished", **changes: Any
) -> UUID:
    """An import of this file; ``keys`` stand for its rows as validation keeps them."""
    file = changes.pop("file", None) or await world.upload(biller, content=content.encode())
    definition = await world.definition(biller, changes.pop("kind", "paperless"), **changes)
    definition["file"] = {name: file[name] for name in ("id", "sha256", "size")}
    import_id = UUID((await world.ask(definition)).json()["import_id"])
    await world.checked(import_id, state="approved" if state == "finished" else state)
    await world.admin.execute(
        """UPDATE validation.import_check SET row_keys = $2, checked_at = clock_timestamp(), rows_read = $3
           WHERE import_id = $1""",
        *(import_id, sorted(keys), content.count("\n") - 1),
    )
    if state == "finished":
        await world.admin.execute(
            """UPDATE validation.import_check SET state = 'finished', finished_at = clock_timestamp()
               WHERE import_id = $1""",
            import_id,
        )
    return import_id


async def differences(world: World, import_id: UUID, person: str = "ivy", **asked: Any) -> httpx.Response:
    return await world.signed_in(person).get(f"/imports/{import_id}/differences", params=asked)


_FIRST = "Acct,Email\nWTR-1,ann@example.com\nWTR-2,bob@example.com\nWTR-3,cy@example.com\nWTR-4,dee@example.com\n"
_SECOND = "Acct,Email,Note\nWTR-5,eve@example.com,x\nWTR-1,ann@example.com,\nWTR-2,robert@example.com,\nWTR-4,,\n"


async def test_new_gone_and_changed_rows_against_the_most_alike(world: World, biller: Biller) -> None:
    first = await imported(world, biller, _FIRST, [1, 2, 3, 4])
    await imported(world, biller, "Acct,Email\nWTR-1,ann@example.com\n", [1])  # newer, and less alike
    await imported(world, biller, _SECOND, [1, 5], kind="registration")
    second = await imported(world, biller, _SECOND, [1, 2, 6], state="held")
    trail = await Told.from_now(world.admin)
    response = await differences(world, second)
    assert response.status_code == 200, response.text
    assert (await trail.one(Act.ROWS_SEEN))["detail"] == {"what": "differences", "count": 50, "against": str(first)}
    told = response.json()
    assert (told["against"]["id"], told["against"]["is_same_file"]) == (str(first), False)
    assert told["against"]["share"] == pytest.approx(2 / 3)
    assert (told["rows"], told["rows_before"]) == (4, 4)
    assert (told["same"], told["changed"], told["new"], told["gone"]) == (1, 2, 1, 1)
    assert (told["fields"], told["only_here"], told["only_before"]) == (["email"], [], [])
    assert [(one["line"], one["line_before"], one["account_number"], one["cells"]) for one in told["items"]] == [
        (4, 3, "WTR-2", [_cell("bob@example.com", "robert@example.com")]),
        (5, 5, "WTR-4", [_cell("dee@example.com", "")]),
    ]
    [new] = (await differences(world, second, which="new")).json()["items"]
    assert (new["line"], new["line_before"], new["account_number"]) == (2, None, "WTR-5")
    assert new["cells"] == [_cell(None, "eve@example.com")]
    [gone] = (await differences(world, second, which="gone")).json()["items"]
    assert (gone["line"], gone["line_before"], gone["cells"]) == (None, 4, [_cell("cy@example.com", None)])


async def test_the_same_files_read_otherwise_are_compared_anew(world: World, biller: Biller) -> None:
    first = await imported(world, biller, _FIRST, [1])
    file = await world.upload(biller, content=_SECOND.encode())
    counts = []
    for column in ("Email", "Note"):
        one = await imported(world, biller, _SECOND, [1], state="held", file=file, columns={"email": column})
        told = (await differences(world, one, against=str(first))).json()
        counts.append((told["same"], told["changed"]))
    assert counts == [(1, 2), (0, 3)]


def _cell(before: str | None, after: str | None) -> dict[str, Any]:
    return {"field": "email", "column": "Email", "before": before, "after": after}


async def test_it_has_pages(world: World, biller: Biller) -> None:
    numbers = range(1, 8)
    await imported(world, biller, "Acct,Email\n" + "".join(f"N{n},a{n}@x.org\n" for n in numbers), [1])
    later = await imported(world, biller, "Acct,Email\n" + "".join(f"N{n},b{n}@x.org\n" for n in numbers), [2])
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = (await differences(world, later, after=after, limit=3)).json()
        seen += [one["line"] for one in page["items"]]
        after = page["next"]
    assert seen == list(range(2, 9))
    assert page["against"]["share"] == 0  # the newest, for want of one that shares a row


async def test_the_same_file_and_a_named_import(world: World, biller: Biller) -> None:
    named = await imported(world, biller, _SECOND, [9])
    first = await imported(world, biller, _FIRST, [1, 2])
    again = await imported(world, biller, _FIRST, [1, 2])
    told = (await differences(world, again)).json()
    assert (told["against"]["id"], told["against"]["is_same_file"]) == (str(first), True)
    assert (told["same"], told["changed"], told["new"], told["gone"], told["items"]) == (4, 0, 0, 0, [])
    other = (await differences(world, again, against=str(named))).json()
    assert (other["against"]["id"], other["against"]["share"]) == (str(named), None)
    assert (other["changed"], other["new"], other["gone"]) == (2, 1, 1)
    for nobody in (uuid4(), again):
        assert (await differences(world, again, against=str(nobody))).status_code == 404


async def test_bank_accounts_show_their_last_characters(world: World, biller: Biller) -> None:
    text = "Acct,R,B\nWTR-1,021000021,{}\n"
    for keys, number in (([1], "123456789"), ([2], "987654321")):
        last = await imported(world, biller, text.format(number), keys, kind="autopay", columns=_BANK)
    response = await differences(world, last)
    [row] = response.json()["items"]
    assert [(one["field"], one["before"], one["after"]) for one in row["cells"]] == [
        ("bank_account_number", "****6789", "****4321")
    ]
    assert "12345" not in response.text
    assert (await differences(world, last, "paul")).status_code == 404


async def test_nothing_to_compare_with(world: World, biller: Biller) -> None:
    only = await imported(world, biller, _FIRST, [1], state="held")
    response = await differences(world, only)
    assert (response.status_code, response.json()["code"]) == (409, "nothing_to_compare")
    assert (await differences(world, only, "mallory")).status_code == 404


async def test_a_file_that_is_gone_is_not_compared(world: World, biller: Biller) -> None:
    first = await imported(world, biller, _FIRST, [1, 2])
    second = await imported(world, biller, _SECOND, [1])
    await world.admin.execute(
        """UPDATE mapping.secure_file SET deleted_at = now(), deleted_reason = 'retention'
           WHERE id = (SELECT file_id FROM mapping.import WHERE id = $1)""",
        first,
    )
    assert (await differences(world, second)).json()["code"] == "nothing_to_compare"
    response = await differences(world, second, against=str(first))
    assert (response.status_code, response.json()["code"]) == (410, "file_gone")


_PAST = """
    WITH made AS (
        INSERT INTO validation.import_check (import_id, biller_id, kind, file_sha256, state, checked_at)
        SELECT gen_random_uuid(), $1, 'paperless', md5(n::text), 'cancelled', now() - n * interval '1 minute'
        FROM generate_series(1, 5000) AS n
        RETURNING import_id
    )
    INSERT INTO validation.imported_key (biller_id, key, import_id)
    SELECT $1, row_number() OVER () * 100 + n, import_id FROM made CROSS JOIN generate_series(1, 10) AS n
"""


async def test_the_most_alike_is_looked_up_by_key(world: World, biller: Biller) -> None:
    await world.admin.execute(_PAST, biller.id)
    await world.admin.execute("ANALYZE validation.imported_key, validation.import_check")
    first = await imported(world, biller, _FIRST, [1, 2])
    second = await imported(world, biller, _SECOND, [1, 2, 3])
    async with world.database.connection() as connection:
        found = await alike.most_alike(connection, second)
        assert found is not None
        assert found.id == first
        plan = "\n".join(
            one[0] for one in await connection.fetch(f"EXPLAIN {alike._FIND}", second, alike._KEYS, alike._NEWEST)
        )
    assert "Seq Scan on imported_key" not in plan
    assert "Seq Scan on import_check" not in plan
