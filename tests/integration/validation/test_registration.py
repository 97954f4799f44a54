from collections.abc import Sequence
from typing import Any

from tests.integration.validation.world import GOOD, Import, World
from tests.support.crm import Biller

HEADER = "Account,Email,Name,User"
COLUMNS = {"email": "Email", "customer_name": "Name", "login_name": "User"}


async def check(world: World, biller: Biller, lines: Sequence[str], **changes: Any) -> Import:
    return await world.check(biller, "registration", [HEADER, *lines], **({"columns": COLUMNS} | changes))


async def customers(world: World, biller: Biller, *numbers: str) -> None:
    for number in numbers:
        await world.crm.customer(biller, number)


async def test_a_new_login_is_made_for_all_rows_with_its_email(world: World) -> None:
    biller = await world.biller(links=True)
    await customers(world, biller, "A1", "A2", "A3")
    done = await check(world, biller, ['A1,a@example.com,"ORTIZ, ANA",', "A2,b@example.com,,bob", "A3,A@example.com,,"])
    assert [done.says(line) for line in (2, 3, 4)] == [("apply", set())] * 3
    assert [done.rows[line]["login_action"] for line in (2, 3, 4)] == ["create_invited", "create_invited", "link"]
    first = done.rows[2]
    assert (first["first_name"], first["last_name"], first["login_name"]) == ("ANA", "ORTIZ", "a@example.com")
    assert done.rows[3]["login_name"] == "bob"
    assert (done.rows[4]["leader_line"], done.rows[4]["login_id"]) == (2, None)
    assert first["seen_enrollments"] is None


async def test_a_new_customer_has_the_name_of_its_column_else_that_of_the_person(world: World) -> None:
    parts = {"email": "Email", "first_name": "First", "last_name": "Last"}
    named = parts | {"customer_name": "Name"}
    for columns, name in ((parts, "Ana Ortiz"), (named, "ORTIZ BAKERY")):
        biller = await world.biller()
        lines = ["Account,Email,First,Last,Name", "X1,x@example.com,Ana,Ortiz,ORTIZ BAKERY"]
        decide = GOOD | {"C202": {"choice": "create"}}
        done = await world.check(biller, "registration", lines, columns=columns, decide=decide)
        assert done.says(2) == ("apply", {"W323"})
        assert done.rows[2]["customer_name"] == name


async def test_one_email_on_two_accounts_where_nothing_is_linked(world: World) -> None:
    biller = await world.biller()
    await customers(world, biller, "A1", "A2")
    done = await check(world, biller, ["A1,a@example.com,,", "A2,a@example.com,,"])
    assert done.says(2) == done.says(3) == ("failed", {"R152"})


async def test_owners_that_are_there(world: World) -> None:
    biller = await world.biller()
    states = [("A1", "active", "a1@example.com"), ("A2", "active", "z@example.com"), ("A3", "invited", "z@example.com")]
    for number, status, email in states:
        login = await world.crm.login(biller.realm_id, email, status=status)
        await world.crm.customer(biller, number, owner=login)
    await world.crm.customer(biller, "A4", status="closed")
    done = await check(world, biller, [f"A{n},A{n}@example.com,," for n in (1, 2, 3, 4)])
    assert [done.says(line) for line in range(2, 6)] == [
        ("no_change", {"W333"}),
        ("skipped", {"C232"}),
        ("held", {"C231"}),
        ("skipped", {"C235"}),
    ]


async def test_shells_are_claimed_once(world: World) -> None:
    biller = await world.biller(links=True)
    shell = await world.crm.login(biller.realm_id, None, status="shell")
    torn = await world.crm.login(biller.realm_id, None, status="shell")
    other = await world.crm.login(biller.realm_id, "z@example.com", status="shell")
    for number, owner in (("A1", shell), ("A2", shell), ("A3", torn), ("A4", torn), ("A5", other)):
        await world.crm.customer(biller, number, owner=owner)
    done = await check(
        world,
        biller,
        [
            "A1,a@example.com,Ana Ortiz,",
            "A2,a@example.com,,",
            "A3,b@example.com,,",
            "A4,c@example.com,,",
            "A5,d@x.org,,",
        ],
    )
    assert (done.says(2), done.rows[2]["login_action"]) == (("apply", set()), "claim")
    assert done.says(3) == ("no_change", {"W333"})
    assert done.rows[3]["leader_line"] == 2
    assert done.says(4) == done.says(5) == ("held", {"R151"})
    assert done.says(6) == ("held", {"C231"})


async def test_the_email_of_another_login(world: World) -> None:
    biller = await world.biller(links=True)
    elsewhere = await world.biller(realm_id=biller.realm_id)
    await customers(world, biller, "A1", "A2", "A3", "A4")
    ana = await world.crm.login(biller.realm_id, "Ana@example.com", first_name="Ana", last_name="Ortiz")
    await world.crm.customer(elsewhere, "B1", owner=ana)
    await world.crm.login(biller.realm_id, "locked@example.com", status="locked")
    for _ in range(2):
        await world.crm.login(biller.realm_id, "two@example.com")
    done = await check(
        world,
        biller,
        [
            'A1,ana@example.com,"ORTIZ, ANA",',
            "A2,ana@example.com,Somebody Else,",
            "A3,locked@example.com,,",
            "A4,two@example.com,,",
        ],
    )
    row = done.rows[2]
    assert done.says(2) == ("apply", {"W322"})
    assert (row["login_action"], row["login_id"], row["seen_login_email"]) == ("link", ana, "Ana@example.com")
    assert [done.says(line) for line in (3, 4, 5)] == [
        ("skipped", {"C233"}),
        ("held", {"C217"}),
        ("held", {"C234"}),
    ]


async def test_login_names_that_clash(world: World) -> None:
    biller = await world.biller(links=True)
    await world.crm.login(biller.realm_id, "z@example.com", login_name="Taken")
    await customers(world, biller, "A1", "A2", "A3", "A4")
    lines = ["A1,a@example.com,,taken", "A2,b@example.com,,same", "A3,c@example.com,,SAME", "A4,d@example.com,,x"]
    done = await check(world, biller, lines)
    assert [done.says(line) for line in range(2, 6)] == [("failed", {"R153"})] * 3 + [("apply", {"W316"})]
    assert done.rows[5]["login_name"] == "d@example.com"


async def test_two_shells_cannot_have_one_login_name(world: World) -> None:
    biller = await world.biller(links=True)
    for number in ("A1", "A2"):
        shell = await world.crm.login(biller.realm_id, "a@example.com", status="shell")
        await world.crm.customer(biller, number, owner=shell)
    done = await check(world, biller, ["A1,a@example.com,,", "A2,a@example.com,,"])
    assert done.says(2) == done.says(3) == ("failed", {"R153"})


async def test_an_email_a_shell_gets_in_this_file(world: World) -> None:
    biller = await world.biller(links=True)
    shell = await world.crm.login(biller.realm_id, None, status="shell")
    await world.crm.customer(biller, "A1", owner=shell)
    await customers(world, biller, "A2")
    done = await check(world, biller, ["A1,a@example.com,,", "A2,a@example.com,,"])
    assert done.says(2) == ("apply", set())
    assert done.says(3) == ("held", {"C234"})
