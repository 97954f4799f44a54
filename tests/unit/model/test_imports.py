"""Whole imports of the domain's scenarios."""

from tests.support.model import Circumstances
from tests.support.model.state import Autopay, Method, Paperless
from tests.unit.model.scenes import TODAY, Scene, told

_BANK = ("routing_number", "bank_account_number", "bank_account_type")
_NEW = ("021000021", "4455667", "C")
_OTHER = ("011000015", "99887766", "S")


def test_landlord_with_every_account_in_the_file_gets_the_email() -> None:
    scene = Scene(mcl=True)
    scene.login("L", "old@example.com", login_name="old@example.com")
    for number in "123":
        scene.account(number, "L")
    verdict = scene.run("paperless", ("email",), [[number, "new@example.com"] for number in "123"])
    assert told(verdict) == [("applied", {"W344"}), ("applied", set()), ("applied", set())]
    assert verdict.after is not None
    assert verdict.after.logins["L"].email == "new@example.com"


def test_landlord_with_an_account_outside_the_file_is_asked() -> None:
    scene = Scene(mcl=True)
    scene.login("L", "old@example.com")
    scene.account("1", "L")
    scene.account("2", "L")
    assert scene.run("paperless", ("email",), [["1", "new@example.com"]]).undecided == {"C223"}
    verdict = scene.run("paperless", ("email",), [["1", "new@example.com"]], decide={"C223": "delivery_email"})
    assert told(verdict) == [("applied", {"C223"})]
    assert verdict.after is not None
    assert verdict.after.logins["L"].email == "old@example.com"
    assert verdict.after.paperless[(1, "1"), "WATER"].delivery_email == "new@example.com"


def test_landlord_of_two_minds_is_held() -> None:
    scene = Scene(mcl=True)
    scene.login("L", "old@example.com")
    scene.account("1", "L")
    scene.account("2", "L")
    verdict = scene.run("paperless", ("email",), [["1", "new@example.com"], ["2", "other@example.com"]])
    assert told(verdict) == [("held", {"R151"})] * 2


def test_login_of_two_billers_keeps_its_email() -> None:
    scene = Scene()
    scene.login("L", "old@example.com")
    scene.account("1", "L")
    scene.account("9", "L", biller=2)
    verdict = scene.run("paperless", ("email",), [["1", "new@example.com"]])
    assert told(verdict) == [("applied", {"W322"})]
    assert verdict.after is not None
    assert verdict.after.logins["L"].email == "old@example.com"


def test_registration_beside_paperless_is_held_either_way() -> None:
    scene = Scene()
    scene.login("shell", "ana@example.com", "shell")
    scene.login("invited", "ana@example.com", "invited", import_kind="registration")
    scene.account("1", "shell")
    scene.account("2", "invited")
    assert told(scene.run("registration", ("email",), [["1", "family@example.com"]])) == [("held", {"C231"})]
    assert told(scene.run("paperless", ("email",), [["2", "family@example.com"]])) == [("held", {"C231"})]


def test_duplicates_follow_or_are_held() -> None:
    scene = Scene()
    scene.account("1")
    scene.account("2")
    rows = [["1", *_NEW], ["1", *_NEW], ["2", *_NEW], ["2", *_OTHER]]
    verdict = scene.run("autopay", _BANK, rows)
    assert told(verdict) == [("applied", set()), ("no_change", {"W331"}), ("held", {"R131"}), ("held", {"R131"})]


def test_customer_was_faster() -> None:
    scene = Scene()
    scene.login("L", "ana@example.com")
    customer = scene.account("1", "L")
    method = Method("L", 1, "card", token="tok_0001")
    scene.state.methods[method.key] = method
    scene.state.set_autopay(Autopay(customer, "WATER", method.key))
    scene.state.set_paperless(Paperless(customer, "WATER", "cancelled"))
    assert told(scene.run("autopay", _BANK, [["1", *_NEW]])) == [("skipped", {"C215"})]
    assert told(scene.run("paperless", ("email",), [["1", "ana@example.com"]])) == [("skipped", {"C225"})]


def test_missing_accounts_are_created_only_with_a_name_and_the_right_number() -> None:
    scene = Scene()
    scene.account("1")
    rows = [["8", "ana@example.com", "ANA ORTIZ"], ["9", "bob@example.com", ""]]
    header = ("email", "customer_name")
    assert scene.run("paperless", header, rows, decide={"C202": "create"}).undecided == {"C201", "C207"}
    typed = {"choice": "continue", "typed_count": 1}
    held = scene.run("paperless", header, rows, decide={"C201": typed, "C202": "create"})
    assert held.undecided == {"C201", "C207"}, "one of one customer is above a fifth: a second person is needed"
    assert held.would_create == 1
    assert told(held) == [("applied", {"W323"}), ("failed", {"R127"})]


def test_the_same_file_again_changes_nothing() -> None:
    scene = Scene(confirm_required=True)
    scene.account("1")
    rows = [["1", "ana@example.com", "2021-01-01"]]
    first = scene.run("paperless", ("email", "consent_date"), rows)
    assert first.after is not None
    assert first.after.paperless[(1, "1"), "SEWER"].status == "pending"
    scene.state = first.after
    again = Circumstances(TODAY, imported_before=True)
    second = scene.run("paperless", ("email", "consent_date"), rows, circumstances=again, decide={"C203": "continue"})
    assert told(second) == [("no_change", {"W333"})]
    assert second.after == first.after


def test_one_email_on_several_accounts_needs_linking() -> None:
    for mcl, expected in ((False, ("failed", {"R152"})), (True, ("applied", set()))):
        scene = Scene(mcl=mcl)
        scene.account("1")
        scene.account("2")
        verdict = scene.run("registration", ("email",), [["1", "ana@example.com"], ["2", "ana@example.com"]])
        assert told(verdict) == [expected] * 2


def test_new_default_only_where_nothing_is_paid_already() -> None:
    scene = Scene(mcl=True)
    scene.login("L", None)
    scene.account("1", "L")
    scene.account("2", "L")
    verdict = scene.run("autopay", _BANK, [["1", *_NEW], ["2", *_OTHER]])
    assert told(verdict) == [("applied", {"W321"})] * 2
    assert verdict.after is not None
    assert [method.is_default for method in verdict.after.methods.values()] == [True, False]


def test_definitions_are_refused() -> None:
    scene = Scene()
    assert scene.run("paperless", ("email",), [["1", "a@example.com"]], invoice_types=[]).refused == {"F012"}
    assert scene.run("paperless", ("customer_name",), [["1", "ANA"]]).refused == {"F007"}
    assert scene.run("autopay", _BANK, [["1", *_NEW]], options={"attestation": "x"}).refused == {"F016"}
    verdict = scene.run("paperless", ("email", "biller_name"), [["1", "a@example.com", "Another Town"]])
    assert verdict.refused == {"F010"}
