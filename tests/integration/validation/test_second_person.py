"""What one person alone may not do: C207, asked of every import and of several together."""

from dataclasses import replace
from typing import Any

import pytest

from services.validation.domain.limits import Limits
from services.validation.domain.second_person import asked
from shared.contracts.plan import Amounts
from tests.integration.validation.world import SUBJECT, Import, World, answers
from tests.support.crm import Biller

SECOND = "nora"
NAMED = {"email": "Email", "customer_name": "Name"}
CREATE = answers(C202="create")
BANK = {"routing_number": "Routing", "bank_account_number": "Bank", "bank_account_type": "Type"}


async def customers(world: World, biller: Biller, count: int) -> None:
    await world.admin.execute(
        "INSERT INTO crm.customer (biller_id, account_number) SELECT $1, 'A' || n FROM generate_series(1, $2) AS n",
        *(biller.id, count),
    )


async def creating(world: World, biller: Biller, known: int, first: int, made: int) -> Import:
    """Rows of which most are found, and some whose customers are created."""
    rows = [f"A{n},Ann {n},a{n}@example.com" for n in range(1, known + 1)]
    rows += [f"X{n},Ann {n},x{n}@example.com" for n in range(first, first + made)]
    return await world.check(biller, "paperless", ["Account,Name,Email", *rows], columns=NAMED, decide=CREATE)


def waits(done: Import) -> int:
    """How much waits for a second person."""
    assert done.result is not None
    assert ("C207" in done.result.undecided) == (done.result.state == "held")
    return done.result.codes.get("C207", 0)


async def second(world: World, done: Import, check_no: int = 1, by: str | None = SECOND, **decision: Any) -> Import:
    """Decided by who asked, approved by ``by``."""
    answer = {"choice": "continue", "count_seen": waits(done), "approved_by": by} | decision
    await world.decide(done.id, check_no, {"C207": answer})
    return await world.run(done.id)


async def test_a_fifth_of_the_customers_whether_or_not_few_were_found(world: World) -> None:
    biller = await world.biller()
    await customers(world, biller, 20)
    assert waits(await creating(world, biller, 20, 1, 4)) == 0
    other = await world.biller()
    await customers(world, other, 20)
    held = await creating(world, other, 20, 1, 5)
    assert waits(held) == 5
    assert held.result is not None
    assert "C201" not in held.result.codes


async def test_it_is_not_got_round_by_splitting(world: World) -> None:
    biller = await world.biller()
    await customers(world, biller, 20)
    await world.apply(await creating(world, biller, 20, 1, 3), biller)
    await world.admin.execute(
        "UPDATE mapping.import SET requester = $2 WHERE biller_id = $1",
        *(biller.id, '{"subject": "somebody else", "name": "S", "permission": "all"}'),
    )
    two = await creating(world, biller, 20, 11, 2)
    assert waits(two) == 2  # of five in all, of twenty that there were
    detail = await world.admin.fetchval(
        "SELECT detail ->> 'customers' FROM validation.finding WHERE import_id = $1 AND code = 'C207'", two.id
    )
    assert detail == '{"count": 2, "before": 3}'
    await world.admin.execute(
        "UPDATE validation.import_check SET checked_at = checked_at - interval '8 days' WHERE biller_id = $1", biller.id
    )
    assert waits(await creating(world, biller, 20, 21, 2)) == 0


async def test_what_a_second_person_agreed_to_is_not_counted_again(world: World) -> None:
    biller = await world.biller()
    await customers(world, biller, 20)
    await world.crm.right(SECOND, biller, may_approve=True)
    done = await second(world, await creating(world, biller, 20, 1, 9))
    assert done.approved.planned.applied == 29
    await world.finish(done.id)
    assert waits(await creating(world, biller, 20, 31, 2)) == 0


@pytest.mark.parametrize("by", [None, SUBJECT, "decider", "paperless", "may not", "nobody"])
async def test_the_second_person_is_another_one_who_may(world: World, by: str | None) -> None:
    """Validation looks itself, whatever mapping has let through."""
    biller = await world.biller()
    await customers(world, biller, 4)
    for subject in (SUBJECT, "decider", "may not"):
        await world.crm.right(subject, biller, may_approve=subject != "may not")
    await world.crm.right("paperless", biller, "paperless", may_approve=True)
    rows = [f"X{n},Ann {n},x{n}@example.com" for n in range(4)]
    header = "Account,Name,Email"
    held = await world.check(biller, "registration", [header, *rows], columns=NAMED, decide=CREATE)
    assert waits(held) == 4
    answer = {"choice": "continue", "count_seen": 4, "typed_count": 4, "approved_by": by}
    await world.decide(held.id, 1, {"C201": answer, "C207": answer})
    await world.admin.execute("UPDATE mapping.decision SET decided_by = 'decider' WHERE import_id = $1", held.id)
    again = await world.run(held.id)
    assert again.result is not None
    assert (again.result.state, "C207" in again.result.undecided) == ("held", True)
    await world.crm.right(SECOND, biller, may_approve=True)
    await world.admin.execute("UPDATE mapping.decision SET approved_by = $2 WHERE import_id = $1", held.id, SECOND)
    await world.admin.execute(
        "UPDATE validation.import_check SET state = 'pending', check_no = 3 WHERE import_id = $1", held.id
    )
    assert (await world.run(held.id)).approved.planned.applied == 4


async def test_more_than_was_agreed_to_is_asked_again(world: World) -> None:
    biller = await world.biller()
    await customers(world, biller, 20)
    await world.crm.right(SECOND, biller, may_approve=True)
    held = await creating(world, biller, 20, 1, 9)
    assert waits(await second(world, held, count_seen=8)) == 9


async def test_many_payment_methods(world: World) -> None:
    biller = await world.biller()
    await customers(world, biller, 6)
    world.tools, before = replace(world.tools, limits=Limits(payment_methods=3)), world.tools
    rows = [f"A{n},021000021,{n}2345708,checking" for n in range(1, 7)]

    async def importing(some: list[str]) -> Import:
        header = "Account,Routing,Bank,Type"
        return await world.check(biller, "autopay", [header, *some], columns=BANK)

    try:
        assert waits(await importing(rows[:4])) == 4
        await world.admin.execute(
            "UPDATE validation.import_check SET state = 'cancelled' WHERE biller_id = $1", biller.id
        )
        await world.apply(await importing(rows[:3]), biller)
        assert waits(await importing(rows[3:4])) == 1
        assert waits(await importing(rows[:3])) == 0  # nothing is new in them
    finally:
        world.tools = before


async def test_many_owners_replaced(world: World) -> None:
    biller = await world.biller()
    await world.admin.execute("UPDATE crm.operator_right SET may_replace_owner = true WHERE subject = $1", SUBJECT)
    for number in range(12):
        customer = await world.crm.customer(biller, f"A{number}")
        login = await world.crm.login(biller.realm_id, f"old{number}@example.com")
        await world.crm.link(customer, login)
    rows = [f"A{number},Ann {number},new{number}@example.com" for number in range(12)]
    header = "Account,Name,Email"
    replacing = answers(C232="replace_owner")

    async def importing(count: int, decide: dict[str, Any]) -> Import:
        return await world.check(biller, "registration", [header, *rows[:count]], columns=NAMED, decide=decide)

    assert waits(await importing(12, replacing)) == 12
    assert waits(await importing(12, answers(C232="skip"))) == 0


def test_only_what_is_above_a_limit_counts() -> None:
    now = Amounts(customers=10, payment_methods=6_000, owners=3)
    found = asked(now, Amounts(owners=9), 1_000, Limits())
    assert found.count == 6_003
    assert found.detail == {
        "payment_methods": {"count": 6_000, "before": 0},
        "owners": {"count": 3, "before": 9},
        "days": 7,
    }
    assert asked(Amounts(), Amounts(customers=9_000, payment_methods=9_000, owners=9_000), 10, Limits()).count == 0
