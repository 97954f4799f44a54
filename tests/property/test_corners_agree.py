"""Corners that generated files seldom reach, in the real check and the real executor."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.validation.repository import plan
from shared.today import us_today
from tests.property.world import World
from tests.support.generators.files import Case
from tests.support.generators.pools import fresh_name
from tests.support.model import Circumstances
from tests.support.model.state import Autopay, Biller, Link, Method, Paperless
from tests.unit.model.scenes import Scene, told

_TODAY = us_today()
_BANK = ("routing_number", "bank_account_number", "bank_account_type")
_NEW = ("021000021", "4455667", "C")
_Told = list[tuple[str, set[str]]]


def _scene(*, mcl: bool = False) -> Scene:
    scene = Scene(mcl=mcl)
    scene.state.billers[1] = Biller(1, fresh_name("Riverbend"), 1, mcl)
    scene.state.billers[2] = Biller(2, fresh_name("Elsewhere"), 1)
    return scene


async def _told(
    world: World,
    scene: Scene,
    kind: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    decide: Mapping[str, str | dict[str, Any]] | None = None,
) -> _Told:
    definition, file = scene.written(kind, header, rows, decide)
    definition["options"] = definition["options"] | {"effective_date": (_TODAY + timedelta(days=30)).isoformat()}
    return told(await world.agree(Case(scene.state, definition, file, Circumstances(_TODAY))))


async def test_email_that_a_claim_of_the_same_file_brings_is_not_made_twice(world: World) -> None:
    scene = _scene(mcl=True)
    scene.login("S", None, "shell")
    scene.account("1", "S")
    scene.account("2")
    rows = [["1", "ana@example.com"], ["2", "Ana@example.com"]]
    assert await _told(world, scene, "registration", ("email",), rows) == [("applied", set()), ("held", {"C234"})]


@pytest.mark.parametrize("claims_first", [True, False])
async def test_what_another_chunk_did_to_a_login_is_no_change(
    world: World, monkeypatch: pytest.MonkeyPatch, *, claims_first: bool
) -> None:
    """Rules apply-1, apply-4 and apply-19: a claim brings an email that another login has, is the owner beside whom a
    guest is registered, or takes an email that several logins have.
    """
    monkeypatch.setattr(plan, "_ROWS_PER_CHUNK", 1)
    scene = _scene(mcl=True)
    scene.login("brought", "kd@example.com", "invited")
    scene.login("present", "ana@example.com", first_name="Ana", last_name="Ortiz")
    scene.login("shell", None, "shell")
    scene.login("taken", "lee@example.com", "invited")
    scene.login("left", "lee@example.com")
    for number, owner in (("1", "brought"), ("2", "brought"), ("3", "shell"), ("4", "shell"), ("5", "taken")):
        scene.account(number, owner)
    scene.account("6")
    expected: list[tuple[list[str], tuple[str, set[str]]]] = [
        (["1", "ana@example.com", ""], ("applied", {"C231"})),
        (["2", "ana@example.com", "guest"], ("applied", set())),
        (["3", "bo@example.com", ""], ("applied", set())),
        (["4", "cy@example.com", "guest"], ("applied", set())),
        (["5", "di@example.com", ""], ("applied", {"C231"})),
        (["6", "lee@example.com", "guest"], ("applied", {"C234"})),
    ]
    if not claims_first:
        expected.reverse()
    header, rows = ("email", "role", "customer_name"), [[*cells, "ANA ORTIZ"] for cells, _ in expected]
    answers = {"C231": "use_file", "C234": "new_login"}
    assert await _told(world, scene, "registration", header, rows, answers) == [one for _, one in expected]


async def test_two_shells_cannot_have_one_login_name(world: World) -> None:
    scene = _scene(mcl=True)
    for number in "12":
        scene.login(f"S{number}", None, "shell")
        scene.account(number, f"S{number}")
    rows = [["1", "ana@example.com"], ["2", "ana@example.com"]]
    assert await _told(world, scene, "registration", ("email",), rows) == [("failed", {"R153"})] * 2


async def test_guest_becomes_owner(world: World) -> None:
    scene = _scene(mcl=True)
    scene.login("L", "ana@example.com", first_name="Ana", last_name="Ortiz")
    customer = scene.account("1")
    scene.state.set_link(Link(customer, "L", "guest"))
    rows = [["1", "ANA@example.com", "ORTIZ, ANA"]]
    expected = [("applied", {"W324"})]
    assert await _told(world, scene, "registration", ("email", "customer_name"), rows) == expected


async def test_first_row_left_makes_the_login_that_others_share(world: World) -> None:
    scene = _scene(mcl=True)
    scene.login("L", "bob@example.com", login_name="taken")
    for number in "123":
        scene.account(number)
    rows = [["1", "ana@example.com", "Taken"], ["2", "ana@example.com", "mine"], ["3", "ana@example.com", ""]]
    expected: _Told = [("failed", {"R153"}), ("applied", set()), ("applied", set())]
    assert await _told(world, scene, "registration", ("email", "login_name"), rows) == expected


async def test_enrolments_without_an_owner_stay_where_they_are(world: World) -> None:
    scene = _scene()
    customer = scene.account("1")
    scene.state.set_paperless(Paperless(customer, "WATER", "active", "ana@example.com"))
    scene.state.set_paperless(Paperless(customer, "SEWER", "pending", "bob@example.com"))
    assert await _told(world, scene, "paperless", ("email",), [["1", "ana@example.com"]]) == [("applied", set())]


async def test_method_of_a_former_owner_is_enough_for_its_type(world: World) -> None:
    scene = _scene()
    scene.login("former", None)
    scene.login("L", None)
    customer = scene.account("1", "L")
    method = Method("former", 1, "ach", routing_number=_NEW[0], account=_NEW[1], account_last4="5667")
    scene.state.methods[method.key] = method
    scene.state.set_autopay(Autopay(customer, "WATER", method.key, origin="import"))
    assert await _told(world, scene, "autopay", _BANK, [["1", *_NEW]]) == [("applied", {"W332"})]


async def test_removed_method_comes_back_and_makes_no_other_the_default(world: World) -> None:
    scene = _scene(mcl=True)
    scene.login("L", None)
    scene.account("1", "L")
    scene.account("2", "L")
    method = Method("L", 1, "ach", routing_number=_NEW[0], account=_NEW[1], account_last4="5667", status="removed")
    scene.state.methods[method.key] = method
    rows = [["1", *_NEW], ["2", "011000015", "99887766", "S"]]
    assert await _told(world, scene, "autopay", _BANK, rows) == [("applied", {"W321"})] * 2


async def test_expired_paperless_starts_anew(world: World) -> None:
    scene = _scene()
    scene.login("L", "ana@example.com")
    customer = scene.account("1", "L")
    scene.state.set_paperless(Paperless(customer, "WATER", "expired", "old@example.com"))
    rows = [["1", "ana@example.com", "2021-01-01"]]
    assert await _told(world, scene, "paperless", ("email", "consent_date"), rows) == [("applied", set())]


@pytest.mark.parametrize(("name", "last"), [("start_date", ""), ("end_date", ""), ("end_date", "1391301")])
async def test_days_of_an_as_400(world: World, name: str, last: str) -> None:
    """flag-12."""
    scene = _scene()
    for number in "12345":
        scene.account(number)
    days = ("1391231", "391231", "0", "0400101", last)
    rows = [[number, "021000021", f"445566{number}", "C", day] for number, day in zip("12345", days, strict=True)]
    keep: dict[str, str | dict[str, Any]] = {"C214": "keep_end"}
    told = await _told(world, scene, "autopay", (*_BANK, name), rows, keep)
    assert (told[0] == ("held", {"R145"})) is bool(last)


async def test_customer_of_a_row_that_is_held_is_not_created(world: World) -> None:
    scene = _scene()
    scene.account("1")
    for key in ("A", "B"):
        scene.login(key, "ana@example.com")
    rows = [["1", "fresh@example.com", "ANA ORTIZ"], ["9", "ana@example.com", "ANA ORTIZ"]]
    answers: dict[str, str | dict[str, Any]] = {"C202": "create"}
    expected: _Told = [("applied", set()), ("held", {"C234"})]
    assert await _told(world, scene, "registration", ("email", "customer_name"), rows, answers) == expected
