"""`python -m stack up` starts everything and stays; `python -m stack demo` runs the sample imports and ends."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from typing import Annotated

import typer

from stack.demo_run import run as run_samples
from stack.embedded import EmbeddedStack
from stack.kafka_jars import KafkaJarsError
from stack.processes import PartFailedError
from stack.run_directory import RunDirectory

app = typer.Typer(
    help="The whole system on this machine, for development and demonstration.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # plain ones hold no local variables, so no secret of the run
)
_INTERRUPTED = 130

Executors = Annotated[int, typer.Option(min=1, max=16, help="How many executors to start.")]


@app.command()
def up(executors: Executors = 1) -> None:
    """Start the whole stack and leave it running until Ctrl-C."""
    _run(_up(executors), interrupted=0)


@app.command()
def demo(executors: Executors = 2) -> None:
    """Run the sample imports of all three kinds and print the outcome."""
    _run(_demo(executors), interrupted=_INTERRUPTED)


async def _up(executors: int) -> None:
    async with _stack(executors) as stack:
        print(addresses(stack), flush=True)
        await stack.supervise()


async def _demo(executors: int) -> None:
    async with _stack(executors) as stack:
        await run_samples(stack)


def _stack(executors: int) -> EmbeddedStack:
    return EmbeddedStack(RunDirectory.create(), executors=executors, progress=lambda line: print(line, flush=True))


def addresses(stack: EmbeddedStack) -> str:
    rows = [
        ("Wizard and API", stack.service_url("mapping")),
        ("Status", stack.service_url("notifier")),
        ("Token issuer", stack.issuer_url),
        ("Kafka", stack.kafka.bootstrap),
        ("Mail", str(stack.mail_directory)),
        ("Secure Upload", str(stack.secure_upload)),
        ("Logs", str(stack.run.logs)),
    ]
    return "\n".join(["", *(f"  {name:<15} {value}" for name, value in rows), "", "Ctrl-C stops it."])


def _run(work: Coroutine[object, None, None], *, interrupted: int) -> None:
    try:
        asyncio.run(_ended_by_sigterm(work))
    except (PartFailedError, KafkaJarsError) as error:
        print(f"\n{error}", file=sys.stderr)
        raise typer.Exit(1) from None
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("\nStopped.")
        raise typer.Exit(interrupted) from None


async def _ended_by_sigterm(work: Coroutine[object, None, None]) -> None:
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await task


if __name__ == "__main__":
    app()
