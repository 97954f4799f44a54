from datetime import date
from decimal import Decimal
from typing import Any

from tests.integration.executor.world import EFFECTIVE, World, row

FINGERPRINT = b"fingerprint-of-a-bank-account"
OTHER = b"fingerprint-of-another"
SEALED = b"sealed-bank-account"


def bank(line_no: int, customer: tuple[int, int, str], **columns: Any) -> dict[str, Any]:
    customer_id, login_id, email = customer
    planned = {
        "customer_id": customer_id,
        "login_id": login_id,
        "seen_login_email": email,
        "seen_login_status": "active",
        "seen_enrollments": [None, None],
        **account(),
    }
    return row(line_no, **planned | columns)


def account(fingerprint: bytes = FINGERPRINT) -> dict[str, Any]:
    return {
        "method_kind": "ach",
        "holder_name": "ANA ORTIZ",
        "routing_number": "021000021",
        "account_enc": SEALED,
        "account_last4": "5667",
        "account_type": "checking",
        "fingerprint": fingerprint,
    }


async def test_a_new_method_and_an_enrolment_for_each_type(world: World) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    planned = bank(2, customer, make_default=True, ends_on=date(2027, 1, 31), max_amount=Decimal("75.50"))
    import_id = await world.run(biller, "autopay", [planned])

    assert await world.results(import_id) == {2: ("applied", [])}
    [method] = await world.admin.fetch("SELECT * FROM crm.payment_method WHERE login_id = $1", customer[1])
    assert (method["routing_number"], method["account_enc"], method["account_last4"]) == ("021000021", SEALED, "5667")
    assert (method["is_default"], method["status"], method["origin"]) == (True, "active", "import")
    enrolments = await world.enrolled("autopay_enrollment", customer[0])
    assert len(enrolments) == 2
    covering = await world.admin.fetchval(
        "SELECT id FROM crm.authorization_record WHERE import_id = $1 AND line_no IS NULL AND kind = 'mandate'",
        import_id,
    )
    for enrolment in enrolments:
        assert (enrolment["payment_method_id"], enrolment["follow_default"]) == (method["id"], False)
        assert (enrolment["status"], enrolment["effective_from"]) == ("active", EFFECTIVE)
        assert (enrolment["ends_on"], enrolment["max_amount"]) == (date(2027, 1, 31), Decimal("75.50"))
        assert (enrolment["mandate_id"], enrolment["origin"]) == (covering, "import")
        assert enrolment["import_id"] == import_id


async def test_changes_hold_no_bank_data_but_the_last_four(world: World) -> None:
    biller = await world.biller()
    import_id = await world.run(biller, "autopay", [bank(2, await world.owned(biller))])
    changes = await world.admin.fetchval(
        "SELECT changes::text FROM execution.row_result WHERE import_id = $1", import_id
    )
    assert '"last4": "5667"' in changes
    assert "021000021" not in changes
    assert SEALED.hex() not in changes
    assert FINGERPRINT.hex() not in changes


async def test_rows_of_one_login_share_a_method(world: World) -> None:
    biller = await world.biller()
    first = await world.owned(biller)
    second = (await world.crm.customer(biller, "SHARED-2", owner=first[1]), first[1], first[2])
    other = (await world.crm.customer(biller, "SHARED-3", owner=first[1]), first[1], first[2])
    rows = [
        bank(2, first, make_default=True),
        bank(3, second, leader_line=2, make_default=False),
        bank(4, other, leader_line=2, make_default=False, **account(OTHER)),
    ]
    await world.run(biller, "autopay", rows)
    methods = await world.admin.fetch(
        "SELECT id, fingerprint, is_default FROM crm.payment_method WHERE login_id = $1 ORDER BY id", first[1]
    )
    assert {(method["fingerprint"], method["is_default"]) for method in methods} == {
        (FINGERPRINT, True),
        (OTHER, False),
    }
    by_fingerprint = {method["fingerprint"]: method["id"] for method in methods}
    pinned = [(await world.enrolled("autopay_enrollment", customer[0])) for customer in (first, second, other)]
    assert [{found["payment_method_id"] for found in enrolments} for enrolments in pinned] == [
        {by_fingerprint[FINGERPRINT]},
        {by_fingerprint[FINGERPRINT]},
        {by_fingerprint[OTHER]},
    ]


async def test_the_method_there_is_gets_active_and_keeps_its_data(world: World) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    method_id = await world.crm.method(customer[1], biller, FINGERPRINT, status="removed")
    planned = bank(2, customer, payment_method_id=method_id, make_default=False)
    import_id = await world.run(biller, "autopay", [planned])
    method = await world.one("payment_method", method_id)
    assert (method["status"], method["holder_name"], method["origin"]) == ("active", None, "portal")
    changed = [change for change in await world.changes(import_id, 2) if change["table"] == "payment_method"]
    assert [change["before"] for change in changed] == [{"status": "removed"}]
    assert await world.admin.fetchval("SELECT count(*) FROM crm.payment_method WHERE login_id = $1", customer[1]) == 1


async def test_a_default_chosen_meanwhile_stays_the_only_one(world: World) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    chosen = await world.crm.method(customer[1], biller, OTHER, default=True)
    await world.run(biller, "autopay", [bank(2, customer, make_default=True)])
    defaults = await world.admin.fetch(
        "SELECT id FROM crm.payment_method WHERE login_id = $1 AND is_default", customer[1]
    )
    assert [method["id"] for method in defaults] == [chosen]


async def test_an_enrolment_with_the_same_method_is_left_and_one_of_an_earlier_import_is_pinned_anew(
    world: World,
) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    water, sewer = await world.types(biller)
    same = await world.crm.method(customer[1], biller, FINGERPRINT)
    earlier = await world.crm.method(customer[1], biller, OTHER)
    await world.crm.autopay(customer[0], water, same)
    await world.crm.autopay(customer[0], sewer, earlier, origin="import")
    planned = bank(2, customer, payment_method_id=same, seen_enrollments=[f"active:{same}", f"active:{earlier}"])
    import_id = await world.run(biller, "autopay", [planned])

    left, pinned = await world.enrolled("autopay_enrollment", customer[0])
    assert (left["import_id"], left["effective_from"], left["origin"]) == (None, None, "customer")
    assert (pinned["payment_method_id"], pinned["import_id"], pinned["effective_from"]) == (same, import_id, EFFECTIVE)
    [change] = await world.changes(import_id, 2)
    assert change["before"]["payment_method_id"] == earlier


async def test_each_account_without_login_gets_a_shell_of_its_own(world: World) -> None:
    biller = await world.biller()
    customers = [await world.crm.customer(biller, f"NOBODY-{number}") for number in (1, 2)]
    rows = [
        bank(
            line,
            (customer, 0, ""),
            login_id=None,
            login_action="create_shell",
            make_default=True,
            seen_login_email=None,
        )
        for line, customer in enumerate(customers, 2)
    ]
    import_id = await world.run(biller, "autopay", rows)
    owners = {await world.owner(customer) for customer in customers}
    assert len(owners) == 2
    shells = await world.admin.fetch("SELECT * FROM crm.login WHERE import_id = $1", import_id)
    assert {(shell["status"], shell["email"], shell["import_kind"]) for shell in shells} == {("shell", None, "autopay")}
    methods = await world.admin.fetch("SELECT * FROM crm.payment_method WHERE import_id = $1", import_id)
    assert {(method["login_id"], method["is_default"]) for method in methods} == {(owner, True) for owner in owners}


async def test_a_row_has_its_own_mandate(world: World) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    planned = bank(2, customer, authorized_on=date(2024, 5, 6), authorization_reference="FORM-17")
    import_id = await world.run(biller, "autopay", [planned])
    record = await world.record(import_id, 2)
    assert (record["kind"], record["customer_id"], record["reference"]) == ("mandate", customer[0], "FORM-17")
    enrolments = await world.enrolled("autopay_enrollment", customer[0])
    assert {found["mandate_id"] for found in enrolments} == {record["id"]}


async def test_the_customer_is_told_where_there_is_an_address(world: World) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    nobody = await world.crm.customer(biller, "NO-ADDRESS")
    rows = [
        bank(2, customer),
        bank(3, (nobody, 0, ""), login_id=None, login_action="create_shell", seen_login_email=None),
    ]
    import_id = await world.run(biller, "autopay", rows, options={"notify_customers": True})
    assert await world.notices(import_id) == [(customer[1], "autopay_moved")]
