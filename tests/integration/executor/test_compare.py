"""Rules apply-2 to apply-6."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.integration.executor.test_autopay import bank
from tests.integration.executor.world import World, row
from tests.support.crm import Biller
from tests.support.plans import write_words

Customer = tuple[int, int, str]
Meanwhile = Callable[[World, Biller, Customer], Awaitable[Any]]


async def closed(world: World, _: Biller, customer: Customer) -> None:
    await world.admin.execute("UPDATE crm.customer SET status = 'closed' WHERE id = $1", customer[0])


async def moved_away(world: World, _: Biller, customer: Customer) -> None:
    other = await world.biller()
    await world.admin.execute("UPDATE crm.customer SET biller_id = $2 WHERE id = $1", customer[0], other.id)


async def disowned(world: World, _: Biller, customer: Customer) -> None:
    await world.admin.execute("UPDATE crm.customer_login_link SET role = 'guest' WHERE customer_id = $1", customer[0])


async def other_email(world: World, _: Biller, customer: Customer) -> None:
    await world.admin.execute("UPDATE crm.login SET email = 'own@example.com' WHERE id = $1", customer[1])


async def locked(world: World, _: Biller, customer: Customer) -> None:
    await world.admin.execute("UPDATE crm.login SET status = 'locked' WHERE id = $1", customer[1])


async def enrolled(world: World, biller: Biller, customer: Customer) -> None:
    [_, sewer] = await world.types(biller)
    await world.crm.paperless(customer[0], sewer, status="cancelled")


@pytest.mark.parametrize("meanwhile", [closed, moved_away, disowned, other_email, locked, enrolled])
async def test_the_whole_group_is_held_and_other_groups_are_applied(world: World, meanwhile: Meanwhile) -> None:
    biller = await world.biller()
    first, alone = await world.owned(biller), await world.owned(biller)
    sibling = (await world.crm.customer(biller, "SIBLING", owner=first[1]), first[1], first[2])
    rows = [
        world.moved(2, first, codes=["W310", "W344"]),
        world.moved(3, sibling, leader_line=2, login_action="none"),
        row(4, "no_change", codes=["W331", "W333"], leader_line=2),
        row(5, "skipped", codes=["C202"], leader_line=2),
        world.moved(6, alone),
    ]
    import_id = await world.plan(biller, "paperless", [rows])
    await world.approve(import_id, biller)
    await meanwhile(world, biller, first)
    await world.finish(import_id)

    assert await world.results(import_id) == {
        2: ("held", ["R198", "W310"]),
        3: ("held", ["R198"]),
        4: ("held", ["R198", "W331"]),
        5: ("skipped", ["C202"]),
        6: ("applied", []),
    }
    assert await world.enrolled("paperless_enrollment", sibling[0]) == []
    assert (await world.finished(import_id))["state"] == "completed_with_errors"


async def test_a_held_row_says_what_changed_and_nothing_that_only_applied_rows_say(world: World) -> None:
    biller = await world.biller()
    first, alone = await world.owned(biller), await world.owned(biller)
    warned = ["W310", "W321", "W324", "W332"]
    rows = [bank(2, first, codes=warned), row(3, "no_change", codes=["W331"], leader_line=2), bank(4, alone)]
    import_id = await world.plan(biller, "autopay", [rows])
    await world.approve(import_id, biller)
    await world.admin.execute("UPDATE crm.customer SET block_eft = true WHERE id = $1", first[0])
    await disowned(world, biller, first)
    await world.finish(import_id)
    assert await world.results(import_id) == {
        2: ("held", ["R198", "W310"]),
        3: ("held", ["R198", "W331"]),
        4: ("applied", []),
    }
    found = await world.admin.fetch(
        "SELECT changed FROM execution.row_result WHERE import_id = $1 ORDER BY line_no", import_id
    )
    both = ["owner", "payment blocks"]
    assert [one["changed"] for one in found] == [both, both, None]
    assert await world.admin.fetchval("SELECT changed FROM execution.chunk WHERE import_id = $1", import_id) is None
    assert (await world.finished(import_id))["codes"] == {"R198": 2, "W310": 1, "W331": 1}


async def test_what_changed_for_the_whole_import_is_kept_once(world: World) -> None:
    biller = await world.biller()
    rows = [bank(line, await world.owned(biller), codes=["W332"]) for line in (2, 3)]
    import_id = await world.plan(biller, "autopay", [rows[:1], rows[1:]])
    await world.approve(import_id, biller)
    await world.admin.execute("UPDATE crm.biller SET status = 'closed' WHERE id = $1", biller.id)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: ("held", ["R198"]), 3: ("held", ["R198"])}
    for table in ("row_result", "chunk"):
        found = await world.admin.fetch(f"SELECT changed FROM execution.{table} WHERE import_id = $1", import_id)
        assert [one["changed"] for one in found] == [["biller closed"]] * 2


async def test_a_missing_customer_has_come_in_other_letters(world: World) -> None:
    biller = await world.biller(insensitive=True)
    created: dict[str, Any] = {
        "login_action": "create_shell",
        "seen_enrollments": [None, None],
        "email": "e@example.com",
    }
    rows = [row(2, account_number="ABC-1", **created), row(3, account_number="ABC-2", **created)]
    import_id = await world.plan(biller, "paperless", [rows])
    await world.crm.customer(biller, "abc-1")
    await world.approve(import_id, biller)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: ("held", ["R198"]), 3: ("applied", [])}


async def test_an_account_has_got_an_owner(world: World) -> None:
    biller = await world.biller()
    customer_id, _, _ = await world.owned(biller)
    planned = row(
        2, customer_id=customer_id, login_action="create_shell", seen_enrollments=[None, None], email="e@x.org"
    )
    import_id = await world.run(biller, "paperless", [planned])
    assert await world.results(import_id) == {2: ("held", ["R198"])}


@pytest.mark.parametrize("taken", [{"login_name": "Ana.Ortiz", "email": None}, {"email": "ANA@example.com"}])
async def test_a_login_name_or_email_is_taken(world: World, taken: dict[str, Any]) -> None:
    biller = await world.biller()
    customer_id = await world.crm.customer(biller, "ANA")
    await world.crm.login(biller.realm_id, **taken)
    planned = row(
        2, customer_id=customer_id, login_action="create_invited", email="ana@example.com", login_name="ana.ortiz"
    )
    import_id = await world.run(biller, "registration", [planned])
    assert await world.results(import_id) == {2: ("held", ["R198"])}


async def test_the_customer_has_chosen_another_method_himself(world: World) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    water, _ = await world.types(biller)
    earlier = await world.crm.method(customer[1], biller, b"earlier")
    chosen = await world.crm.method(customer[1], biller, b"chosen")
    await world.crm.autopay(customer[0], water, earlier, origin="import")
    planned = bank(2, customer, seen_enrollments=[f"active:{earlier}", None])
    import_id = await world.plan(biller, "autopay", [[planned]])
    await world.admin.execute(
        "UPDATE crm.autopay_enrollment SET payment_method_id = $2 WHERE customer_id = $1", customer[0], chosen
    )
    await world.approve(import_id, biller)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: ("held", ["R198"])}
    assert len(await world.enrolled("autopay_enrollment", customer[0])) == 1


async def registering(world: World, biller: Biller, **planned: Any) -> tuple[int, dict[str, Any]]:
    """A customer with an active owner, and a row that makes a login for it."""
    customer_id, owner, _ = await world.owned(biller)
    fresh: dict[str, Any] = {
        "customer_id": customer_id,
        "login_action": "create_invited",
        "email": f"new{customer_id}@example.com",
    }
    return owner, row(2, **fresh | planned)


@pytest.mark.parametrize(("status", "outcome"), [("closed", "applied"), ("inactive", "applied"), ("active", "held")])
async def test_a_closed_account_is_registered_while_it_is_closed(world: World, status: str, outcome: str) -> None:
    biller = await world.biller()
    customer_id = await world.crm.customer(biller, "CLOSED", status=status)
    planned = row(2, customer_id=customer_id, login_action="create_invited", email=f"{status}@example.com")
    import_id = await world.run(biller, "registration", [planned | {"codes": ["C235"]}])
    found, codes = (await world.results(import_id))[2]
    assert (found, "R198" in codes) == (outcome, outcome == "held")


@pytest.mark.parametrize("role", [None, "oversight", "guest"])
@pytest.mark.parametrize("changed", [False, True])
async def test_a_row_beside_an_owner_expects_that_owner(world: World, role: str | None, *, changed: bool) -> None:
    biller = await world.biller()
    owner, planned = await registering(world, biller, codes=["C232"], link_role=role)
    import_id = await world.plan(biller, "registration", [[planned | {"owner_id": owner}]])
    await world.approve(import_id, biller)
    if changed:
        other = await world.crm.login(biller.realm_id, "other@example.com")
        await world.admin.execute(
            "UPDATE crm.customer_login_link SET login_id = $2 WHERE customer_id = $1", planned["customer_id"], other
        )
    await world.finish(import_id)
    outcome, codes = (await world.results(import_id))[2]
    assert (outcome, codes) == (("held", ["C232", "R198"]) if changed else ("applied", ["C232"]))


async def test_an_owner_gives_way_and_both_changes_are_kept(world: World) -> None:
    biller = await world.biller()
    owner, planned = await registering(world, biller, codes=["C232"])
    import_id = await world.run(biller, "registration", [planned | {"owner_id": owner}])
    assert await world.owner(planned["customer_id"]) not in {None, owner}
    links = [change for change in await world.changes(import_id, 2) if change["table"] == "customer_login_link"]
    by_login = {change["after"]["login_id"]: change for change in links}
    gave_way = by_login.pop(owner)
    assert (gave_way["before"]["role"], gave_way["before"]["origin"]) == ("owner", "portal")
    assert gave_way["after"]["role"] == "oversight"
    [came] = by_login.values()
    assert (came["before"], came["after"]["role"]) == (None, "owner")


@pytest.mark.parametrize(("codes", "outcome"), [([], "held"), (["C234"], "applied")])
async def test_a_login_beside_others_of_its_email_only_where_that_was_said(
    world: World, codes: list[str], outcome: str
) -> None:
    biller = await world.biller()
    customer_id = await world.crm.customer(biller, "SEVERAL")
    for _ in range(2):
        await world.crm.login(biller.realm_id, "two@example.com")
    made: dict[str, Any] = {"customer_id": customer_id, "login_action": "create_invited", "email": "two@example.com"}
    import_id = await world.run(biller, "registration", [row(2, codes=codes, login_name="ana", **made)])
    assert (await world.results(import_id))[2][0] == outcome


@pytest.mark.parametrize("has_words", [False, True])
async def test_a_login_that_an_earlier_chunk_took_the_email_from_still_counts(world: World, *, has_words: bool) -> None:
    biller = await world.biller()
    customer_id, login_id, email = await world.owned(biller, status="shell")
    await world.crm.login(biller.realm_id, email)
    seen: dict[str, Any] = {"login_id": login_id, "seen_login_email": email.upper(), "seen_login_status": "shell"}
    await world.admin.execute("UPDATE crm.login SET email = upper(email) WHERE id = $1", login_id)
    claim = row(2, customer_id=customer_id, login_action="claim", email=f"file-{email}", **seen)
    said: dict[str, Any] = {
        "customer_id": await world.crm.customer(biller, "SEVERAL"),
        "codes": ["C234"],
        "login_name": "ana",
    }
    beside = row(3, login_action="create_invited", email=email, **said)
    import_id = await world.plan(biller, "registration", [[claim], [beside]])
    if has_words:
        await write_words(world.admin, import_id)
    await world.approve(import_id, biller)
    await world.finish(import_id)
    assert {line: result[0] for line, result in (await world.results(import_id)).items()} == {
        2: "applied",
        3: "applied",
    }


async def test_an_invited_login_is_claimed_with_its_before_image(world: World) -> None:
    biller = await world.biller()
    customer_id, login_id, email = await world.owned(biller, status="invited")
    claim: dict[str, Any] = {"login_id": login_id, "login_action": "claim", "email": f"file-{email}"}
    seen = {"seen_login_email": email, "seen_login_status": "invited"}
    planned = row(2, customer_id=customer_id, codes=["C231"], **claim | seen)
    import_id = await world.run(biller, "registration", [planned])
    [change] = await world.changes(import_id, 2)
    assert (change["before"]["email"], change["after"]["email"]) == (email, f"file-{email}")
