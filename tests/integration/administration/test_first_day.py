"""The first day on one's own Postgres and Kafka: set up, billers, rights, topics. Every answer can be had as JSON."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from cli.admin.access import DSN
from cli.errors import ExitCode
from shared.contracts.topics import Topic
from shared.messaging import TOPICS, topics
from shared.settings import SealingSettings, SecureUploadSettings
from stack.ports import free_port
from tests.integration.administration.conftest import command


def test_what_is_asked_before_setup_says_to_set_up(environment: pytest.MonkeyPatch, admin_dsn: str) -> None:
    environment.setenv(DSN, admin_dsn.rpartition("/")[0] + "/postgres")
    answer = command("rights", "list")
    assert answer.error
    assert "admin setup" in answer.error.remedy


@pytest.mark.parametrize(
    ("dsn", "code", "words"),
    [
        ("postgresql://postgres:x@127.0.0.1:{port}/x", ExitCode.UNREACHABLE, "can't be reached"),
        ("postgresql://postgres:x@no-such-host.invalid/x", ExitCode.UNREACHABLE, "has no address"),
        ("nonsense", ExitCode.REFUSED, "can't be read"),
    ],
)
@pytest.mark.parametrize("words_of_command", [("setup",), ("rights", "list"), ("billers", "list")])
def test_a_database_that_cannot_be_had_is_said_in_words(
    environment: pytest.MonkeyPatch, dsn: str, code: ExitCode, words: str, words_of_command: tuple[str, ...]
) -> None:
    environment.setenv(DSN, dsn.format(port=free_port()))
    answer = command(*words_of_command)
    assert answer.error
    assert (answer.code, words in answer.error.message) == (code, True), answer.error.message
    assert answer.error.remedy


def test_a_wrong_password_and_a_wrong_database_are_told_apart(environment: pytest.MonkeyPatch, admin_dsn: str) -> None:
    before, _, place = admin_dsn.partition("@")
    environment.setenv(DSN, f"{before.rpartition(':')[0]}:wrong@{place}")
    refused = command("setup").error
    environment.setenv(DSN, admin_dsn.rpartition("/")[0] + "/no_such_database")
    missing = command("setup").error
    assert refused
    assert missing
    assert "password" in refused.message
    assert "no database" in missing.message


def test_a_broker_that_cannot_be_had_leaves_the_database_set_up(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("IMPORT_KAFKA_BOOTSTRAP", f"127.0.0.1:{free_port()}")
    answer = command("setup")
    assert answer.error
    assert answer.code == ExitCode.UNREACHABLE
    assert "the database is up to date" in answer.error.message
    assert command("billers", "list", "--json").code == ExitCode.DONE


@pytest.mark.usefixtures("set_up")
def test_a_biller_is_added_once_and_listed() -> None:
    types = ("--invoice-type", "WATER=Water and sewer", "--invoice-type", "GAS")
    added = command("billers", "add", "Mill Valley Water", *types, "--links-accounts", "--json").json
    [listed] = [one for one in command("billers", "list", "--json").json if one["id"] == added["id"]]
    assert (listed["name"], listed["realm"]) == ("Mill Valley Water", "Mill Valley Water")
    assert (listed["invoice_types"], listed["mcl_enabled"]) == (["GAS", "WATER"], True)
    twice = command("billers", "add", "Mill Valley Water").error
    assert twice
    assert "already" in twice.message
    beside = command("billers", "add", "Mill Valley Gas", "--realm", "Mill Valley Water", "--json").json
    assert beside["id"] != added["id"]
    assert "Mill Valley Gas\tMill Valley Water\tactive" in command("billers", "list").output


@pytest.mark.usefixtures("set_up")
def test_customers_are_added_once(tmp_path: Path) -> None:
    command("billers", "add", "Elm Water")
    file = tmp_path / "accounts.csv"
    file.write_text("account_number,name\n1,A\n2,\n")
    assert command("billers", "add-customers", "Elm Water", str(file), "--json").json == {"read": 2, "added": 2}
    file.write_text("account_number\n2\n3\n")
    assert command("billers", "add-customers", "elm water", str(file)).output == "Added 1 of 2 customers\n"
    file.write_text("number\n2\n")
    refused = command("billers", "add-customers", "Elm Water", str(file)).error
    assert refused
    assert "account_number" in refused.message


@pytest.mark.usefixtures("set_up")
def test_rights_are_granted_replaced_listed_and_withdrawn() -> None:
    command("billers", "add", "Oak Gas")
    command("rights", "grant", "ann", "--permission", "all", "--approve")
    left = command("rights", "grant", "ann", "--permission", "paperless", "--biller", "oak gas", "--json").json
    assert [(one["biller"], one["permission"], one["may_approve"]) for one in left] == [
        (None, "all", True),
        ("Oak Gas", "paperless", False),
    ]
    left = command("rights", "grant", "ann", "--permission", "all", "--replace-owner", "--json").json
    assert (left[0]["may_approve"], left[0]["may_replace_owner"]) == (False, True)
    assert "ann\tevery biller\tall\tno\tyes" in command("rights", "list").output
    left = command("rights", "withdraw", "ann", "--biller", "Oak Gas", "--json").json
    assert [one["biller"] for one in left] == [None]
    again = command("rights", "withdraw", "ann", "--biller", "Oak Gas").error
    assert again
    assert "has no right" in again.message
    assert command("rights", "withdraw", "ann", "--all", "--json").json == []
    unknown = command("rights", "grant", "ann", "--permission", "all", "--biller", "Nobody").error
    assert unknown
    assert "no biller 'Nobody'" in unknown.message


@pytest.mark.usefixtures("set_up")
def test_the_right_to_operate_is_for_every_biller_at_once() -> None:
    command("billers", "add", "Elm Power", "--invoice-type", "POWER")
    refused = command("rights", "grant", "ops", "--permission", "paperless", "--operate", "--biller", "Elm Power").error
    assert refused is not None
    assert "Grant it for every biller" in refused.remedy
    [granted] = command("rights", "grant", "ops", "--permission", "paperless", "--operate", "--json").json
    assert granted["may_operate"] is True
    [replaced] = command("rights", "grant", "ops", "--permission", "paperless", "--json").json
    assert replaced["may_operate"] is False
    command("rights", "withdraw", "ops", "--all")


@pytest.mark.usefixtures("set_up")
def test_the_right_to_audit_is_for_every_biller_and_comes_with_no_other() -> None:
    command("billers", "add", "Ash Water", "--invoice-type", "WATER")
    grant = ("rights", "grant", "eve", "--permission", "all", "--json")
    refused = command(*grant, "--audit", "--biller", "Ash Water").error
    assert refused is not None
    assert "Grant it for every biller" in refused.remedy
    assert command(*grant, "--operate").json[0]["may_audit"] is False
    assert command(*grant, "--audit").json[0]["may_audit"] is True
    command("rights", "withdraw", "eve", "--all")


def test_topics_that_are_as_they_should_be_and_what_differs(environment: pytest.MonkeyPatch) -> None:
    assert command("topics", "check", "--json").json == []
    changed = TOPICS[0]
    missing = Topic("customer-import.nobody-made-it.v1", (), ())
    more = Topic(changed.name, (), (), partitions=changed.partitions + 1, retention=timedelta(days=1))
    environment.setattr(topics, "TOPICS", (more, missing))
    answer = command("topics", "check", "--json")
    assert answer.code == ExitCode.REFUSED
    assert {(one["topic"], one["setting"]) for one in answer.json} == {
        (missing.name, "topic"),
        (changed.name, "partitions"),
        (changed.name, "retention.ms"),
    }


def test_topics_are_written_out_for_those_who_make_them() -> None:
    resources = list(yaml.safe_load_all(command("topics", "export", "--form", "strimzi", "--cluster", "main").output))
    assert [one["metadata"]["name"] for one in resources] == [topic.name for topic in TOPICS]
    assert {one["metadata"]["labels"]["strimzi.io/cluster"] for one in resources} == {"main"}
    assert all(one["spec"]["config"]["max.message.bytes"] for one in resources)
    lines = command("topics", "export", "--replicas", "2").output.splitlines()
    assert len(lines) == len(TOPICS)
    assert all("--replication-factor 2 --config retention.ms=" in line for line in lines)
    assert len(command("topics", "export", "--json").json) == len(TOPICS)


def test_new_keys_are_usable_and_never_the_same(environment: pytest.MonkeyPatch) -> None:
    first, second = command("keys", "--json").json, command("keys", "--json").json
    assert [name for name in first if first[name] == second[name]] == ["IMPORT_SECURE_UPLOAD_KEY_ID"]
    for name, value in {**first, "IMPORT_SECURE_UPLOAD_URL": "file:///files"}.items():
        environment.setenv(name, value)
    assert SealingSettings().current_key_id == "k1"
    sealer = SecureUploadSettings().file_sealer
    assert sealer is not None
    assert sealer.seals
