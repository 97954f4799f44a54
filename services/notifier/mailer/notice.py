"""The mail that tells a person of an occasion. Masked like the report: mail lies about for years. Pure."""

from dataclasses import dataclass
from typing import Final

from services.notifier.domain import Overview, mask_emails
from services.notifier.links import Links
from services.notifier.occasions import Occasion
from shared.contracts.codes import code_title
from shared.contracts.waiting import waits_for

_MOST_CODES: Final = 10
_WHAT_TO_DO: Final = {
    Occasion.HELD: (
        "Nothing is imported until someone has decided. Open the check, decide, and start the import or cancel it."
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
    Occasion.WAITING: "waits for an operator",
    Occasion.IN_REVIEW: "first rows wait for your review",
    Occasion.STARTED: "started",
    Occasion.FINISHED: "ended",
    Occasion.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class NoticeText:
    """Everything the templates show."""

    subject: str
    kind: str
    in_short: str
    biller: str
    file_name: str
    requester: str
    import_id: str
    reasons: tuple[str, ...]
    what_to_do: str
    link: str
    notifications: str
    unsubscribe: str


def notice_of(overview: Overview, occasion: Occasion, links: Links, token: str) -> NoticeText:
    label = overview.kind.spec.label
    kind = f"Undo of {label}" if overview.undoes else label
    biller = mask_emails(overview.biller_name)
    return NoticeText(
        subject=" ".join(f"{biller} {kind.lower()}: {_in_short(overview, occasion)}".split()),
        kind=kind,
        in_short=_in_short(overview, occasion),
        biller=biller,
        file_name=mask_emails(overview.file_name),
        requester=mask_emails(overview.requester_name),
        import_id=str(overview.import_id),
        reasons=_reasons(overview, occasion),
        what_to_do=_WHAT_TO_DO[occasion],
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
