"""A place that can't be used says why, by a code; a bad place, folder or file hinders no other."""

import io
import json
import os
import stat
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import asyncssh
import boto3
import httpx
import pytest
import yaml
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from rich.console import Console
from typer.testing import CliRunner
from urllib3 import HTTPResponse

from cli.__main__ import app
from cli.errors import CommandError
from cli.intake.buckets import Bucket
from cli.intake.places import Trouble
from cli.intake.sftp import SftpFolders
from tests.integration.intake.conftest import PASSWORD, Lying, SftpServers
from tests.support.intake import CONTENT, System, look, watch_of


def troubles(lying: Lying, api: System, **changed: object) -> tuple[list[Trouble], str]:
    """Why the place can't be used with other settings, and what a person reads of it."""
    said = io.StringIO()
    given = lying.given.model_copy(update=changed)
    if given.url.scheme == "s3":
        watch = watch_of(Bucket.of(given))
        look(watch, api, console=Console(file=said))
    else:
        with SftpFolders.of(given) as place:
            watch = watch_of(place)
            look(watch, api, console=Console(file=said))
    return [error.trouble for error in watch.troubles.values()], said.getvalue()


def test_a_server_with_another_key_is_not_trusted(sftp: Lying, api: System, tmp_path: Path) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    host = f"[127.0.0.1]:{sftp.given.url.port}"
    (hosts := tmp_path / "others").write_text(f"{host} {other}")
    assert troubles(sftp, api, known_hosts=hosts)[0] == [Trouble.NOT_TRUSTED]
    (unknown := tmp_path / "empty").touch()
    assert troubles(sftp, api, known_hosts=unknown)[0] == [Trouble.NOT_TRUSTED]


def test_a_wrong_password_is_told_once_and_never_shown(sftp: Lying, api: System, tmp_path: Path) -> None:
    (file := tmp_path / "wrong").write_text("not-" + PASSWORD)
    found, said = troubles(sftp, api, password_file=file)
    assert found == [Trouble.SIGN_IN]
    assert said.count("(place_sign_in)") == 1
    assert PASSWORD not in said


def test_a_key_with_a_passphrase_signs_in(sftp: Lying, api: System, sftp_servers: SftpServers, tmp_path: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    sftp_servers.keys[str(sftp.given.url.username)] = key.convert_to_public()
    (file := tmp_path / "id").write_bytes(key.export_private_key(passphrase="secret"))
    (passphrase := tmp_path / "passphrase").write_text("secret\n")
    of_key = {"password_file": None, "key_file": file, "passphrase_file": passphrase}
    assert troubles(sftp, api, **of_key)[0] == []
    passphrase.write_text("other")
    with pytest.raises(CommandError, match="can't be read"):
        troubles(sftp, api, **of_key)


def test_without_the_keys_of_its_server_or_a_user_no_place_is_opened(sftp: Lying, api: System, tmp_path: Path) -> None:
    for changed, said in (
        ({"known_hosts": None}, "which key"),
        ({"known_hosts": tmp_path / "nothing"}, "can't be read"),
        ({"password_file": None}, "Nobody signs in"),
        ({"password_file": tmp_path / "nothing"}, "can't be read"),
    ):
        with pytest.raises(CommandError, match=said):
            troubles(sftp, api, **changed)


def test_a_folder_that_is_missing_or_denied_says_so_and_hinders_no_other(
    sftp: Lying, api: System, sftp_servers: SftpServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert troubles(sftp, api, at=f"{sftp.given.at}/nothing")[0] == [Trouble.MISSING]
    sftp.put("7/customers.csv", CONTENT)
    sftp.put("Riverbend/customers.csv", CONTENT)
    sftp.put("Riverbend/secret.csv", CONTENT)
    monkeypatch.setattr(sftp_servers, "denied", {b"/out/7", b"/out/Riverbend/.taken/secret.csv"})
    found, said = troubles(sftp, api)
    assert found == [Trouble.DENIED, Trouble.DENIED]  # of a folder, and of a file that can't be moved
    assert said.count("(place_denied)") == 2
    assert sftp.in_folder("Riverbend/done/") == {"customers.csv"}
    assert sftp.in_folder("Riverbend/refused/") == set()
    assert "7/customers.csv" in sftp.names()


def test_links_on_a_server_are_refused_and_never_read(sftp: Lying, api: System, sftp_servers: SftpServers) -> None:
    root = sftp_servers.roots[str(sftp.given.url.username)]
    (root / "secret").write_bytes(CONTENT)
    (root / "out/Riverbend/link.csv").symlink_to("/secret")
    (root / "out/Riverbend/.taken").symlink_to("/")
    (root / "out/Elsewhere").symlink_to("/")
    sftp.put("7/customers.csv", CONTENT)
    with sftp.opened() as place:
        assert place.billers() == ["7", "Riverbend"]
        taken = {one.name: one.is_taken for one in look(watch_of(place), api)}
    assert taken == {"customers.csv": True, "link.csv": False}
    assert list(api.files.values()) == [CONTENT]


def test_names_that_are_no_text_hinder_none(sftp: Lying, api: System, sftp_servers: SftpServers) -> None:
    folder = sftp_servers.roots[str(sftp.given.url.username)] / "out/Riverbend"
    Path(os.fsdecode(os.fsencode(folder) + b"/K\xfcche.csv")).write_bytes(CONTENT)
    sftp.put("Riverbend/good.csv", CONTENT)
    with sftp.opened() as place:
        taken = {one.name: one.is_taken for one in look(watch_of(place), api)}
    assert taken == {"K\ufffdche.csv": False, "good.csv": True}


def test_keys_that_no_path_has_hinder_none(s3: Lying, api: System) -> None:
    for key in ("//a.csv", "/./b.csv", "/../c.csv", "/sub/", "/", "/ü#?.csv"):
        s3.put(f"Riverbend{key}", CONTENT)
    s3.put("top.csv", CONTENT)
    with s3.opened() as place:
        assert place.billers() == ["Riverbend"]
        assert [one.name for one in look(watch_of(place), api)] == ["ü#?.csv"]


def test_a_version_that_is_written_over_while_it_is_taken_is_a_file_of_its_own(
    s3: Lying, api: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.put("Riverbend/customers.csv", CONTENT)
    with s3.opened() as place:
        one = watch_of(place)
        look(one, api, times=1)
        with monkeypatch.context() as patch:

            def written_over(bucket: Bucket, key: str, etag: str) -> None:
                if not key.count(".taken"):
                    s3.put("Riverbend/customers.csv", CONTENT * 2)
                removed(bucket, key, etag)

            removed = Bucket._remove
            patch.setattr(Bucket, "_remove", written_over)
            assert look(one, api, times=1)[0].is_taken
        assert look(one, api)[0].is_taken
    assert list(api.files.values()) == [CONTENT, CONTENT * 2]
    assert len(set(api.asked)) == 2


def test_stores_say_why_they_refuse(s3: Lying, s3_port: int, api: System, tmp_path: Path) -> None:
    endpoint = f"http://127.0.0.1:{s3_port}"
    assert troubles(s3, api, at="s3://another-bucket/in")[0] == [Trouble.MISSING]
    iam = boto3.Session("test", "test", region_name="us-east-1").client("iam", endpoint_url=endpoint)
    iam.create_user(UserName="supplier")
    made = iam.create_access_key(UserName="supplier")["AccessKey"]
    (secret := tmp_path / "s").write_text(made["SecretAccessKey"])
    httpx.post(f"{endpoint}/moto-api/reset-auth", content="0").raise_for_status()
    try:
        found, said = troubles(s3, api)
        assert found == [Trouble.SIGN_IN]
        assert "AWS" not in said
        of_supplier = {"access_key_id": made["AccessKeyId"], "secret_file": secret}
        assert troubles(s3, api, **of_supplier)[0] == [Trouble.DENIED]
    finally:
        httpx.post(f"{endpoint}/moto-api/reset-auth", content="inf").raise_for_status()


@pytest.fixture
def places(s3: Lying, sftp: Lying, disk: Lying, tmp_path: Path) -> Path:
    given: list[Mapping[str, Any]] = [one.given.model_dump(mode="json", exclude_none=True) for one in (s3, sftp, disk)]
    (file := tmp_path / "places.yaml").write_text(yaml.safe_dump(given))
    return file


def test_one_command_looks_at_all_places_and_a_bad_one_hinders_none(
    s3: Lying,
    sftp: Lying,
    disk: Lying,
    places: Path,
    api: System,
    sftp_servers: SftpServers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cli.intake.find_system", lambda _: type("S", (), {"client": lambda _self: api})())
    for one in (s3, sftp, disk):
        one.put("Riverbend/customers.csv", CONTENT)
    once = ["intake", "--places", str(places), "--once", "--settled", "0.1"]
    always = CliRunner().invoke(app, [*once, "--quiet", "00:00-23:59:59.999999"])
    assert (always.exit_code, api.asked) == (0, []), always.output
    assert sftp.wire is not None
    sftp.wire.cut()
    cut = CliRunner().invoke(app, [*once, "--json"])
    assert cut.exit_code == 5, cut.output
    told = json.loads(cut.stdout)
    assert [one.get("state") for one in told] == ["held", "held", None]
    assert (told[2]["place"], told[2]["code"]) == (sftp.given.at, "place_unreachable")
    assert told[2]["remedy"]
    sftp.wire.left = None
    with monkeypatch.context() as patch:
        patch.setattr(sftp_servers, "denied", {b"/out/Riverbend/.taken"})
        denied = CliRunner().invoke(app, [*once, "--json"])
    assert (denied.exit_code, [one["code"] for one in json.loads(denied.stdout)]) == (5, ["place_denied"])
    assert CliRunner().invoke(app, once).exit_code == 0
    assert all(one.in_folder("Riverbend/done/") == {"customers.csv"} for one in (s3, sftp, disk))
    assert len(set(api.asked)) == 3


def test_a_store_that_neither_counts_nor_removes_one_version_is_used_all_the_same(
    s3: Lying, api: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def removed(*, IfMatch: str | None = None, **of: Any) -> None:  # noqa: N803 - a word of the protocol
        if IfMatch is not None:
            raise ClientError({"Error": {"Code": "NotImplemented"}}, "DeleteObject")
        plain(**of)

    def listed(**of: Any) -> dict[str, Any]:
        return {name: value for name, value in found(**of).items() if name != "KeyCount"}

    s3.put("Riverbend/customers.csv", CONTENT)
    bucket = Bucket.of(s3.given)
    plain, found = bucket.client.delete_object, bucket.client.list_objects_v2
    monkeypatch.setattr(bucket.client, "delete_object", removed)
    monkeypatch.setattr(bucket.client, "list_objects_v2", listed)
    assert look(watch_of(bucket), api)[0].is_taken
    assert len(s3.names()) == 2


def answering(bucket: Bucket, answer: str, status: int = 200) -> None:
    """Every request of the bucket's client is answered so, whoever it asks."""

    def answered(request: AWSPreparedRequest, **_: object) -> Any:
        raw = HTTPResponse(io.BytesIO(answer.encode()), preload_content=False)
        return AWSResponse(request.url, status, HTTPHeaders(), raw)

    bucket.client.meta.events.register("before-send.s3", answered)


@pytest.mark.parametrize(
    ("answer", "status", "kind"),
    [
        (
            "<Error><Code>X&#10;FAKE &#x9b;31m\u202e</Code></Error>",
            400,
            "The store refuses it: X FAKE \ufffd31m\ufffd",
        ),
        ("<L><CommonPrefixes/></L>", 200, "KeyError"),
        ("<L><Contents><Key>7/a.csv</Key></Contents></L>", 200, "KeyError"),
        ("<L><Contents><Size>notanumber</Size></Contents></L>", 200, "ValueError"),
        ("<L><Contents><LastModified>yesterday</LastModified></Contents></L>", 200, "ValueError"),
    ],
)
def test_a_store_whose_answers_are_none_is_a_trouble_of_its_own(
    s3: Lying, api: System, answer: str, status: int, kind: str
) -> None:
    said = io.StringIO()
    bucket = Bucket.of(s3.given.model_copy(update={"biller": None if "Prefix" in answer else "7"}))
    answering(bucket, answer, status)
    watch = watch_of(bucket)
    assert look(watch, api, console=Console(file=said)) == []
    assert [error.trouble for error in watch.troubles.values()] == [Trouble.REFUSED]
    assert said.getvalue().count(f": {kind} (place_refused)") == 1
    watch.leaves()  # raises nothing


@pytest.mark.parametrize("refusal", [asyncssh.SFTPFailure("\x1b[31mFAKE"), asyncssh.SFTPError(99, "odd")])
def test_a_server_that_fails_to_list_a_folder_hinders_no_other(
    sftp: Lying, api: System, sftp_servers: SftpServers, monkeypatch: pytest.MonkeyPatch, refusal: asyncssh.SFTPError
) -> None:
    sftp.put("Riverbend/customers.csv", CONTENT)
    sftp.put("7/customers.csv", CONTENT)
    monkeypatch.setattr(sftp_servers, "denied", {b"/out/7"})
    monkeypatch.setattr(sftp_servers, "refusal", refusal)
    found, said = troubles(sftp, api)
    assert found == [Trouble.REFUSED]
    assert said.count(f"{type(refusal).__name__} (place_refused)") == 1
    assert "FAKE" not in said
    assert sftp.in_folder("Riverbend/done/") == {"customers.csv"}


def test_a_file_without_end_is_read_to_its_size_and_not_taken_this_time(
    sftp: Lying, api: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def read(_server: object, _file: object, _offset: int, size: int) -> bytes:
        asked.append(size)
        return b"x" * size

    sftp.put("Riverbend/customers.csv", CONTENT)
    with sftp.opened() as place:
        one = watch_of(place)
        with monkeypatch.context() as patch:
            patch.setattr(asyncssh.SFTPServer, "read", read)
            assert look(one, api) == []
        assert asked == [len(CONTENT), 1]
        assert one.waits
        assert look(one, api, times=1)[0].is_taken
    assert list(api.files.values()) == [CONTENT]


def test_a_server_where_every_name_is_taken_holds_up_no_other_file(
    sftp: Lying, api: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []

    def lstat(server: asyncssh.SFTPServer, path: bytes) -> object:
        if b".taken/" not in path or b"stuck" not in path:
            return found(server, path)
        asked.append(path)
        return asyncssh.SFTPAttrs(permissions=stat.S_IFREG | 0o644, size=1)

    for name in ("good.csv", "stuck.csv"):
        sftp.put(f"Riverbend/{name}", CONTENT)
    found = asyncssh.SFTPServer.lstat
    monkeypatch.setattr(asyncssh.SFTPServer, "lstat", lstat)
    with sftp.opened() as place:
        one = watch_of(place)
        assert [file.name for file in look(one, api)] == ["good.csv"]
    assert one.waits
    assert len(asked) < 20
    assert "Riverbend/stuck.csv" in sftp.names()


@pytest.mark.parametrize("name", [b"", b"new\nFAKE: line", b"\x1b[31mred", b"\xc2\x9b31m", b"a\xe2\x80\xaeb"])
def test_folders_without_a_name_that_can_be_printed_are_nobodys(
    sftp: Lying, api: System, monkeypatch: pytest.MonkeyPatch, name: bytes
) -> None:
    async def scandir(server: asyncssh.SFTPServer, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        if not path.endswith(b".taken"):
            for kind in (stat.S_IFDIR, stat.S_IFREG):
                about = asyncssh.SFTPAttrs(permissions=kind | 0o644, size=9, atime=1, mtime=1)
                yield asyncssh.SFTPName(name, attrs=about)
        async for one in found(server, path):
            yield one

    found = asyncssh.SFTPServer.scandir
    monkeypatch.setattr(asyncssh.SFTPServer, "scandir", scandir)
    said = io.StringIO()
    with sftp.opened() as place:
        assert place.billers() == ["Riverbend"]
        look(watch_of(place), api, console=Console(file=said))
    assert all(line.isprintable() and not line.startswith("FAKE") for line in said.getvalue().splitlines())
    assert api.files == {}
