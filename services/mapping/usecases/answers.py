"""What a person saw before acting, compared with what stands now: nobody starts what he was not shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final
from uuid import UUID

from services.mapping.repository import considered, imports, recipients
from services.mapping.repository.recipients import Chosen
from shared.contracts.definition import NamedDecision
from shared.errors import Conflict
from shared.postgres import Connection

LOG_RECIPIENTS: Final = "log_recipients"


@dataclass(frozen=True, slots=True)
class Shown:
    """What was in front of a person who acts. None: the caller does not say, and nothing is compared."""

    answers: Mapping[str, str] | None = None
    log_recipients: Sequence[UUID] | None = None


NOTHING_SAID: Final = Shown()


@dataclass(frozen=True, slots=True)
class Standing:
    """An answer as it stands now, decided or considered: who gave it, and when."""

    code: str
    choice: str
    given_by_name: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody changed after the person looked; ``choice`` is None where an answer was taken away."""

    what: str
    choice: str | None
    by_name: str
    at: datetime | None

    def in_words(self, choice: str | None, zone: tzinfo = UTC) -> str:
        """Who changed what, and when; ``choice`` is the answer in the words of the caller."""
        moment = f" at {clock(self.at, zone)}" if self.at else ""
        if self.what == LOG_RECIPIENTS:
            return f"{self.by_name} changed who gets the log{moment}"
        if choice is None:
            return f"The decision on {self.what} was withdrawn"
        return f"{self.by_name} changed {self.what} to {choice}{moment}"


class ChangedMeanwhile(Conflict):
    """What the person saw is not what stands now."""

    def __init__(self, changes: Sequence[Change]) -> None:
        super().__init__(
            "changed_meanwhile",
            "; ".join(change.in_words(change.choice) for change in changes),
            ", ".join(change.what for change in changes),
            "Review the changes, then try again",
        )
        self.changes = tuple(changes)


def clock(moment: datetime, zone: tzinfo = UTC) -> str:
    """A time of day as people say it; of another day with the day before it."""
    local = moment.astimezone(zone)
    time = f"{local:%I:%M %p}".lstrip("0") + (" UTC" if zone is UTC else "")
    return time if local.date() == datetime.now(zone).date() else f"{local:%b} {local.day}, {time}"


async def standing(connection: Connection, import_id: UUID) -> dict[str, Standing]:
    """The answers by code: what was decided, and over it what somebody has considered since."""
    found = {
        kept.code: Standing(kept.code, kept.choice, kept.decided_by_name, kept.decided_at)
        for kept in await imports.decisions(connection, import_id)
    }
    for one in (await considered.considered(connection, import_id)).values():
        found[one.code] = Standing(one.code, one.choice, one.considered_by_name, one.considered_at)
    return found


async def require_unchanged(
    connection: Connection,
    import_id: UUID,
    shown: Shown,
    answers: Mapping[str, NamedDecision],
    log_recipients: Sequence[UUID] | None = None,
) -> None:
    """Raise ChangedMeanwhile where something stands that was neither seen nor is asked for; the import is locked."""
    changes: list[Change] = []
    if shown.answers is not None:
        asked = {code: answer.choice for code, answer in answers.items()}
        changes += _changed_answers(await standing(connection, import_id), shown.answers, asked)
    if shown.log_recipients is not None:
        chosen = await recipients.of_import(connection, import_id)
        changes += _changed_recipients(chosen, shown.log_recipients, log_recipients)
    if changes:
        raise ChangedMeanwhile(changes)


def _changed_answers(now: Mapping[str, Standing], seen: Mapping[str, str], asked: Mapping[str, str]) -> list[Change]:
    changed = [
        Change(code, one.choice, one.given_by_name, one.given_at)
        for code, one in now.items()
        if one.choice not in (seen.get(code), asked.get(code))
    ]
    return changed + [Change(code, None, "", None) for code in seen if code not in now]


def _changed_recipients(now: Chosen, seen: Sequence[UUID], asked: Sequence[UUID] | None) -> list[Change]:
    if set(now.recipients) in (set(seen), None if asked is None else set(asked)):
        return []
    return [Change(LOG_RECIPIENTS, None, now.chosen_by_name or "Someone", now.chosen_at)]
