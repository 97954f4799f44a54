"""What keeps an import from going on, in words."""

from dataclasses import dataclass

from rich.console import Console

from cli.bodies import Status, WaitingPart


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What an import waits for, and what follows from it."""

    message: str
    remedy: str
    needs_operator: bool

    def show(self, console: Console) -> None:
        """Print it, so that the command in it can be copied whole."""
        console.print(self.message, style="yellow", highlight=False, soft_wrap=True)
        console.print(self.remedy, highlight=False, soft_wrap=True)


def changes(status: Status) -> list[str]:
    """What changed for the whole import between check and run, each with what to do."""
    return [
        f"Changed since the check: {one.get('text') or one['name']}. {one['remedy']}".strip()
        for one in status.get("changed", [])
    ]


def obstacle(status: Status) -> Obstacle | None:
    if waiting := status.get("waiting"):
        return Obstacle(
            f"Waiting for an operator: {waiting['text']} ({waiting['reason']})",
            f"No row caused this. Fix the cause, then run `customer-import resume {status['import_id']}`",
            needs_operator=True,
        )
    if paused := status.get("paused"):
        return Obstacle(
            f"Paused by operations since {paused['since'][:16].replace('T', ' ')}: {paused['reason']}",
            "It continues where it stopped once operations resume it",
            needs_operator=False,
        )
    if behind := status.get("behind"):
        look = f"; show it with `customer-import show {behind['import_id']}`" if behind["import_id"] else ""
        remedy = f"The check starts when that import has ended{look}"
        return Obstacle(behind["text"], remedy, needs_operator=False)
    if queue := status.get("queue"):
        before = "1 check is" if queue["before"] == 1 else f"{queue['before']:,} checks are"
        return Obstacle(f"{before} before this one", "Billers take turns; it starts by itself", needs_operator=False)
    if parts := status.get("waiting_parts"):
        remedy = "It was rolled back and is retried automatically"
        return Obstacle(_parts_in_words(status, parts), remedy, needs_operator=False)
    return None


def _parts_in_words(status: Status, parts: list[WaitingPart]) -> str:
    total = status["progress"].get("chunks")
    first = f"Batch {parts[0]['part']:,}{f' of {total:,}' if total else ''} {parts[0]['text']}"
    return first if len(parts) == 1 else f"{first}, and {len(parts) - 1} more"
