"""Paperless beside the CRM.

Rules together-1 to together-6, customer-1 to customer-6, owner-1 to owner-3, paperless-1 to paperless-16.
"""

import json

import pytest

from tests.integration.validation.world import GOOD, World, answers

HEADER = "Account,Email"


async def test_a_found_customer_without_login_gets_a_shell(world: World) -> None:
    biller = await world.biller()
    customer = await world.crm.customer(biller, "A1")
    done = await world.check(biller, "paperless", [HEADER, "A1,Ann@Example.COM"])
    row = done.rows[2]
    assert done.says(2) == ("apply", set())
    assert (row["customer_id"], row["login_id"], row["login_action"]) == (customer, None, "create_shell")
    assert (row["email"], row["delivery_email"], row["seen_enrollments"]) == ("Ann@example.com", None, [None, None])
    assert done.approved.planned.applied == 1


async def test_the_only_account_of_a_login_changes_its_email(world: World) -> None:
    biller = await world.biller()
    login = await world.crm.login(biller.realm_id, "old@example.com", login_name="OLD@example.com")
    await world.crm.customer(biller, "A1", owner=login)
    done = await world.check(biller, "paperless", [HEADER, "A1,new@example.com"])
    row = done.rows[2]
    assert done.says(2) == ("apply", {"W344"})
    assert (row["login_id"], row["login_action"]) == (login, "update_email")
    assert (row["seen_login_email"], row["seen_login_status"]) == ("old@example.com", "active")


async def test_already_so_is_no_change(world: World) -> None:
    biller = await world.biller()
    login = await world.crm.login(biller.realm_id, "ANN@example.com")
    customer = await world.crm.customer(biller, "A1", owner=login)
    await world.crm.paperless(customer, await world.crm.type_id(biller, "WATER"), status="pending")
    await world.crm.paperless(customer, await world.crm.type_id(biller, "SEWER"), delivery_email="Ann@Example.com")
    done = await world.check(biller, "paperless", [HEADER, "A1,ann@example.com"])
    assert done.says(2) == ("no_change", {"W333"})


async def test_one_type_missing_is_applied(world: World) -> None:
    biller = await world.biller()
    login = await world.crm.login(biller.realm_id, "ann@example.com")
    customer = await world.crm.customer(biller, "A1", owner=login)
    await world.crm.paperless(customer, await world.crm.type_id(biller, "SEWER"))
    done = await world.check(biller, "paperless", [HEADER, "A1,ann@example.com"])
    row = done.rows[2]
    assert done.says(2) == ("apply", set())
    assert (row["login_action"], row["seen_enrollments"]) == ("none", [None, "active:"])
    assert (await world.state(done.id))["impact"]["enrolments"] == {"WATER": 1, "SEWER": 0}


@pytest.mark.parametrize(("confirms", "waiting"), [(False, [True, False, True]), (True, [True, True, True])])
async def test_who_has_to_confirm_is_counted(world: World, *, confirms: bool, waiting: list[bool]) -> None:
    biller = await world.biller(confirms=confirms)
    for number in ("A1", "A2", "A3"):
        customer = await world.crm.customer(biller, number)
    for code in ("WATER", "SEWER"):  # all that A3 is asked for goes on already
        await world.crm.paperless(customer, await world.crm.type_id(biller, code), delivery_email="other@example.com")
    rows = ["Account,Email,Agreed", "A1,a1@example.com,", "A2,a2@example.com,2026-01-02", "A3,a3@example.com,"]
    columns = {"email": "Email", "consent_date": "Agreed"}
    done = await world.check(biller, "paperless", rows, columns=columns)
    assert (await world.state(done.id))["impact"]["customers_to_confirm"] == sum(waiting[:2])
    statement = "SELECT waits_for_customer FROM validation.planned_row WHERE import_id = $1 ORDER BY line_no"
    assert [row["waits_for_customer"] for row in await world.admin.fetch(statement, done.id)] == waiting


async def test_several_accounts_of_one_login_change_it_once(world: World) -> None:
    biller = await world.biller(links=True)
    login = await world.crm.login(biller.realm_id, "old@example.com")
    for number in ("A1", "A2"):
        await world.crm.customer(biller, number, owner=login)
    done = await world.check(biller, "paperless", [HEADER, "A2,new@example.com", "A1,new@example.com"])
    assert [done.rows[line]["login_action"] for line in (2, 3)] == ["update_email", "none"]
    assert {row["leader_line"] for row in done.rows.values()} == {2}


async def test_different_emails_for_one_login_are_held(world: World) -> None:
    biller = await world.biller(links=True)
    login = await world.crm.login(biller.realm_id, "old@example.com")
    for number in ("A1", "A2"):
        await world.crm.customer(biller, number, owner=login)
    done = await world.check(biller, "paperless", [HEADER, "A1,new@example.com", "A2,other@example.com"])
    assert done.says(2) == done.says(3) == ("held", {"R151"})


@pytest.mark.parametrize(
    ("choice", "verdict", "action", "delivery"),
    [
        ("skip", "skipped", "none", None),
        ("delivery_email", "apply", "none", "new@example.com"),
        ("update_login", "apply", "update_email", None),
    ],
)
async def test_an_account_outside_the_file(
    world: World, choice: str, verdict: str, action: str, delivery: str | None
) -> None:
    biller = await world.biller(links=True)
    login = await world.crm.login(biller.realm_id, "old@example.com")
    for number in ("A1", "A2", "A3"):
        await world.crm.customer(biller, number, owner=login)
    done = await world.check(
        biller, "paperless", [HEADER, "A1,new@example.com"], decide=GOOD | {"C223": {"choice": choice}}
    )
    row = done.rows[2]
    assert done.says(2) == (verdict, {"C223"})
    assert (row["login_action"], row["delivery_email"]) == (action, delivery)
    assert done.approved.codes["C223"] == 1
    detail = await world.admin.fetchval(
        "SELECT detail FROM validation.finding WHERE import_id = $1 AND code = 'C223'", done.id
    )
    assert json.loads(detail) == {"accounts": 2, "first": ["A2", "A3"]}
    reached = (await world.state(done.id))["impact"]["linked_accounts_reached"]
    assert reached == (2 if choice == "update_login" else 0)


async def test_a_login_of_two_billers_is_never_changed(world: World) -> None:
    biller = await world.biller()
    other = await world.biller(realm_id=biller.realm_id)
    login = await world.crm.login(biller.realm_id, "old@example.com")
    await world.crm.customer(biller, "A1", owner=login)
    await world.crm.customer(other, "B1", owner=login)
    done = await world.check(biller, "paperless", [HEADER, "A1,new@example.com"])
    row = done.rows[2]
    assert done.says(2) == ("apply", {"W322"})
    assert (row["login_action"], row["delivery_email"]) == ("none", "new@example.com")


async def test_cancelled_by_the_customer_stays_cancelled(world: World) -> None:
    biller = await world.biller()
    customer = await world.crm.customer(biller, "A1")
    await world.crm.paperless(customer, await world.crm.type_id(biller, "SEWER"), status="cancelled")
    done = await world.check(biller, "paperless", [HEADER, "A1,new@example.com"])
    assert done.says(2) == ("skipped", {"C225"})


async def test_an_invitation_with_another_email_is_held(world: World) -> None:
    biller = await world.biller()
    login = await world.crm.login(biller.realm_id, "ann@example.com", status="invited", import_kind="registration")
    await world.crm.customer(biller, "A1", owner=login)
    done = await world.check(biller, "paperless", [HEADER, "A1,new@example.com"])
    assert done.says(2) == ("held", {"C231"})


async def test_closed_accounts_and_locked_owners(world: World) -> None:
    biller = await world.biller()
    login = await world.crm.login(biller.realm_id, "ann@example.com", status="locked")
    await world.crm.customer(biller, "A1", status="closed")
    await world.crm.customer(biller, "A2", owner=login)
    done = await world.check(biller, "paperless", [HEADER, "A1,a@example.com", "A2,b@example.com"])
    assert (done.says(2), done.says(3)) == (("failed", {"R111"}), ("held", {"C217"}))


async def test_other_users_without_an_owner(world: World) -> None:
    biller = await world.biller()
    guest = await world.crm.login(biller.realm_id, "guest@example.com")
    customer = await world.crm.customer(biller, "A1")
    await world.crm.link(customer, guest, "guest")
    done = await world.check(biller, "paperless", [HEADER, "A1,ann@example.com"])
    assert done.says(2) == ("apply", {"W324"})


async def test_duplicates_and_conflicts(world: World) -> None:
    biller = await world.biller()
    for number in ("A1", "A2"):
        await world.crm.customer(biller, number)
    lines = [HEADER, "A1,a@example.com", "A1,A@example.com", "A2,a@example.com", "A2,b@example.com"]
    done = await world.check(biller, "paperless", lines)
    assert done.says(2) == ("apply", set())
    assert done.says(3) == ("no_change", {"W331"})
    assert done.rows[3]["leader_line"] == 2
    assert done.says(4) == done.says(5) == ("held", {"R132"})


async def test_different_cells_that_give_one_number_collide(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "0012")
    parts = [{"column": "Account", "transforms": [{"do": "pad_left", "length": 4}]}]
    lines = [HEADER, "12,a@example.com", "012,a@example.com"]
    done = await world.check(biller, "paperless", lines, account_number=parts)
    assert done.says(2) == done.says(3) == ("failed", {"R105"})


async def test_case_does_not_matter_where_the_biller_does_not_mind(world: World) -> None:
    biller = await world.biller(insensitive=True)
    customer = await world.crm.customer(biller, "wtr-A1")
    await world.crm.customer(biller, "WTR-a1")
    done = await world.check(biller, "paperless", [HEADER, "Wtr-a1,a@example.com", "wTR-a1,a@example.com"])
    row = done.rows[2]
    assert (row["account_number"], row["customer_id"]) == ("WTR-A1", customer)
    assert done.says(3) == ("no_change", {"W331"})


async def test_not_found_is_skipped_or_created(world: World) -> None:
    biller = await world.biller()
    for number in range(9):
        await world.crm.customer(biller, f"A{number}")
    found = [f"A{number},A,a{number}@example.com" for number in range(9)]
    lines = ["Account,Name,Email", "X1,ANA ORTIZ,x1@example.com", "X2,,x2@example.com", *found]
    columns = {"email": "Email", "customer_name": "Name"}
    skipped = await world.check(biller, "paperless", lines, columns=columns)
    assert skipped.says(2) == skipped.says(3) == ("skipped", {"C202"})
    assert (await world.state(skipped.id))["impact"]["customers_missing"] == 1
    await world.finish(skipped.id)
    creating = GOOD | {"C202": {"choice": "create"}}
    created = await world.check(biller, "paperless", lines, columns=columns, decide=creating)
    assert created.says(2) == ("apply", {"W323"})
    assert created.says(3) == ("failed", {"R127"})
    row = created.rows[2]
    assert (row["customer_id"], row["account_number"], row["customer_name"]) == (None, "X1", "ANA ORTIZ")
    assert created.approved.codes["C202"] == 2
    assert created.approved.codes["C203"] == 1


async def test_one_email_on_several_logins_is_a_warning(world: World) -> None:
    biller = await world.biller()
    for number in ("A1", "A2"):
        await world.crm.customer(biller, number)
    done = await world.check(biller, "paperless", [HEADER, "A1,a@example.com", "A2,A@example.com"])
    assert done.says(2) == done.says(3) == ("apply", {"W345"})


async def test_bills_of_the_chosen_types_are_counted(world: World) -> None:
    biller = await world.biller()
    customer = await world.crm.customer(biller, "A1")
    await world.crm.customer(biller, "A2")
    await world.crm.invoice(customer, await world.crm.type_id(biller, "WATER"))
    done = await world.check(biller, "paperless", [HEADER, "A1,a@example.com", "A2,b@example.com"])
    assert done.approved.codes["W320"] == 2
    assert (await world.state(done.id))["impact"]["enrolled_without_invoice"] == {"WATER": 1, "SEWER": 2}


async def test_every_row_of_the_file_has_a_place(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    lines = [
        "Account,Email,Send",
        "A1,a@example.com; b@example.com,Y",
        ",a@example.com,Y",
        "A3,none,Y",
        "A4,a@example.com,N",
        "A5,a@example.com,both",
        "A6,a@example.com,perhaps",
        '="A7",a@example.com b@example.com c@example.com,y',
        "Account,Email,Send",
        "Total,1,",
    ]
    columns = {"email": "Email", "paperless_flag": "Send"}
    done = await world.check(biller, "paperless", lines, columns=columns, decide=answers(C242="skip"))
    assert [done.says(line) for line in range(2, 11)] == [
        ("apply", {"W342"}),
        ("failed", {"R101"}),
        ("failed", {"R141"}),
        ("skipped", {"S401"}),
        ("skipped", {"C222"}),
        ("skipped", {"C242"}),
        ("skipped", {"C221", "W301"}),
        ("failed", {"R106"}),
        ("failed", {"R106"}),
    ]
    assert done.rows[2]["email_cc"] == "b@example.com"
    assert done.rows[4]["email"] is None
    assert done.approved.planned.read == len(done.rows) == 9


async def test_chunks_have_no_gaps_and_hold_whole_groups(world: World) -> None:
    biller = await world.biller(links=True)
    login = await world.crm.login(biller.realm_id, "old@example.com")
    numbers = [f"A{number}" for number in range(4_500)]
    await world.admin.execute(
        """WITH made AS (
               INSERT INTO crm.customer (biller_id, account_number) SELECT $1, unnest($2::text[])
               RETURNING id, account_number
           )
           INSERT INTO crm.customer_login_link (customer_id, login_id, role)
           SELECT id, $3, 'owner' FROM made WHERE substr(account_number, 2)::int BETWEEN 100 AND 4300""",
        biller.id,
        numbers,
        login,
    )
    lines = [HEADER, *(f"{number},a@example.com" for number in numbers)]
    done = await world.check(biller, "paperless", lines, decide=GOOD | {"C224": {"choice": "continue"}})
    chunks = {row["chunk_no"] for row in done.rows.values()}
    assert chunks == set(range(done.approved.chunks)) == {0, 1}
    assert {row["chunk_no"] for row in done.rows.values() if row["leader_line"] == 102} == {0}
    assert sum(row["leader_line"] == 102 for row in done.rows.values()) == 4_201
