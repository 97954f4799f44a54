"""The mail that tells a person of an occasion. Masked like the report: mail lies about for years. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.notifier.domain import Overview, mask_emails
from services.notifier.links import Links
from services.notifier.occasions import Occasion
from shared.contracts.codes import code_title
from shared.contracts.events import Counts
from shared.contracts.outcomes import Outcome
from shared.contracts.waiting import waits_for

_MOST_CODES: Final = 10
_MOST_NAMES: Final = 3
_WHAT_TO_DO: Final = {
    Occasion.HELD: (
        "Nothing is imported until someone has decided. Open the check, decide, and start the import or cancel it."
    ),
    Occasion.NEEDS_APPROVAL: (
        "Nothing is imported until somebody has approved it. Open the check, look at what will happen, and approve the "
        "import or return it with a note."
    ),
    Occasion.APPROVED: "You don't have to do anything. The results will be on its page.",
    Occasion.RETURNED: (
        "Nothing was imported. The note on the page of the check says why. Change what it asks for and start the "
        "import again, or cancel it."
    ),
    Occasion.WAITING: (
        "No row has failed because of it. Someone who operates the system fixes the cause and resumes the import; "
        "it continues where it stopped."
    ),
    Occasion.IN_REVIEW: (
        "The first rows were applied. The others wait until someone looks at the results and continues or stops the "
        "import."
    ),
    Occasion.STARTED: "You don't have to do anything.",
    Occasion.FINISHED: "The results of every row are on its page.",
    Occasion.FAILED: "The reasons, and what to do about them, are on its page.",
}
_IN_SHORT: Final = {
    Occasion.HELD: "needs a decision",
    Occasion.NEEDS_APPROVAL: "needs your approval",
    Occasion.APPROVED: "was approved",
    Occasion.RETURNED: "was returned with a note",
    Occasion.WAITING: "waits for an operator",
    Occasion.IN_REVIEW: "first rows wait for your review",
    Occasion.STARTED: "started",
    Occasion.FINISHED: "ended",
    Occasion.FAILED: "failed",
}


_ASKED: Final = (
    "Everything else is decided, and you don't have to do anything: the import starts as soon as it is approved."
)


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Names: who asks for an approval, who beside the reader may give it, and who gave it or returned the import."""

    asked_by: str = ""
    others: Sequence[str] = ()
    answered_by: str = ""


NOBODY: Final = SecondPerson()


@dataclass(frozen=True, slots=True)
class NoticeText:
    """Everything the templates show."""

    subject: str
    kind: str
    in_short: str
    biller: str
    file_name: str
    requester: str
    because: str
    import_id: str
    reasons: tuple[str, ...]
    what_to_do: str
    link: str
    notifications: str
    unsubscribe: str


def notice_of(overview: Overview, occasion: Occasion, second: SecondPerson, links: Links, token: str) -> NoticeText:
    label = overview.kind.spec.label
    kind = f"Undo of {label}" if overview.undoes else label
    biller = mask_emails(overview.biller_name)
    waits = occasion is Occasion.HELD and second != NOBODY
    in_short = "waits for approval" if waits else _in_short(overview, occasion)
    return NoticeText(
        subject=" ".join(f"{biller} {kind.lower()}: {in_short}".split()),
        kind=kind,
        in_short=in_short,
        biller=biller,
        file_name=mask_emails(overview.file_name),
        requester=mask_emails(overview.requester_name),
        because="may approve" if occasion is Occasion.NEEDS_APPROVAL else "requested, started or watch",
        import_id=str(overview.import_id),
        reasons=tuple(map(mask_emails, _of_second_person(overview, occasion, second) or _reasons(overview, occasion))),
        what_to_do=_ASKED if waits else _WHAT_TO_DO[occasion],
        link=links.page_of(occasion, overview.import_id),
        notifications=links.notifications(),
        unsubscribe=links.unsubscribe(token),
    )


def _in_short(overview: Overview, occasion: Occasion) -> str:
    if occasion is Occasion.FINISHED:
        return f"ended, {overview.counts.applied:,} of {overview.counts.read:,} rows applied"
    return _IN_SHORT[occasion]


def _reasons(overview: Overview, occasion: Occasion) -> tuple[str, ...]:
    match occasion:
        case Occasion.WAITING:
            return (f"It waits because {waits_for(overview.waiting_reason or '')}",)
        case Occasion.HELD:
            return tuple(f"{code_title(code)} ({code})" for code in sorted(overview.undecided)[:_MOST_CODES])
        case Occasion.FAILED:
            return tuple(f"{code_title(code)} ({code})" for code in sorted(overview.codes)[:_MOST_CODES])
        case _:
            return ()


def _of_second_person(overview: Overview, occasion: Occasion, second: SecondPerson) -> tuple[str, ...]:
    if second.asked_by:
        is_own = occasion is Occasion.NEEDS_APPROVAL
        return (
            f"{second.asked_by} asks for approval",
            _planned(overview),
            f"It waits for {_names(second.others, is_own)}",
        )
    match occasion:
        case Occasion.APPROVED:
            return (f"Approved by {second.answered_by}",)
        case Occasion.RETURNED:
            return (f"Returned by {second.answered_by}",)
        case _:
            return ()


def _planned(overview: Overview) -> str:
    """How many rows, and what would become of them."""
    planned = overview.planned or Counts()
    counts = ((getattr(planned, outcome.value), outcome.planned_words.lower()) for outcome in Outcome)
    return f"Rows: {planned.read:,} ({', '.join(f'{count:,} {words}' for count, words in counts if count)})"


def _names(others: Sequence[str], is_own: bool) -> str:
    """Whom it waits for: by name where they are few."""
    if len(others) > _MOST_NAMES:
        named = [f"{len(others):,} other people" if is_own else f"one of {len(others):,} people"]
    else:
        named = list(others)
    *most, last = ["you", *named] if is_own else named or ["someone with permission to approve; nobody else has it now"]
    return f"{', '.join(most)} or {last}" if most else last
