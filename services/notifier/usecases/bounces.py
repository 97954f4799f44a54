"""Reports of emails to customers that bounced, from the mail provider."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from services.notifier.context import Context
from services.notifier.customer_email_views import BounceReport
from services.notifier.repository import customer_emails
from services.notifier.signing import is_signed
from shared.audit import SYSTEM, Act, record
from shared.errors import Forbidden, Unavailable
from shared.logging import get_logger
from shared.postgres import Connection

_TYPE: Final = "email.bounced"
_HARD: Final = "hard"

log = get_logger()


def require_signed(context: Context, headers: Mapping[str, str], body: bytes) -> None:
    """Raises Forbidden, Unavailable where the body is not one of the mail provider."""
    if not context.bounce_secrets:
        raise Unavailable(
            "bounces_not_set_up", "Reports of bounces are not set up", "", "Set IMPORT_BOUNCE_SECRETS of the notifier"
        )
    if not is_signed(context.bounce_secrets, headers, body, datetime.now(UTC)):
        raise Forbidden(
            "signature_refused",
            "The signature is not valid, or older than five minutes",
            "webhook-signature",
            "Sign the request as Standard Webhooks say, with the secret of IMPORT_BOUNCE_SECRETS",
        )


async def take(context: Context, report: BounceReport) -> None:
    """Who cannot be reached by email gets paper again.

    A report that comes again, or of an email that is not ours, has no effect, and its sender does not learn which.
    """
    if report.type == _TYPE and report.data.kind == _HARD:
        async with context.database.transaction() as connection:
            await bounced(connection, report.data.message_id, "sent")


async def bounced(connection: Connection, message_id: str, state: str) -> None:
    """An email in this state bounced: paper again, with an entry in the audit trail, once."""
    found = await customer_emails.bounce(connection, message_id, state)
    if found is None:
        return
    await record(
        connection,
        Act.EMAIL_BOUNCED,
        SYSTEM,
        import_id=found.import_id,
        biller_id=found.biller_id,
        detail={"login_id": found.login_id, "returned_to_paper": found.returned},
    )
    log.info("customer_email_bounced", import_id=str(found.import_id), returned=found.returned)
