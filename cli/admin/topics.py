"""Topics of a broker of one's own: compared with the contracts, and written out for those who make them."""

import asyncio
import dataclasses
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer
from aiokafka.errors import KafkaError
from rich.table import Table

from cli.admin.access import environment
from cli.errors import CommandError, UnreachableError
from cli.output import Json, say, show_json, show_table
from shared.messaging import TOPICS, Difference, settings_of, topic_differences
from shared.settings import KafkaSettings

app = typer.Typer(no_args_is_help=True, help="Compare the topics of the broker with this release, or write them out.")


class Form(StrEnum):
    """How topics are written out."""

    STRIMZI = "strimzi"
    COMMANDS = "commands"


@app.command()
def check(as_json: Json = False) -> None:
    """Compare the topics at the broker with those that this release needs. The exit code is 1 if they differ.

    Reads IMPORT_KAFKA_BOOTSTRAP and the broker's security settings.
    """
    found = asyncio.run(_differences())
    if as_json:
        show_json([dataclasses.asdict(one) for one in found])
    elif found:
        show_table(_table(found))
    if found:
        raise CommandError(
            f"{len(found)} differences",
            remedy="`customer-import admin setup` creates missing topics; change the others",
        )
    say(f"All {len(TOPICS)} topics are as this release needs them")


@app.command()
def export(
    form: Annotated[Form, typer.Option(help="Resources of Strimzi, or kafka-topics.sh commands")] = Form.COMMANDS,
    replicas: Annotated[int, typer.Option(min=1, help="Copies of each partition")] = 3,
    cluster: Annotated[str, typer.Option(help="The Strimzi cluster")] = "kafka",
    as_json: Json = False,
) -> None:
    """Write out the topics, for a broker where services may not create them."""
    if as_json:
        show_json([_told(*one) for one in _wanted()])
        return
    for name, partitions, settings in _wanted():
        lines = (
            _resource(name, partitions, settings, replicas, cluster)
            if form == Form.STRIMZI
            else [_command(name, partitions, settings, replicas)]
        )
        typer.echo("\n".join(lines))


async def _differences() -> list[Difference]:
    environment("IMPORT_KAFKA_BOOTSTRAP")
    try:
        return await topic_differences(KafkaSettings())
    except (KafkaError, OSError, TimeoutError) as error:
        raise UnreachableError(
            f"The broker at IMPORT_KAFKA_BOOTSTRAP does not answer ({type(error).__name__})",
            remedy="Start it, or correct IMPORT_KAFKA_BOOTSTRAP and IMPORT_KAFKA_SECURITY_PROTOCOL",
        ) from None


def _wanted() -> Iterator[tuple[str, int, dict[str, str]]]:
    for topic in TOPICS:
        yield topic.name, topic.partitions, settings_of(topic)


def _told(name: str, partitions: int, settings: dict[str, str]) -> dict[str, object]:
    return {"name": name, "partitions": partitions, "settings": settings}


def _command(name: str, partitions: int, settings: dict[str, str], replicas: int) -> str:
    options = " ".join(f"--config {key}={value}" for key, value in settings.items())
    return (
        'kafka-topics.sh --bootstrap-server "$IMPORT_KAFKA_BOOTSTRAP" --create --if-not-exists'
        f" --topic {name} --partitions {partitions} --replication-factor {replicas} {options}"
    )


def _resource(name: str, partitions: int, settings: dict[str, str], replicas: int, cluster: str) -> list[str]:
    return [
        "---",
        "apiVersion: kafka.strimzi.io/v1",
        "kind: KafkaTopic",
        f"metadata: {{name: {name}, labels: {{strimzi.io/cluster: {cluster}}}}}",
        "spec:",
        f"  partitions: {partitions}",
        f"  replicas: {replicas}",
        "  config:",
        *(f"    {key}: {value}" for key, value in settings.items()),
    ]


def _table(found: list[Difference]) -> Table:
    table = Table()
    for heading in ("topic", "setting", "needed", "found"):
        table.add_column(heading)
    for one in found:
        table.add_row(one.topic, one.setting, one.wanted, one.found)
    return table
