"""Where files lie is said by addresses and a file of places; what can't be meant is told before anything begins."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from cli.errors import CommandError
from cli.intake import looking
from cli.intake.folders import Folders
from cli.intake.settings import Given, given_places


def test_places_are_those_that_are_named_and_those_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "password").write_text("of the file\nand no more\n")
    (tmp_path / "places.yaml").write_text(
        f"- at: sftp://acme@files.example.com:2222/~/drop\n  biller: 7\n  password_file: {tmp_path}/password\n"
    )
    monkeypatch.setenv("CUSTOMER_IMPORT_SFTP_PASSWORD", "of the environment")
    monkeypatch.setenv("CUSTOMER_IMPORT_SFTP_KNOWN_HOSTS", "/etc/known_hosts")
    folder, server = given_places([str(tmp_path)], tmp_path / "places.yaml")
    assert folder == Given(at=str(tmp_path))
    assert (server.biller, server.url.port, server.hosts()) == ("7", 2222, Path("/etc/known_hosts"))
    assert (server.password(), folder.password()) == ("of the file", "of the environment")
    assert "of the file" not in repr(server)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sftp://acme:guess@files.example.com/drop", "holds a password"),
        ("ftp://files.example.com/drop", "is no place"),
        ("s3:///drop", "is no place"),
        ("s3://drop/in?versions", "is no place"),
        ("sftp://files.example.com:port/drop", "is none"),
    ],
)
def test_an_address_that_is_none_is_told_and_no_password_shown(address: str, said: str) -> None:
    with pytest.raises(CommandError, match=said) as raised:
        given_places([address], None)
    assert "guess" not in f"{raised.value.message} {raised.value.remedy}"


@pytest.mark.parametrize(
    "text", ["at: /srv", "- {}", "- at: 1\n  password: guess", "- at: /srv\n  biller: [1]", "- guess", "[]"]
)
def test_a_file_that_names_no_places_is_told_and_nothing_of_it_shown(tmp_path: Path, text: str) -> None:
    (tmp_path / "places.yaml").write_text(text)
    with pytest.raises(CommandError) as raised:
        given_places([], tmp_path / "places.yaml")
    assert "guess" not in f"{raised.value.message} {raised.value.remedy}"


def test_looks_go_on_until_something_ends_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two places are looked at again and again, each by itself; who can't sign in for good ends all of it."""
    looks = dict.fromkeys((str(tmp_path / name) for name in "ab"), 0)

    def whole(folders: Folders, _biller: str, _now: float, _settled: float) -> list[object]:
        looks[folders.at] += 1
        return [object()] if all(count > 3 for count in looks.values()) else []

    def refused(_self: object) -> None:
        raise CommandError("It ends")

    for name in "ab":
        (tmp_path / name / "Riverbend").mkdir(parents=True)
    monkeypatch.setattr(Folders, "whole", whole)
    monkeypatch.setattr(looking, "_POLL_SECONDS", 0.01)
    monkeypatch.setattr("cli.intake.find_system", lambda _: type("S", (), {"client": refused})())
    ended = CliRunner().invoke(app, ["intake", *looks, "--every", "0.1", "--settled", "0.1"])
    assert isinstance(ended.exception, CommandError)
    assert min(looks.values()) > 3
