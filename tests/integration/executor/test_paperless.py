"""Paperless, applied: rules paperless-12, authorization-1 to authorization-3, notice-1 and notice-3."""

from datetime import date

from tests.integration.executor.world import World, row

YESTERDAY = date(2026, 3, 1)


async def test_an_email_change_and_two_enrolments(world: World) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    customer_id, login_id, email = customer
    import_id = await world.run(
        biller, "paperless", [world.moved(2, customer, codes=["W344"], email_cc="cc@example.com")]
    )

    assert await world.results(import_id) == {2: ("applied", ["W344"])}
    login = await world.one("login", login_id)
    assert (login["email"], login["email_cc"], login["status"]) == (f"new-{email}", "cc@example.com", "active")
    enrolments = await world.enrolled("paperless_enrollment", customer_id)
    assert [found["invoice_type_id"] for found in enrolments] == await world.types(biller)
    assert {(found["status"], found["delivery_email"], found["origin"]) for found in enrolments} == {
        ("pending", None, "import")
    }


async def test_the_before_image_tells_what_was_there(world: World) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    import_id = await world.run(biller, "paperless", [world.moved(2, customer, email='"odd"@example.com')])

    changes = {change["table"]: change for change in await world.changes(import_id, 2)}
    assert changes["login"]["before"]["email"] == customer[2]
    assert changes["login"]["after"]["email"] == '"odd"@example.com'
    assert changes["paperless_enrollment"]["before"] is None
    assert changes["paperless_enrollment"]["after"]["status"] == "pending"
    assert len(await world.changes(import_id, 2)) == 3


async def test_the_end_is_said_once_with_counts_and_codes(world: World) -> None:
    biller = await world.biller()
    rows = [
        world.moved(2, await world.owned(biller), codes=["W344"]),
        row(3, "skipped", codes=["C202"], account_number="B"),
        row(4, "no_change", codes=["W333"]),
    ]
    import_id = await world.run(biller, "paperless", rows)
    await world.approve(import_id, biller)
    await world.finish(import_id)

    finished = await world.finished(import_id)
    assert finished["state"] == "completed"
    assert finished["counts"] == {"applied": 1, "no_change": 1, "skipped": 1, "held": 0, "failed": 0}
    assert finished["codes"] == {"W344": 1, "C202": 1, "W333": 1}
    [chunk] = await world.said(import_id, "chunk-applied")
    assert chunk["counts"] == finished["counts"]


async def test_the_attestation_is_recorded_once_and_a_row_has_its_own_consent(world: World) -> None:
    biller = await world.biller()
    plain, dated = await world.owned(biller), await world.owned(biller)
    chunks = [
        [world.moved(2, plain)],
        [world.moved(3, dated, authorized_on=YESTERDAY, authorization_channel="web")],
    ]
    import_id = await world.plan(biller, "paperless", chunks)
    await world.approve(import_id, biller)
    await world.finish(import_id)

    records = await world.admin.fetch(
        "SELECT * FROM crm.authorization_record WHERE import_id = $1 ORDER BY line_no NULLS FIRST", import_id
    )
    assert [(record["line_no"], record["kind"], record["attestation"]) for record in records] == [
        (None, "consent", "It carries over."),
        (3, "consent", None),
    ]
    [own, covering] = [(await world.enrolled("paperless_enrollment", customer[0]))[0] for customer in (dated, plain)]
    assert (own["consent_id"], own["status"]) == (records[1]["id"], "active")
    assert (covering["consent_id"], covering["status"]) == (records[0]["id"], "pending")


async def test_nothing_to_apply_writes_nothing_to_the_crm(world: World) -> None:
    biller = await world.biller()
    import_id = await world.run(biller, "paperless", [row(2, "no_change", codes=["W333"])])
    assert await world.results(import_id) == {2: ("no_change", ["W333"])}
    assert not await world.admin.fetchval(
        "SELECT count(*) FROM crm.authorization_record WHERE import_id = $1", import_id
    )


async def test_a_biller_that_confirms_gets_pending_enrolments_only(world: World) -> None:
    biller = await world.biller(confirms=True)
    customer = await world.owned(biller)
    await world.run(biller, "paperless", [world.moved(2, customer, authorized_on=YESTERDAY)])
    assert {found["status"] for found in await world.enrolled("paperless_enrollment", customer[0])} == {"pending"}


async def test_what_is_so_already_stays_and_what_has_expired_starts_anew(world: World) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    water, sewer = await world.types(biller)
    await world.crm.paperless(customer[0], water)
    await world.crm.paperless(customer[0], sewer, status="expired", delivery_email="old@example.com")
    planned = world.moved(2, customer, authorized_on=YESTERDAY, seen_enrollments=["active:", "expired:old@example.com"])
    import_id = await world.run(biller, "paperless", [planned])

    kept, renewed = await world.enrolled("paperless_enrollment", customer[0])
    assert (kept["status"], kept["origin"], kept["import_id"]) == ("active", "customer", None)
    assert (renewed["status"], renewed["delivery_email"], renewed["import_id"]) == ("active", None, import_id)
    [change] = [change for change in await world.changes(import_id, 2) if change["table"] == "paperless_enrollment"]
    assert change["before"]["status"] == "expired"
    assert change["before"]["delivery_email"] == "old@example.com"


async def test_a_delivery_email_leaves_the_login_alone(world: World) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    water, _ = await world.types(biller)
    await world.crm.paperless(customer[0], water, status="pending", delivery_email="there@example.com")
    planned = world.moved(
        2,
        customer,
        login_action="none",
        email="bills@example.com",
        delivery_email="bills@example.com",
        seen_enrollments=["pending:there@example.com", None],
        authorized_on=YESTERDAY,
    )
    await world.run(biller, "paperless", [planned])
    assert (await world.one("login", customer[1]))["email"] == customer[2]
    enrolments = await world.enrolled("paperless_enrollment", customer[0])
    assert [(found["status"], found["delivery_email"]) for found in enrolments] == [
        ("pending", "bills@example.com"),
        ("active", "bills@example.com"),
    ]


async def test_a_missing_customer_is_made_with_a_shell(world: World) -> None:
    biller = await world.biller()
    planned = row(
        2,
        account_number="NEW-1",
        login_action="create_shell",
        seen_enrollments=[None, None],
        email="shell@example.com",
        customer_name="ANA ORTIZ",
        city="Riverbend",
        phone="555-0100",
        codes=["W323"],
    )
    import_id = await world.run(biller, "paperless", [planned])

    customer = await world.one("customer", await world.customer_id(biller, "NEW-1"))
    assert (customer["name"], customer["city"], customer["phone"]) == ("ANA ORTIZ", "Riverbend", "555-0100")
    assert (customer["origin"], customer["import_id"], customer["status"]) == ("import", import_id, "active")
    login_id = await world.owner(customer["id"])
    assert login_id is not None
    login = await world.one("login", login_id)
    assert (login["status"], login["email"], login["login_name"]) == ("shell", "shell@example.com", None)
    assert (login["origin"], login["import_id"], login["import_kind"]) == ("import", import_id, "paperless")
    assert len(await world.enrolled("paperless_enrollment", customer["id"])) == 2
    tables = {change["table"] for change in await world.changes(import_id, 2)}
    assert tables == {"customer", "login", "customer_login_link", "paperless_enrollment"}
    [result] = await world.admin.fetch("SELECT * FROM execution.row_result WHERE import_id = $1", import_id)
    assert (result["customer_id"], result["login_id"]) == (customer["id"], login_id)


async def test_one_notice_per_login_and_template_where_it_is_wanted(world: World) -> None:
    biller = await world.biller()
    first = await world.owned(biller)
    second_id = await world.crm.customer(biller, "SECOND", owner=first[1])
    rows = [
        world.moved(2, first),
        world.moved(3, (second_id, first[1], first[2]), leader_line=2, login_action="none"),
    ]
    import_id = await world.run(biller, "paperless", rows, options={"notify_customers": True})
    assert await world.notices(import_id) == [(first[1], "email_changed"), (first[1], "paperless_started")]


async def test_no_notice_where_none_is_wanted(world: World) -> None:
    biller = await world.biller()
    import_id = await world.run(biller, "paperless", [world.moved(2, await world.owned(biller))])
    assert await world.notices(import_id) == []
