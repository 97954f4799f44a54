"""Imports whose second line depends on every fact there is, and whose third on nothing of the second."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from tests.integration.validation.world import TODAY, Import, World, answers
from tests.support.crm import Biller

BANK = {"routing_number": "Routing", "bank_account_number": "Bank", "bank_account_type": "Type"}
BANK_ROWS = ("A1,021000021,0098745678,C,ANA ORTIZ", "A2,021000021,0087654321,C,BO LEE")
_ENDING = tuple(zip(BANK_ROWS, ("2026-03-10", ""), strict=True))
EMAIL_ROWS = ("A1,new1@example.com,ANA ORTIZ", "A2,new2@example.com,BO LEE")


@dataclass
class Scene:
    """An approved import, and the ids of the records that a change may name."""

    world: World
    biller: Biller
    ids: dict[str, int]
    done: Import = field(default_factory=lambda: Import(uuid4()))
    today: date = TODAY


Setting = Callable[[World], Awaitable[Scene]]


async def _start(world: World, **options: Any) -> Scene:
    """A biller with a neighbour in its realm, two accounts, and somebody who might decide."""
    biller = await world.biller(**options)
    neighbor = await world.biller(realm_id=biller.realm_id)
    await world.crm.right("pat", biller)
    await world.crm.right("sue", biller, may_approve=True)
    await world.crm.right("ida", biller, may_replace_owner=True)
    ids = {
        "biller": biller.id,
        "neighbor": neighbor.id,
        "realm": biller.realm_id,
        "strange_realm": await world.crm.realm(),
        "water": await world.crm.type_id(biller, "WATER"),
        "sewer": await world.crm.type_id(biller, "SEWER"),
        "customer": await world.crm.customer(biller, "A1", name="ANA ORTIZ"),
        "control": await world.crm.customer(biller, "A2", name="BO LEE"),
        "free": await world.crm.customer(biller, "B2"),
        "far": await world.crm.customer(neighbor, "N2"),
        "stranger": await world.crm.login(biller.realm_id, f"stranger-{biller.id}@example.com"),
    }
    return Scene(world, biller, ids)


async def _owned(scene: Scene, status: str = "active", **login: Any) -> None:
    """The first account gets an owner."""
    scene.ids["login"] = await scene.world.crm.login(
        scene.biller.realm_id, login.pop("email", f"old-{scene.biller.id}@example.com"), status=status, **login
    )
    await scene.world.crm.link(scene.ids["customer"], scene.ids["login"])


async def _autopay(scene: Scene, *rows: str, **choices: str) -> Scene:
    lines = ["Account,Routing,Bank,Type,Name", *(rows or BANK_ROWS)]
    columns = BANK | {"customer_name": "Name"}
    scene.done = await scene.world.check(
        scene.biller,
        "autopay",
        lines,
        columns=columns,
        decide=answers(C204="continue", C201="continue", **({"C246": "replace"} | choices)),
    )
    return scene


async def _emails(scene: Scene, kind: str, *rows: str, **choices: str) -> Scene:
    decide = answers(C204="continue", **choices)
    columns = {"email": "Email", "customer_name": "Name", "biller_name": "Biller"}
    name = scene.biller.name
    lines = ["Account,Email,Name,Biller", *(f"{row},{name}" for row in rows or EMAIL_ROWS)]
    scene.done = await scene.world.check(scene.biller, kind, lines, columns=columns, decide=decide)
    return scene


async def bank_account_known(world: World) -> Scene:
    """The owner has the file's method, expired, and an earlier import's enrollment with another."""
    scene = await _start(world)
    await _owned(scene)
    ids = scene.ids
    known = world.fingerprint.of("ach", "021000021", "0098745678")
    ids["method"] = await world.crm.method(ids["login"], scene.biller, known, status="expired")
    ids["other"] = await world.crm.method(ids["login"], scene.biller, b"other", default=True)
    await world.crm.autopay(ids["customer"], ids["water"], ids["other"], origin="import")
    ids["mandate"] = await world.admin.fetchval(
        "INSERT INTO crm.authorization_record (kind, import_id) VALUES ('mandate', gen_random_uuid()) RETURNING id"
    )
    return await _autopay(scene)


async def bank_account_new(world: World) -> Scene:
    """The owner has no method at all; one of his other accounts has a cancelled enrollment elsewhere."""
    scene = await _start(world)
    await _owned(scene)
    ids = scene.ids
    ids["elsewhere"] = await world.crm.method(ids["login"], Biller(ids["neighbor"], 0, ""), b"elsewhere")
    ids["second"] = await world.crm.customer(Biller(ids["neighbor"], 0, ""), "N1", owner=ids["login"])
    ids["second_water"] = await world.crm.type_id(Biller(ids["neighbor"], 0, ""), "WATER")
    await world.crm.autopay(ids["second"], ids["second_water"], ids["elsewhere"], status="cancelled")
    return await _autopay(scene)


async def bank_account_for_a_while(world: World) -> Scene:
    """Autopay of the first account ends soon; a person said to keep that end."""
    scene = await _start(world)
    await _owned(scene)
    lines = ["Account,Routing,Bank,Type,End", *(f"{row.rpartition(',')[0]},{end}" for row, end in _ENDING)]
    scene.done = await world.check(
        scene.biller, "autopay", lines, columns=BANK | {"end_date": "End"}, decide=answers(C214="keep_end")
    )
    return scene


async def card(world: World) -> Scene:
    """The file brings a card."""
    scene = await _start(world)
    await _owned(scene)
    columns = {"card_token": "Token", "card_expiry": "Expiry"}
    lines = ["Account,Token,Expiry", "A1,tok_0001,12/30", "A2,tok_0002,12/30"]
    scene.done = await world.check(scene.biller, "autopay", lines, columns=columns)
    return scene


async def customers_made(world: World) -> Scene:
    """The first account is not there yet."""
    scene = await _start(world)
    for number in range(10):  # so that one more is no large share, for which a second person is asked (C207)
        await world.crm.customer(scene.biller, f"NEIGHBOR{number}")
    rows = ("NEW1,new1@example.com,ANA ORTIZ", EMAIL_ROWS[1])
    return await _emails(scene, "paperless", *rows, C202="create")


async def email_changed(world: World) -> Scene:
    """The login of the account gets the file's email; one type is paperless already."""
    scene = await _start(world)
    await _owned(scene, login_name=f"ana-{scene.biller.id}")
    ids = scene.ids
    await world.crm.paperless(ids["customer"], ids["water"], status="active", delivery_email="desk@example.com")
    ids["consent"] = await world.admin.fetchval(
        "INSERT INTO crm.authorization_record (kind, import_id) VALUES ('consent', gen_random_uuid()) RETURNING id"
    )
    return await _emails(scene, "paperless")


async def email_kept(world: World) -> Scene:
    """The login was made by a registration and is still invited; a person said to keep its email."""
    scene = await _start(world)
    await _owned(scene, "invited", import_kind="registration")
    return await _emails(scene, "paperless", C231="keep_login")


async def email_reaching_others(world: World) -> Scene:
    """The login owns accounts that the file does not name, here and as a further user; a person said to go on."""
    scene = await _start(world, links=True)
    await _owned(scene)
    ids = scene.ids
    ids["second"] = await world.crm.customer(scene.biller, "B1", owner=ids["login"])
    return await _emails(scene, "paperless", C223="update_login")


async def email_not_reaching_others(world: World) -> Scene:
    """The login owns an account at another biller, so that its email stays."""
    scene = await _start(world)
    await _owned(scene)
    ids = scene.ids
    ids["second"] = await world.crm.customer(Biller(ids["neighbor"], 0, ""), "N1", owner=ids["login"])
    return await _emails(scene, "paperless")


async def shell_claimed(world: World) -> Scene:
    """The shell of an earlier import is claimed."""
    scene = await _start(world)
    await _owned(scene, "shell", email=None)
    return await _emails(scene, "registration")


async def login_linked(world: World) -> Scene:
    """The only login of the row's email becomes the owner; so far it is a guest."""
    scene = await _start(world, links=True)
    ids = scene.ids
    ids["login"] = await world.crm.login(
        scene.biller.realm_id, "new1@example.com", first_name="ANA", last_name="ORTIZ", login_name=f"a{scene.biller.id}"
    )
    await world.crm.link(ids["customer"], ids["login"], "guest")
    return await _emails(scene, "registration")


async def login_made(world: World) -> Scene:
    """Nobody has the row's email."""
    return await _emails(await _start(world), "registration")


async def login_made_beside_others(world: World) -> Scene:
    """Two logins have the row's email; a person said to make one more."""
    scene = await _start(world)
    for name in ("stranger", "login"):
        scene.ids[name] = await world.crm.login(scene.biller.realm_id, "new1@example.com")
    return await _emails(scene, "registration", C234="new_login")


async def oversight_made_beside_others(world: World) -> Scene:
    """The account has an active owner, and two logins have the row's email; a person said to make one more."""
    scene = await _start(world)
    await _owned(scene)
    for name in ("stranger", "another"):
        scene.ids[name] = await world.crm.login(scene.biller.realm_id, "new1@example.com")
    return await _emails(scene, "registration", C232="oversight", C234="new_login")


async def owner_replaced(world: World) -> Scene:
    """Another login takes the place of the active owner."""
    scene = await _start(world)
    await _owned(scene)
    return await _emails(scene, "registration", C232="replace_owner")
