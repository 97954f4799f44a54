"""What the whole system promises for an import, seen through its interfaces."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from bench.data import Biller, definition, write_file
from cli.bodies import Status, StoredFile
from cli.client import Client
from cli.errors import CommandError
from customer_import_client import Outgoing
from shared.contracts.events import EVENTS, ImportRequestAnswered, ImportRequested
from stack.embedded import EmbeddedStack
from tests.support.imports import ENDED, database, new_biller, start, until

_ROWS = 3_000
_WRITES = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del AS writes FROM pg_stat_user_tables WHERE schemaname = 'crm'
ORDER BY relname
"""

_LOCK_LAST_LOGIN = """
SELECT FROM crm.login AS l
JOIN crm.customer_login_link AS k ON k.login_id = l.id
JOIN crm.customer AS c ON c.id = k.customer_id AND c.biller_id = $1
ORDER BY c.account_number DESC LIMIT 1 FOR UPDATE OF l
"""
_APPLIED_CHUNKS = """
SELECT count(*) FROM execution.chunk JOIN execution.job USING (import_id)
WHERE biller_id = $1 AND applied_at IS NOT NULL
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("imports") / "paperless.csv"
    write_file(path, _ROWS)
    return path


async def _writes(system: EmbeddedStack) -> dict[str, int]:
    """What was written to the CRM's tables so far; sessions report after their transactions, so look in a new one."""
    async with database(system) as connection:
        await connection.execute("SELECT pg_stat_force_next_flush()")
        return {row["relname"]: row["writes"] for row in await connection.fetch(_WRITES)}


async def test_a_small_import_ends_while_one_of_another_biller_cannot(
    system: EmbeddedStack, ivy: Client, file: Path, tmp_path: Path
) -> None:
    large, small = await new_biller(system, _ROWS), await new_biller(system, 1)
    few = tmp_path / "few.csv"
    write_file(few, 1)
    async with database(system) as holder, holder.transaction():
        await holder.execute(_LOCK_LAST_LOGIN, large.id)
        running = asyncio.create_task(start(ivy, large, file))
        await until(lambda: holder.fetchval(_APPLIED_CHUNKS, large.id), "a batch of the large import")
        assert (await start(ivy, small, few))["state"] == "completed"
        assert not running.done()
    assert (await running)["counts"]["applied"] == _ROWS


async def test_same_file_twice_changes_nothing(system: EmbeddedStack, ivy: Client, file: Path) -> None:
    biller = await new_biller(system, _ROWS)
    first = await start(ivy, biller, file)
    assert first["counts"]["applied"] == first["counts"]["read"] == _ROWS
    async with database(system) as connection:
        before = (
            await connection.fetch("SELECT xmin::text, e.* FROM crm.paperless_enrollment AS e ORDER BY e.id"),
            await connection.fetch("SELECT xmin::text, l.* FROM crm.login AS l ORDER BY l.id"),
        )
    second = await start(ivy, biller, file)
    assert second["counts"]["no_change"] == second["counts"]["read"] == _ROWS
    assert second["codes"]["C203"] == 1
    async with database(system) as connection:
        after = (
            await connection.fetch("SELECT xmin::text, e.* FROM crm.paperless_enrollment AS e ORDER BY e.id"),
            await connection.fetch("SELECT xmin::text, l.* FROM crm.login AS l ORDER BY l.id"),
        )
    assert before == after  # not even rewritten with the same values


async def test_two_executors_share_the_chunks_of_one_import(system: EmbeddedStack, ivy: Client, tmp_path: Path) -> None:
    rows = 20_000
    biller = await new_biller(system, rows)
    path = tmp_path / "many.csv"
    write_file(path, rows)
    status = await start(ivy, biller, path)
    async with database(system) as connection:
        by = await connection.fetch(
            "SELECT applied_by, count(*) FROM execution.chunk WHERE import_id = $1 GROUP BY 1", status["import_id"]
        )
    assert len(by) == 2


async def test_three_instances_of_each_service_work_together(system: EmbeddedStack, ivy: Client, file: Path) -> None:
    extra = [f"{service}-{number}" for service in ("mapping", "validation", "notifier") for number in (2, 3)]
    extra.append("executor-3")
    await asyncio.gather(*(system.start_service(instance) for instance in extra))
    try:
        billers = [await new_biller(system, _ROWS) for _ in range(3)]
        ends = await asyncio.gather(*(start(ivy, biller, file) for biller in billers))
        assert [end["counts"]["applied"] for end in ends] == [_ROWS] * 3
        for instance in ("notifier", "notifier-2", "notifier-3"):
            seen = Client(system.service_url("mapping"), system.service_url(instance), await system.token("ivy"))
            status = await asyncio.to_thread(seen.status, str(ends[0]["import_id"]))
            assert status is not None
            assert status["counts"] == ends[0]["counts"]
    finally:
        await asyncio.gather(*(system.children[instance].stop() for instance in extra))


async def test_paperless_only_person_is_refused_other_kinds(system: EmbeddedStack, paul: Client, file: Path) -> None:
    biller = await new_biller(system, 10)
    async with database(system) as connection:
        await connection.execute(
            "INSERT INTO crm.operator_right (subject, biller_id, permission) VALUES ('paul', $1, 'paperless')",
            biller.id,
        )
    with pytest.raises(CommandError, match="F011"):
        await start(paul, biller, file, kind="registration", invoice_types=[], options={}, columns={"email": "Email"})


async def test_who_was_refused_behind_a_proxy_is_in_the_audit_trail(system: EmbeddedStack) -> None:
    asked = {"x-forwarded-for": "203.0.113.9", "authorization": f"Bearer {await system.token('paul')}"}
    async with httpx.AsyncClient(base_url=system.service_url("notifier")) as client:
        assert (await client.get("/api/v1/audit", headers=asked)).status_code == 403
    async with database(system) as connection:
        refused = "SELECT source FROM audit.entry WHERE act = 'refused' AND actor = 'paul' ORDER BY id DESC LIMIT 1"
        assert await connection.fetchval(refused) == "API from 203.0.113.9"


async def test_a_request_by_kafka_is_accepted_and_one_that_cannot_be_is_answered_and_kept(
    system: EmbeddedStack, ivy: Client, file: Path
) -> None:
    biller = await new_biller(system, _ROWS)
    reference = await asyncio.to_thread(_upload, ivy, biller, file)
    token = await system.token("ivy")
    good, bad = _request(biller, reference), _request(biller, reference | {"sha256": "ab" * 32})
    for request in (good, bad):
        await _publish(system, request, token)
    await _publish(system, b"{not json", token)
    answers = {answer.request_id: answer for answer in await _answers(system, 3)}
    accepted = answers[good.request_id].import_id
    assert accepted is not None
    assert [problem.code for problem in answers[bad.request_id].problems] == ["F018"]
    assert answers[None].problems

    async def look() -> Status | None:
        status = await asyncio.to_thread(ivy.status, str(accepted))
        return status if status and status["state"] in ENDED else None

    assert (await until(look, "the end of the import"))["counts"]["applied"] == _ROWS
    letters = await _dead_letters(system, token)
    assert len(letters) >= 2
    assert all(letter["reason"] and letter["detail"] for letter in letters)


def _upload(client: Client, biller: Biller, file: Path) -> StoredFile:
    sent = Outgoing(file.name, file.stat().st_size, kind="paperless")
    return client.upload(biller.id, sent, iter([file.read_bytes()]))


def _request(biller: Biller, reference: StoredFile) -> ImportRequested:
    content = definition(biller) | {"biller_id": biller.id}
    content.pop("biller")
    file = {name: reference[name] for name in ("id", "sha256", "size")}
    return ImportRequested.model_validate({"request_id": uuid4(), "definition": content | {"file": file}})


async def _publish(system: EmbeddedStack, message: ImportRequested | bytes, token: str) -> None:
    body = message if isinstance(message, bytes) else message.to_bytes()
    producer = AIOKafkaProducer(bootstrap_servers=system.kafka.bootstrap, acks="all")
    await producer.start()
    try:
        headers = [("authorization", f"Bearer {token}".encode())]
        await producer.send_and_wait(ImportRequested.topic.name, body, headers=headers)
    finally:
        await producer.stop()


async def _answers(system: EmbeddedStack, count: int) -> list[ImportRequestAnswered]:
    bodies: list[bytes] = []

    async def enough() -> bool:
        bodies[:] = await messages(system, ImportRequestAnswered.topic.name)
        return len(bodies) >= count

    await until(enough, f"{count} answers")
    return [ImportRequestAnswered.from_bytes(body) for body in bodies]


async def messages(system: EmbeddedStack, topic: str) -> list[bytes]:
    """Everything that stands on a topic now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=system.kafka.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
        if not partitions:
            partitions = [TopicPartition(topic, number) for number in range(6)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        bodies: list[bytes] = []
        while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            for records in (await consumer.getmany(*partitions, timeout_ms=500)).values():
                bodies += [record.value for record in records]
        return bodies
    finally:
        await consumer.stop()


async def _dead_letters(system: EmbeddedStack, token: str) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(base_url=system.service_url("mapping"), trust_env=False) as http:
        answer = await http.get("/api/v1/dead-letters", headers={"Authorization": f"Bearer {token}"})
    items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
    return items


async def test_no_message_holds_row_data(system: EmbeddedStack, ivy: Client, file: Path) -> None:
    biller = await new_biller(system, _ROWS)
    await start(ivy, biller, file)
    seen = 0
    for event in EVENTS:
        for body in await messages(system, event.topic.name):
            if event is ImportRequested and body.startswith(b"{not json"):
                continue
            seen += 1
            text = body.decode()
            assert "@" not in text
            assert "CUSTOMER" not in text
            assert not _long_digits(json.loads(text))
    assert seen > 10


def _long_digits(node: object) -> bool:
    """Whether a value could be an account, routing or card number."""
    if isinstance(node, dict):
        return any(_long_digits(value) for value in node.values())
    if isinstance(node, list):
        return any(_long_digits(value) for value in node)
    return isinstance(node, str) and node.replace("-", "").isdigit() and len(node) >= 6


async def test_a_stranger_sees_nothing(system: EmbeddedStack) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        for instance, path in (("mapping", "/api/v1/billers"), ("notifier", "/api/v1/imports")):
            answer = await http.get(f"{system.service_url(instance)}{path}")
            assert answer.status_code == 401
            assert answer.json()["code"]
