"""What the answers to the codes of a registration make of its rows, in the plan and in the CRM."""

from typing import Any

import pytest

from tests.integration.validation.world import SUBJECT, Import, World, answers
from tests.support.crm import Biller

HEADER = "Account,Email,Name,User,Role"
COLUMNS = {"email": "Email", "customer_name": "Name", "login_name": "User", "role": "Role"}


async def check(world: World, biller: Biller, lines: list[str], **choices: str) -> Import:
    return await world.check(
        biller, "registration", [HEADER, *lines], columns=COLUMNS, decide=answers(C204="continue", **choices)
    )


async def links(world: World, customer_id: int) -> dict[int, str]:
    rows = await world.admin.fetch(
        "SELECT login_id, role FROM crm.customer_login_link WHERE customer_id = $1", customer_id
    )
    return {row["login_id"]: row["role"] for row in rows}


async def login(world: World, login_id: int) -> dict[str, Any]:
    row = await world.admin.fetchrow("SELECT * FROM crm.login WHERE id = $1", login_id)
    assert row is not None
    return dict(row)


async def nothing_changes_again(world: World, biller: Biller, lines: list[str], **choices: str) -> None:
    """The same file a second time."""
    again = await check(world, biller, lines, **choices)
    outcomes = await world.apply(again, biller)
    assert {outcome for outcome, _ in outcomes.values()} == {"no_change"}


@pytest.mark.parametrize(
    ("choice", "status", "planned", "email", "name"),
    [
        ("hold", "shell", ("held", {"C231"}), "own@example.com", None),
        ("use_file", "shell", ("apply", {"C231"}), "file@example.com", "file@example.com"),
        ("keep_login", "shell", ("apply", {"C231"}), "own@example.com", "own@example.com"),
        ("use_file", "invited", ("apply", {"C231"}), "file@example.com", "file@example.com"),
        ("keep_login", "invited", ("no_change", {"C231", "W333"}), "own@example.com", None),
    ],
)
async def test_another_email_than_that_of_a_login_not_yet_activated(
    world: World, choice: str, status: str, planned: tuple[str, set[str]], email: str, name: str | None
) -> None:
    biller = await world.biller()
    owner = await world.crm.login(biller.realm_id, "own@example.com", status=status)
    await world.crm.customer(biller, "A1", owner=owner)
    lines = ["A1,file@example.com,Ana Ortiz,,"]
    done = await check(world, biller, lines, C231=choice)
    assert done.says(2) == planned
    await world.apply(done, biller)
    found = await login(world, owner)
    assert (found["email"], found["login_name"]) == (email, name)
    if choice != "hold":
        await nothing_changes_again(world, biller, lines, C231=choice)


async def test_an_invited_login_cannot_get_two_emails(world: World) -> None:
    biller = await world.biller(links=True)
    owner = await world.crm.login(biller.realm_id, "own@example.com", status="invited")
    for number in ("A1", "A2"):
        await world.crm.customer(biller, number, owner=owner)
    lines = ["A1,own@example.com,,,", "A2,file@example.com,,,"]
    done = await check(world, biller, lines, C231="use_file")
    assert (done.says(2), done.says(3)) == (("held", {"R151"}), ("held", {"C231", "R151"}))


async def test_a_second_login_of_an_email_that_a_claim_brings(world: World) -> None:
    biller = await world.biller(links=True)
    owner = await world.crm.login(biller.realm_id, "own@example.com", status="invited")
    await world.crm.customer(biller, "A1", owner=owner)
    await world.crm.customer(biller, "A2")
    lines = ["A1,file@example.com,,ana,", "A2,file@example.com,,bob,"]
    done = await check(world, biller, lines, C231="use_file")
    assert (done.says(2), done.says(3)) == (("apply", {"C231"}), ("held", {"C234"}))


@pytest.mark.parametrize("choice", ["skip", "oversight", "replace_owner"])
async def test_another_email_than_that_of_an_active_owner(world: World, choice: str) -> None:
    biller = await world.biller()
    await world.admin.execute(
        "UPDATE crm.operator_right SET may_replace_owner = true WHERE subject = $1 AND biller_id = $2",
        *(SUBJECT, biller.id),
    )
    owner = await world.crm.login(biller.realm_id, "own@example.com")
    customer = await world.crm.customer(biller, "A1", owner=owner)
    lines = ["A1,file@example.com,Ana Ortiz,,"]
    done = await check(world, biller, lines, C232=choice)
    assert done.says(2) == ("skipped" if choice == "skip" else "apply", {"C232"})
    replaced = (await world.state(done.id))["impact"]["owners_to_replace"]
    assert replaced == (1 if choice == "replace_owner" else 0)
    outcomes = await world.apply(done, biller)
    roles = await links(world, customer)
    if choice == "skip":
        assert roles == {owner: "owner"}
        return
    assert outcomes[2] == ("applied", {"C232"})
    assert roles.pop(owner) == ("oversight" if choice == "replace_owner" else "owner")
    assert list(roles.values()) == ["owner" if choice == "replace_owner" else "oversight"]
    assert (await login(world, owner))["email"] == "own@example.com"
    assert done.rows[2]["owner_id"] == owner
    await nothing_changes_again(world, biller, lines, C232=choice)


async def test_replacing_an_owner_is_no_choice_without_the_right(world: World) -> None:
    biller = await world.biller()
    owner = await world.crm.login(biller.realm_id, "own@example.com")
    await world.crm.customer(biller, "A1", owner=owner)
    done = await check(world, biller, ["A1,file@example.com,,,"], C232="replace_owner")
    assert done.says(2) == ("skipped", {"C232"})


async def test_an_owner_elsewhere_is_named_beside_the_further_user(world: World) -> None:
    biller = await world.biller()
    elsewhere = await world.biller(realm_id=biller.realm_id)
    owner = await world.crm.login(biller.realm_id, "own@example.com")
    await world.crm.customer(biller, "A1", owner=owner)
    await world.crm.customer(elsewhere, "B1", owner=owner)
    done = await check(world, biller, ["A1,file@example.com,,,"], C232="oversight")
    assert done.says(2) == ("apply", {"C232", "W322"})


@pytest.mark.parametrize(("choice", "planned"), [("skip", ("skipped", {"C233"})), ("link", ("apply", {"C233"}))])
async def test_a_login_of_another_name(world: World, choice: str, planned: tuple[str, set[str]]) -> None:
    biller = await world.biller(links=True)
    ana = await world.crm.login(biller.realm_id, "file@example.com", first_name="Ana", last_name="Ortiz")
    customer = await world.crm.customer(biller, "A1")
    lines = ["A1,file@example.com,Bob Stone,,"]
    done = await check(world, biller, lines, C233=choice)
    assert done.says(2) == planned
    await world.apply(done, biller)
    assert await links(world, customer) == ({ana: "owner"} if choice == "link" else {})
    if choice == "link":
        await nothing_changes_again(world, biller, lines, C233=choice)


@pytest.mark.parametrize(
    ("choice", "role"), [("hold", "owner"), ("new_login", "owner"), ("new_login", "guest"), ("new_login", "oversight")]
)
async def test_several_logins_of_one_email(world: World, choice: str, role: str) -> None:
    biller = await world.biller()
    known = {await world.crm.login(biller.realm_id, "file@example.com") for _ in range(2)}
    customer = await world.crm.customer(biller, "A1")
    lines = [f"A1,file@example.com,,ana,{role}"]
    done = await check(world, biller, lines, C234=choice)
    assert done.says(2) == ("held" if choice == "hold" else "apply", {"C234"})
    outcomes = await world.apply(done, biller)
    if choice == "hold":
        assert await links(world, customer) == {}
        return
    assert outcomes[2] == ("applied", {"C234"})
    [(made, as_what)] = (await links(world, customer)).items()
    assert made not in known
    assert as_what == role
    await nothing_changes_again(world, biller, lines, C234=choice)


@pytest.mark.parametrize("choice", ["skip", "register"])
async def test_a_closed_account(world: World, choice: str) -> None:
    biller = await world.biller()
    customer = await world.crm.customer(biller, "A1", status="closed")
    lines = ["A1,file@example.com,,,", "A1,file@example.com,,,"]
    done = await check(world, biller, lines, C235=choice)
    goes_on = choice == "register"
    assert done.says(2) == ("apply" if goes_on else "skipped", {"C235"})
    assert done.says(3) == ("no_change" if goes_on else "skipped", {"C235", "W331"})
    outcomes = await world.apply(done, biller)
    assert outcomes[2] == ("applied" if goes_on else "skipped", {"C235"})
    assert list((await links(world, customer)).values()) == (["owner"] if goes_on else [])
    if goes_on:
        await nothing_changes_again(world, biller, lines, C235=choice)


async def test_further_users_do_not_look_at_the_owner(world: World) -> None:
    biller = await world.biller(links=True)
    owner = await world.crm.login(biller.realm_id, "own@example.com")
    known = await world.crm.login(biller.realm_id, "known@example.com", first_name="Ana", last_name="Ortiz")
    customers = {number: await world.crm.customer(biller, number, owner=owner) for number in ("A1", "A2", "A3", "A4")}
    free = await world.crm.customer(biller, "A5")
    await world.crm.link(customers["A3"], known, "guest")
    await world.crm.link(customers["A4"], known, "oversight")
    lines = [
        "A1,new@example.com,,,guest",
        "A2,known@example.com,Ana Ortiz,,oversight",
        "A3,known@example.com,Ana Ortiz,,oversight",
        "A4,known@example.com,Somebody Else,,guest",
        "A5,new@example.com,,,guest",
        "A6,own@example.com,,,guest",
    ]
    await world.crm.customer(biller, "A6", owner=owner)
    done = await check(world, biller, lines)
    assert [done.says(line) for line in range(2, 8)] == [
        ("apply", set()),
        ("apply", set()),
        ("apply", set()),
        ("no_change", {"W333"}),
        ("apply", set()),
        ("no_change", {"W333"}),
    ]
    await world.apply(done, biller)
    assert await links(world, customers["A2"]) == {owner: "owner", known: "oversight"}
    assert await links(world, customers["A3"]) == {owner: "owner", known: "oversight"}
    assert list((await links(world, free)).values()) == ["guest"]
    await nothing_changes_again(world, biller, lines)
