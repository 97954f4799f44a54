"""The intake takes whole files only, each for itself, and puts each away with what became of it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from cli.errors import CommandError, NotNowError, UnreachableError
from cli.intake import going, looking
from cli.intake.folders import DiskFile, Folders
from cli.intake.looking import Watch
from cli.intake.places import PlaceError, Trouble
from cli.intake.rules import Rule
from cli.transport import ToldTransport
from shared import probe
from tests.support.intake import CONTENT, System, look, watch_of


@pytest.fixture
def api() -> System:
    return System()


@pytest.fixture
def biller(tmp_path: Path) -> Path:
    (folder := tmp_path / "Riverbend").mkdir()
    return folder


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "_POLL_SECONDS", 0.01)


def watch(root: Path, rules: Mapping[str, Rule] | None = None, at_once: int = 4) -> Watch:
    return watch_of(Folders(root), rules, at_once)


def reason(folder: Path, where: str) -> dict[str, Any]:
    [told] = (folder / where).glob("*.json")
    found: dict[str, Any] = json.loads(told.read_text())
    return found


def files(folder: Path) -> set[str]:
    return {path.name.split("-", 1)[-1] for path in folder.glob("*") if path.suffix != ".json"}


def test_a_whole_file_is_imported_by_the_recipe_that_fits_and_held(api: System, biller: Path) -> None:
    (biller / "customers.csv").write_bytes(CONTENT)
    [taken] = look(watch(biller.parent), api)
    assert (taken.is_taken, taken.told["state"]) == (True, "held")
    [definition] = api.defined
    assert definition["decide"] == "ask"
    assert definition["recipe"] == {"id": "Monthly", "version": 2}
    assert files(biller / "done") == {"customers.csv"}
    assert reason(biller, "done") == {"file": "customers.csv", "import_id": str(api.asked[0]), "state": "held"}
    assert not (biller / "customers.csv").exists()


def test_what_the_rules_decide_runs(api: System, biller: Path) -> None:
    (biller / "customers.csv").write_bytes(CONTENT)
    rule = Rule(
        decide={"C241": "skip", "C202": {"choice": "continue", "typed_count": 3}}, log_recipients=["a@example.com"]
    )
    look(watch(biller.parent, {"riverbend": rule}), api)
    [definition] = api.defined
    assert definition["decide"] == {"C241": {"choice": "skip"}, "C202": {"choice": "continue", "typed_count": 3}}
    assert definition["log_recipients"] == ["id of a@example.com"]


def test_a_file_that_still_grows_waits(api: System, biller: Path) -> None:
    one = watch(biller.parent)
    for number in range(3):
        (biller / "customers.csv").write_bytes(CONTENT * (number + 1))
        assert look(one, api, times=1) == []
    assert len(look(one, api, times=1)) == 1


@pytest.mark.parametrize("name", ["a.csv.part", "a.CSV.PART", ".a.csv", "a.filepart", "a.tmp", "a.crdownload"])
def test_a_file_that_is_not_finished_is_left(api: System, biller: Path, name: str) -> None:
    (biller / name).write_bytes(CONTENT)
    assert look(watch(biller.parent), api) == []
    assert (biller / name).exists()


def test_links_devices_and_empty_files_are_refused_and_never_read(api: System, biller: Path, tmp_path: Path) -> None:
    (secret := tmp_path / "secret").write_bytes(CONTENT)
    (biller / "link.csv").symlink_to(secret)
    (biller / "hard.csv").hardlink_to(secret)
    os.mkfifo(biller / "pipe.csv")
    (biller / "empty.csv").touch()
    taken = look(watch(tmp_path), api)
    assert len(taken) == 4
    assert not any(one.is_taken for one in taken)
    assert api.files == {}
    assert files(biller / "refused") == {"link.csv", "hard.csv", "pipe.csv", "empty.csv"}
    assert secret.read_bytes() == CONTENT


def test_folders_that_lead_elsewhere_are_not_looked_at(api: System, biller: Path, tmp_path: Path) -> None:
    (elsewhere := tmp_path / ".elsewhere").mkdir()
    (elsewhere / "customers.csv").write_bytes(CONTENT)
    (tmp_path / "7").symlink_to(elsewhere)
    (biller / ".taken").symlink_to(elsewhere)
    assert look(watch(tmp_path), api) == []
    assert (elsewhere / "customers.csv").exists()


@pytest.mark.parametrize("exchanged", ["customers.csv", "."])
def test_what_is_exchanged_for_a_link_after_it_was_taken_is_never_read(
    api: System, biller: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanged: str
) -> None:
    (elsewhere := tmp_path / ".elsewhere").mkdir()
    (elsewhere / "customers.csv").write_bytes(CONTENT)
    (biller / "customers.csv").write_bytes(b"mine")

    def take(file: DiskFile) -> None:
        taken(file)
        (file.path.parent / exchanged).resolve().rename(tmp_path / ".mine")
        (biller / ".taken" / exchanged).absolute().symlink_to(elsewhere / exchanged)

    taken = DiskFile.take
    monkeypatch.setattr(DiskFile, "take", take)
    [refused] = look(watch(tmp_path), api)
    assert "can't be read" in str(refused.told["reason"])
    assert api.files == {}


def test_one_bad_file_hinders_none_and_several_are_taken_at_once(api: System, biller: Path) -> None:
    for name, content in (
        ("bad", b"bad"),
        ("crash", b"crash"),
        ("other", b"Account\n1\n"),
        ("new", b"Email,New\na,b\n"),
    ):
        (biller / f"{name}.csv").write_bytes(content)
    for number in range(4):
        (biller / f"good{number}.csv").write_bytes(CONTENT)
    taken = look(watch(biller.parent), api)
    assert len(taken) == 8
    assert files(biller / "done") == {f"good{number}.csv" for number in range(4)}
    assert files(biller / "refused") == {"bad.csv", "crash.csv", "other.csv", "new.csv"}
    assert api.most_at_once > 1
    assert {one.name: one.words for one in taken}["bad.csv"] == "Riverbend/bad.csv: F008: A card number"


def test_a_name_that_is_no_text_is_refused_and_hinders_none(api: System, biller: Path) -> None:
    for name in (b"K\xfcche.csv", b"\x1b[31m.csv"):
        Path(os.fsdecode(os.fsencode(biller) + b"/" + name)).write_bytes(CONTENT)
    (biller / "good.csv").write_bytes(CONTENT)
    taken = look(watch(biller.parent), api)
    assert {one.name: one.is_taken for one in taken} == {
        "K\ufffdche.csv": False,
        "\ufffd[31m.csv": False,
        "good.csv": True,
    }
    assert files(biller / "refused") == {"K\ufffdche.csv", "\ufffd[31m.csv"}
    assert "not printable" in next((biller / "refused").glob("*che.csv.json")).read_text(encoding="utf-8")


def test_folders_whose_names_are_commands_of_a_terminal_are_nobodys(biller: Path) -> None:
    for name in ("\x1b[31mred", "new\nFAKE: line", "\x9b31m", "a\u202eb", "K\udcfcche"):
        (biller.parent / name).mkdir()
    assert Folders(biller.parent).billers() == ["Riverbend"]


def test_a_folder_that_cannot_take_what_is_refused_hinders_none(api: System, biller: Path, tmp_path: Path) -> None:
    (tmp_path / ".elsewhere").mkdir()
    (biller / "refused").symlink_to(tmp_path / ".elsewhere")
    for name, content in (("bad.csv", b"bad"), ("good.csv", CONTENT)):
        (biller / name).write_bytes(content)
    taken = {one.name: one.is_taken for one in look(watch(tmp_path), api)}
    assert taken == {"bad.csv": False, "good.csv": True, "refused": False}
    assert list((tmp_path / ".elsewhere").iterdir()) == []


def test_new_columns_are_ignored_where_the_rules_say_so(api: System, biller: Path) -> None:
    (biller / "new.csv").write_bytes(b"Email,New\na,b\n")
    [taken] = look(watch(biller.parent, {"7": Rule(accept_new_columns=True)}), api)
    assert taken.is_taken


@pytest.mark.parametrize(("recipes", "said"), [((), "no recipe"), (("Monthly", "Weekly"), "More than one recipe")])
def test_without_one_recipe_that_fits_a_file_is_refused(
    api: System, biller: Path, recipes: tuple[str, ...], said: str
) -> None:
    api.recipes_known = recipes
    (biller / "customers.csv").write_bytes(CONTENT)
    look(watch(biller.parent), api)
    assert said in reason(biller, "refused")["reason"]
    assert api.defined == []


def test_the_rules_name_the_recipe(api: System, biller: Path) -> None:
    api.recipes_known = ("Monthly", "Weekly")
    (biller / "customers.csv").write_bytes(CONTENT)
    look(watch(biller.parent, {"riverbend": Rule(recipe="weekly")}), api)
    assert api.defined[0]["recipe"]["id"] == "Weekly"


def test_a_rejected_file_is_refused_with_its_import(api: System, biller: Path) -> None:
    api.state = "rejected"
    (biller / "customers.csv").write_bytes(CONTENT)
    [taken] = look(watch(biller.parent), api)
    assert not taken.is_taken
    assert reason(biller, "refused")["import_id"]


def test_while_the_system_is_away_files_wait_and_are_asked_for_once(api: System, biller: Path) -> None:
    api.is_away = True
    (biller / "customers.csv").write_bytes(CONTENT)
    one = watch(biller.parent)
    assert look(one, api) == []
    assert one.waits
    api.is_away = False
    [taken] = look(one, api, times=1)
    assert taken.is_taken
    assert files(biller / "done") == {"customers.csv"}


@pytest.mark.parametrize("trouble", [{"signs_out": True}, {"refuses": 500}])
def test_a_file_is_not_refused_for_what_it_cannot_help(api: System, biller: Path, trouble: Mapping[str, int]) -> None:
    (biller / "customers.csv").write_bytes(CONTENT)
    one = watch(biller.parent)
    vars(api).update(trouble)
    assert look(one, api) == []
    assert files(biller / ".taken") == {"customers.csv"}
    vars(api).update(dict.fromkeys(trouble, 0))
    [taken] = look(one, api, times=1)
    assert taken.is_taken
    assert len(set(api.asked)) == 1


@pytest.mark.parametrize(
    ("status", "kind"), [(401, NotNowError), (429, NotNowError), (503, UnreachableError), (403, CommandError)]
)
def test_what_is_refused_for_the_moment_is_told_apart(status: int, kind: type[CommandError]) -> None:
    answer = httpx.Response(status, json={"code": "F011", "message": "no"})
    transport = ToldTransport("http://test", "token", transport=httpx.MockTransport(lambda _: answer))
    with pytest.raises(CommandError) as raised:
        transport.call("GET", "/")
    assert type(raised.value) is kind


def test_a_file_that_was_taken_when_it_was_stopped_is_the_same_import(
    api: System, biller: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    (biller / "customers.csv").write_bytes(CONTENT)
    with monkeypatch.context() as patch:
        patch.setattr(looking, "_checked", stopped)
        with pytest.raises(KeyboardInterrupt):
            look(watch(biller.parent), api)
    assert len(look(watch(biller.parent), api)) == 1
    assert len(api.asked) == 2
    assert len(set(api.asked)) == 1


def test_who_stops_it_waits_for_no_check_and_the_file_is_the_same_import_later(
    api: System, biller: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        (biller / f"{number}.csv").write_bytes(CONTENT)
    one = watch(biller.parent, at_once=1)
    one.patience = 3600

    def status(import_id: str) -> dict[str, Any]:
        one.going.stopped.set()
        return {"import_id": import_id, "state": "checking"}

    with monkeypatch.context() as patch:
        patch.setattr(api, "status", status)
        assert look(one, api) == []
    assert (one.waits, one.troubles) == (True, {})
    assert files(biller / ".taken") == {"0.csv"}  # the other is not even begun
    assert len(look(watch(biller.parent), api)) == 2
    assert len(set(api.asked)) == 2


def test_a_place_where_nothing_moves_is_no_longer_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(going, "time", SimpleNamespace(monotonic=lambda: now))
    one = going.Going()
    one.stopped.set()
    one.rest(3600)
    now += 3600
    assert one.is_alive
    now += going._LONGEST_STEP
    assert not one.is_alive
    with pytest.raises(going.StoppedError):
        one.step()
    assert one.is_alive


def test_the_health_check_asks_how_old_the_file_is_that_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["probe", str(file := tmp_path / "alive")])
    assert probe.main() == 1
    file.touch()
    assert probe.main() == 0
    os.utime(file, (1, 1))
    assert probe.main() == 1


def test_the_same_name_again_is_another_import_and_nothing_is_written_over(api: System, biller: Path) -> None:
    one = watch(biller.parent)
    for number in range(3):
        (biller / "customers.csv").write_bytes(CONTENT)
        os.utime(biller / "customers.csv", (number, number))
        look(one, api)
    assert len(set(api.asked)) == 3
    assert len(list((biller / "done").glob("*customers.csv"))) == 3


def test_folders_of_others_are_named_and_hinder_none(api: System, biller: Path) -> None:
    (other := biller.parent / "Nobody").mkdir()
    for folder in (biller, other):
        (folder / "customers.csv").write_bytes(CONTENT)
    assert len(look(watch(biller.parent), api)) == 1
    assert (other / "customers.csv").exists()


def test_a_folder_that_is_away_is_waited_for(tmp_path: Path) -> None:
    root = tmp_path / "share"
    root.mkdir()
    with Folders.locked(root) as folders:
        root.rename(tmp_path / "gone")
        with pytest.raises(PlaceError, match="share does not exist"):
            folders.billers()
        (tmp_path / "gone").rename(root)
        assert folders.billers() == []


@pytest.mark.parametrize(("raised", "troubles"), [(PermissionError, [Trouble.DENIED]), (FileNotFoundError, [])])
def test_a_file_that_cannot_be_moved_waits_and_one_that_is_gone_does_not(
    api: System, biller: Path, monkeypatch: pytest.MonkeyPatch, raised: type[OSError], troubles: list[Trouble]
) -> None:
    def rename(*_: object, **__: object) -> None:
        raise raised

    (biller / "customers.csv").write_bytes(CONTENT)
    one = watch(biller.parent)
    monkeypatch.setattr(os, "rename", rename)
    assert look(one, api) == []
    assert [error.trouble for error in one.troubles.values()] == troubles
    assert not one.waits
    assert files(biller / "refused") == set()


def test_one_process_works_in_a_folder(tmp_path: Path) -> None:
    with Folders.locked(tmp_path), pytest.raises(CommandError, match="Another intake"), Folders.locked(tmp_path):
        pass
    with Folders.locked(tmp_path):
        pass
    with pytest.raises(CommandError, match="can't be used"), Folders.locked(tmp_path / "nothing"):
        pass


def test_the_command_ends_with_whether_all_were_taken(
    api: System, biller: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.intake.find_system", lambda _: type("S", (), {"client": lambda _self: api})())
    (biller / "customers.csv").write_bytes(CONTENT)
    done = CliRunner().invoke(app, ["intake", str(biller.parent), "--once", "--settled", "0.1", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)[0]["state"] == "held"
    assert json.loads(done.stdout)[0]["file"] == "customers.csv"
    (biller / "later.csv").write_bytes(CONTENT)
    api.is_away = True
    waits = CliRunner().invoke(app, ["intake", str(biller.parent), "--once", "--settled", "0.1"])
    assert waits.exit_code == 5, waits.output
    api.is_away = False
    (biller / "bad.csv").write_bytes(b"bad")
    assert CliRunner().invoke(app, ["intake", str(biller.parent), "--once", "--settled", "0.1"]).exit_code == 1
