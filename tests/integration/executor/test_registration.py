"""Registration, applied: rules registration-10, registration-13 and registration-14, notice-4."""

from typing import Any

from tests.integration.executor.world import World, row

PERSON = {"email": "ana@example.com", "first_name": "Ana", "last_name": "Ortiz", "phone": "555-0100"}
NOTIFY = {"notify_customers": True}


def person(line_no: int, **columns: Any) -> dict[str, Any]:
    return row(line_no, **PERSON | columns)


async def test_a_shell_is_claimed(world: World) -> None:
    biller = await world.biller()
    shell = await world.crm.login(biller.realm_id, None, status="shell", import_kind="autopay")
    customer = await world.crm.customer(biller, "CLAIM", owner=shell)
    planned = person(
        2,
        customer_id=customer,
        login_id=shell,
        login_action="claim",
        seen_login_status="shell",
        login_name="ana.ortiz",
        phone=None,
    )
    await world.admin.execute("UPDATE crm.login SET phone = '555-0199' WHERE id = $1", shell)
    import_id = await world.run(biller, "registration", [planned], options=NOTIFY)

    login = await world.one("login", shell)
    assert (login["status"], login["login_name"], login["email"]) == ("invited", "ana.ortiz", "ana@example.com")
    assert (login["first_name"], login["phone"], login["import_kind"]) == ("Ana", "555-0199", "registration")
    assert login["invited_at"] is not None
    assert await world.owner(customer) == shell
    assert await world.notices(import_id) == [(shell, "activation")]
    [change] = await world.changes(import_id, 2)
    assert (change["before"]["status"], change["after"]["status"]) == ("shell", "invited")
    assert not await world.admin.fetchval(
        "SELECT count(*) FROM crm.authorization_record WHERE import_id = $1", import_id
    )


async def test_one_login_is_made_for_a_group_and_told_once(world: World) -> None:
    biller = await world.biller(links=True)
    customers = [await world.crm.customer(biller, f"GROUP-{number}") for number in (1, 2)]
    rows = [
        person(2, customer_id=customers[0], login_action="create_invited"),
        person(3, customer_id=customers[1], login_action="link", leader_line=2),
        person(4, account_number="GROUP-3", login_action="link", leader_line=2, customer_name="ANA ORTIZ"),
    ]
    import_id = await world.run(biller, "registration", rows, options=NOTIFY)

    [login] = await world.admin.fetch("SELECT * FROM crm.login WHERE import_id = $1", import_id)
    assert (login["status"], login["login_name"], login["last_name"]) == ("invited", "ana@example.com", "Ortiz")
    made = await world.customer_id(biller, "GROUP-3")
    assert {await world.owner(customer) for customer in (*customers, made)} == {login["id"]}
    assert await world.notices(import_id) == [(login["id"], "activation")]
    assert {outcome for outcome, _ in (await world.results(import_id)).values()} == {"applied"}


async def test_an_account_is_linked_to_the_login_there_is(world: World) -> None:
    biller = await world.biller(links=True)
    _, login_id, email = await world.owned(biller)
    fresh, guest = [await world.crm.customer(biller, f"LINK-{number}") for number in (1, 2)]
    await world.crm.link(guest, login_id, "guest")
    linked = {
        "email": email,
        "login_id": login_id,
        "login_action": "link",
        "seen_login_email": email,
        "seen_login_status": "active",
    }
    rows = [person(2, customer_id=fresh, **linked), person(3, customer_id=guest, leader_line=2, **linked)]
    import_id = await world.run(biller, "registration", rows, options=NOTIFY)

    assert {await world.owner(customer) for customer in (fresh, guest)} == {login_id}
    assert (await world.one("login", login_id))["first_name"] is None
    assert await world.notices(import_id) == [(login_id, "account_added")]
    [change] = await world.changes(import_id, 3)
    assert (change["before"]["role"], change["after"]["role"]) == ("guest", "owner")
