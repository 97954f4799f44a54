from tests.integration.validation.world import World

HEADER = "Account,Email"


async def test_a_found_customer_without_login_gets_a_shell(world: World) -> None:
    biller = await world.biller()
    customer = await world.crm.customer(biller, "A1")
    done = await world.check(biller, "paperless", [HEADER, "A1,Ann@Example.COM"])
    row = done.rows[2]
    assert done.says(2) == ("apply", set())
    assert (row["customer_id"], row["login_id"], row["login_action"]) == (customer, None, "create_shell")
    assert row["email"] == "Ann@example.com"
    assert row["seen_enrollments"] == [None, None]
    assert done.result is not None
    assert done.result.state == "approved"
