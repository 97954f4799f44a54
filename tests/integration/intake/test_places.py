"""Files lie on disk, in S3 or on an SFTP server, and the same becomes of them."""

import io
import json
from contextlib import ExitStack
from typing import Any, cast

import pytest
from rich.console import Console

from cli.bodies import Biller
from cli.client import Client
from cli.intake import buckets, looking, naming, open_place, places, sftp
from cli.intake.places import Trouble
from cli.intake.rules import Rule
from tests.integration.intake.conftest import Lying
from tests.support.intake import CONTENT, QUIET, System, look, watch_of


def test_a_whole_file_is_imported_and_put_away(lying: Lying, api: System) -> None:
    lying.put("Riverbend/customers.csv", CONTENT * 40_000)  # more than a piece
    with lying.opened() as place:
        [taken] = look(watch_of(place, {"riverbend": Rule(decide={"C241": "skip"})}), api)
        assert not place.has_taken()
    assert taken.is_taken, taken.told
    assert list(api.files.values()) == [CONTENT * 40_000]
    assert api.defined[0]["decide"] == {"C241": {"choice": "skip"}}
    assert lying.in_folder("Riverbend/done/") == {"customers.csv"}
    told = {"file": "customers.csv", "import_id": str(api.asked[0]), "state": "held"}
    assert json.loads(lying.told("Riverbend/done/")) == told
    assert len(lying.names()) == 2


def test_a_place_may_be_of_one_biller(lying: Lying, api: System) -> None:
    lying.put("Riverbend/customers.csv", CONTENT)
    at = f"{lying.given.at.rstrip('/')}/Riverbend"
    with ExitStack() as stack:
        place = open_place(lying.given.model_copy(update={"at": at, "biller": "7"}), stack)
        assert place.billers() == ["7"]
        assert len(look(watch_of(place), api)) == 1
    assert lying.in_folder("Riverbend/done/") == {"customers.csv"}


def test_a_file_that_still_changes_waits(lying: Lying, api: System) -> None:
    with lying.opened() as place:
        one = watch_of(place)
        for number in range(3):
            lying.put("Riverbend/customers.csv", CONTENT * (number + 1))
            assert look(one, api, times=1) == []
        assert len(look(one, api, times=1)) == 1


def test_names_of_unfinished_files_and_of_folders_are_left(lying: Lying, api: System) -> None:
    for name in ("a.csv.part", ".a.csv", "b.filepart"):
        lying.put(f"Riverbend/{name}", CONTENT)
    before = lying.names()
    with lying.opened() as place:
        assert look(watch_of(place), api) == []
        assert place.billers() == ["Riverbend"]
    assert lying.names() == before


def test_one_bad_file_hinders_none(lying: Lying, api: System) -> None:
    bad = {"bad.csv": b"bad", "crash.csv": b"crash", "empty.csv": b"", "\x1b[31m.csv": CONTENT, "n" * 201: CONTENT}
    good = {f"good{number}.csv": CONTENT for number in range(4)}
    for name, content in (bad | good).items():
        lying.put(f"Riverbend/{name}", content)
    with lying.opened() as place:
        taken = look(watch_of(place), api)
    assert len(taken) == len(bad) + len(good)
    assert lying.in_folder("Riverbend/done/") == set(good)
    assert len(lying.in_folder("Riverbend/refused/")) == len(bad)
    assert "\ufffd[31m.csv" in lying.in_folder("Riverbend/refused/")
    assert api.most_at_once > 1


def test_what_is_taken_again_after_a_stop_is_the_same_import(
    lying: Lying, api: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    lying.put("Riverbend/customers.csv", CONTENT)
    with monkeypatch.context() as patch, lying.opened() as place:
        patch.setattr(looking, "_checked", stopped)
        with pytest.raises(KeyboardInterrupt):
            look(watch_of(place), api)
        assert place.has_taken()
    with lying.opened() as place:
        [taken] = look(watch_of(place), api)
    assert taken.is_taken
    assert len(api.asked) == 2
    assert len(set(api.asked)) == 1


def test_the_same_name_anew_is_another_import_and_nothing_is_written_over(lying: Lying, api: System) -> None:
    with lying.opened() as place:
        one = watch_of(place)
        for number in range(3):
            lying.put("Riverbend/customers.csv", CONTENT * (number + 1))
            assert len(look(one, api)) == 1
    assert len(set(api.asked)) == 3
    assert len([name for name in lying.names() if name.endswith("customers.csv")]) == 3


def test_a_look_takes_so_many_files_and_the_next_the_others(
    lying: Lying, api: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MOST", 3)
    for number in range(7):
        lying.put(f"Riverbend/{number}.csv", CONTENT)
    with lying.opened() as place:
        one = watch_of(place)
        counts = [len(look(one, api, times=1)) for _ in range(8)]
    assert max(counts) <= 3
    assert sum(counts) == 7


def test_names_without_end_are_left_told_once_and_folders_share_in_what_a_look_keeps(
    lying: Lying, api: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_MOST_IN_ALL", 6)
    monkeypatch.setattr(places, "_MOST_FOLDERS", 2)
    monkeypatch.setattr(naming, "LONGEST_LISTED", 40)
    for folder in ("7", "Riverbend", "Too many"):
        for number in range(5):
            lying.put(f"{folder}/{number}.csv", CONTENT)
    if lying.wire:
        lying.put(f"7/{'n' * 41}.csv", CONTENT)  # a disk has no longer ones
    said = io.StringIO()
    with lying.opened() as place:
        one = watch_of(place)
        taken = [look(one, api, times=1, console=Console(file=said)) for _ in range(6)]
    at = lying.given.at
    assert sorted(one.troubles) == [at, f"{at}: 7"][: 2 if lying.wire else 1]
    assert {error.trouble for error in one.troubles.values()} == {Trouble.LEFT_OUT}
    assert said.getvalue().count("(place_left_out)") == len(one.troubles)
    assert max(len(found) for found in taken) <= 6
    assert sorted(f"{file.folder}/{file.name}" for found in taken for file in found) == [
        f"{folder}/{number}.csv" for folder in ("7", "Riverbend") for number in range(5)
    ]


def test_two_that_look_at_the_same_time_make_one_import(lying: Lying, api: System) -> None:
    lying.put("Riverbend/customers.csv", CONTENT)
    with lying.opened() as place:
        watch = watch_of(place)
        assert look(watch, api, times=1) == []
        [first] = place.whole("Riverbend", 10.0**9, 0)
        [second] = place.whole("Riverbend", 10.0**9, 0)
        biller = cast("Biller", api.biller("7"))
        client = cast("Client", api)
        both = [watch._one(client, QUIET, "Riverbend", biller, one) for one in (first, second)]
    assert both[1] is None
    assert len(set(api.asked)) == 1
    assert len(lying.names()) == 2


def test_a_place_that_is_away_is_told_once_and_waited_for(far: Lying, api: System) -> None:
    assert far.wire is not None
    far.put("Riverbend/customers.csv", CONTENT)
    with far.opened() as place:
        one = watch_of(place)
        far.wire.cut()
        assert look(one, api) == []
        assert [error.trouble for error in one.troubles.values()] == [Trouble.UNREACHABLE]
        far.wire.left = None
        assert len(look(one, api)) == 1
        assert one.troubles == {}


def test_a_place_that_takes_connections_and_says_nothing_is_left_after_its_time(
    far: Lying, api: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert far.wire is not None
    far.wire.is_silent = True
    for module, name in ((buckets, "_READ_SECONDS"), (sftp, "_CONNECT_SECONDS"), (sftp, "_SIGN_IN_SECONDS")):
        monkeypatch.setattr(module, name, 0.2)
    with far.opened() as place:
        one = watch_of(place)
        assert look(one, api, times=1) == []
    assert [error.trouble for error in one.troubles.values()] == [Trouble.UNREACHABLE]


def test_a_file_that_breaks_off_while_it_is_read_waits_and_is_imported_once(far: Lying, api: System) -> None:
    assert far.wire is not None
    far.put("Riverbend/customers.csv", CONTENT * 100_000)
    with far.opened() as place:
        one = watch_of(place)
        look(one, api, times=1)
        far.wire.left = 1_000_000
        assert look(one, api, times=1) == []
        far.wire.left = None
        assert look(one, api)[0].is_taken
    assert len(api.asked) == 1
    assert far.in_folder("Riverbend/refused/") == set()
    assert far.in_folder("Riverbend/done/") == {"customers.csv"}
    assert len(far.names()) == 2


def test_a_connection_that_is_lost_after_the_import_was_asked_for_makes_no_second(
    far: Lying, api: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = far.wire
    assert wire is not None
    far.put("Riverbend/customers.csv", CONTENT)

    def status(import_id: str) -> dict[str, Any]:
        wire.cut()
        return {"import_id": import_id, "state": "held"}

    with far.opened() as place:
        one = watch_of(place)
        with monkeypatch.context() as patch:
            patch.setattr(api, "status", status)
            assert look(one, api) == []
        wire.left = None
        assert look(one, api)[0].is_taken
    assert len(api.asked) == 2
    assert len(set(api.asked)) == 1
    assert far.in_folder("Riverbend/done/") == {"customers.csv"}
