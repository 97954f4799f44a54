"""What is said in a trace is heard in it, and work that is claimed from a table finds it again."""

from datetime import timedelta

from shared import tracing
from shared.contracts.events import ImportDefined
from shared.messaging import Subscription, import_span, remove_settled
from shared.postgres import Connection, Database
from tests.integration.shared.world import World, defined, eventually
from tests.support.spans import recorded

_SAID = "SELECT traceparent FROM mapping.outbox WHERE event_id = $1"
_HEARD = "SELECT traceparent FROM notification.import_trace WHERE import_id = $1"


async def test_a_trace_goes_on_over_the_outbox_the_topic_and_a_table(world: World) -> None:
    event, heard = defined(), list[str]()

    async def hear(connection: Connection, said: ImportDefined) -> None:  # noqa: ARG001 - a handler's signature
        if said.import_id == event.import_id:
            heard.append(tracing.ids()["trace_id"])

    with recorded() as kept:
        async with world.bus("mapping"), world.bus("notifier", Subscription(ImportDefined, hear)):
            with tracing.span("request"):
                trace_id = tracing.ids()["trace_id"]
                await world.publish(event)

            async def heard_and_told() -> bool:
                return bool(heard) and {f"publish {event.topic.name}", f"handle {event.topic.name}"} <= {
                    span.name for span in kept.get_finished_spans()
                }

            await eventually(heard_and_told)
        assert heard == [trace_id]
        assert trace_id in await world.admin.fetchval(_SAID, event.event_id)
        async with import_span(world.databases["notifier"], "work", event.import_id, batch=2):
            assert tracing.ids()["trace_id"] == trace_id
    work = kept.get_finished_spans()[-1]
    assert dict(work.attributes or {}) == {"import.id": str(event.import_id), "import.batch": 2}


async def test_without_traces_nothing_is_kept_of_them(world: World) -> None:
    event = defined()

    async def hear(connection: Connection, said: ImportDefined) -> None: ...

    async with world.bus("mapping"), world.bus("notifier", Subscription(ImportDefined, hear)):
        await world.publish(event)

        async def recorded_by_the_notifier() -> bool:
            statement = "SELECT true FROM notification.heard WHERE event_id = $1"
            return bool(await world.admin.fetchval(statement, event.event_id))

        await eventually(recorded_by_the_notifier)
    assert await world.admin.fetchval(_SAID, event.event_id) is None
    assert await world.admin.fetchval(_HEARD, event.import_id) is None


async def test_the_trace_of_an_import_is_removed_with_its_messages(world: World) -> None:
    event = defined()
    await world.admin.execute(
        """INSERT INTO notification.import_trace (import_id, traceparent, heard_at)
           VALUES ($1, 'x', now() - interval '2 days')""",
        event.import_id,
    )
    async with world.databases["notifier"].transaction() as connection:
        await remove_settled(connection, timedelta(days=1))
    assert await world.admin.fetchval(_HEARD, event.import_id) is None


async def test_statements_of_work_that_is_traced_are_told_without_their_parameters(world: World) -> None:
    with recorded() as kept:
        database = await Database.connect(world.dsns["notifier"], application_name="traces")
        try:
            async with database.connection() as connection:
                await connection.fetchval("SELECT 1")
                with tracing.span("work"):
                    await connection.fetchval("SELECT $1::text", "lee@example.com")

                async def told() -> bool:
                    return "SELECT" in {span.name for span in kept.get_finished_spans()}

                await eventually(told)
        finally:
            await database.close()
    [statement] = [span for span in kept.get_finished_spans() if span.name == "SELECT"]
    assert dict(statement.attributes or {}) == {"db.system.name": "postgresql", "db.query.text": "SELECT $1::text"}
