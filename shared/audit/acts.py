"""What the audit trail records, with its words.

A new act needs a test that it leaves its entry: `tests/contracts/test_acts.py` goes through this list.
"""

from enum import StrEnum
from typing import Final


class Act(StrEnum):
    """Something a person, or the system itself, did."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    REFUSED = "refused"
    FILE_UPLOADED = "file_uploaded"
    FILE_REMOVED = "file_removed"
    FILE_DELETED = "file_deleted"
    FILE_SEEN = "file_seen"
    RECIPE_SAVED = "recipe_saved"
    RECIPIENT_ADDED = "recipient_added"
    RECIPIENT_REMOVED = "recipient_removed"
    DEFINED = "defined"
    CONSIDERED = "considered"
    DECIDED = "decided"
    CORRECTED = "corrected"
    APPROVED = "approved"
    RETURNED = "returned"
    STARTED = "started"
    CONTINUED = "continued"
    CANCELED = "canceled"
    RESUMED = "resumed"
    ROWS_SEEN = "rows_seen"
    CELLS_TRIED = "cells_tried"
    CUSTOMER_SEEN = "customer_seen"
    DOWNLOADED = "downloaded"
    LETTER_SENT = "letter_sent"
    LETTER_DISCARDED = "letter_discarded"
    WORK_PAUSED = "work_paused"
    WORK_RESUMED = "work_resumed"
    RIGHT_GRANTED = "right_granted"
    RIGHT_WITHDRAWN = "right_withdrawn"
    BILLER_ADDED = "biller_added"
    REMOVED = "removed"
    AUDIT_SEEN = "audit_seen"
    WEBHOOK_ADDED = "webhook_added"
    WEBHOOK_ROTATED = "webhook_rotated"
    WEBHOOK_TAKEN_OVER = "webhook_taken_over"
    WEBHOOK_REMOVED = "webhook_removed"
    WEBHOOK_REPLAYED = "webhook_replayed"
    EMAIL_TEXT_CHANGED = "email_text_changed"
    EMAILS_SWITCHED = "emails_switched"
    EMAILS_STOPPED = "emails_stopped"
    EMAIL_BOUNCED = "email_bounced"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS: Final = {
    Act.SIGNED_IN: "Signed in",
    Act.SIGN_IN_REFUSED: "Was not signed in",
    Act.SIGNED_OUT: "Signed out",
    Act.REFUSED: "Was refused",
    Act.FILE_UPLOADED: "Uploaded a file",
    Act.FILE_REMOVED: "Removed a file for what it contains",
    Act.FILE_DELETED: "Deleted a file",
    Act.FILE_SEEN: "Looked at rows of a file",
    Act.RECIPE_SAVED: "Saved a recipe",
    Act.RECIPIENT_ADDED: "Added a log recipient",
    Act.RECIPIENT_REMOVED: "Removed a log recipient",
    Act.DEFINED: "Defined an import",
    Act.CONSIDERED: "Changed a decision",
    Act.DECIDED: "Decided",
    Act.CORRECTED: "Corrected rows before the start",
    Act.APPROVED: "Approved",
    Act.RETURNED: "Returned",
    Act.STARTED: "Started",
    Act.CONTINUED: "Continued after the first rows",
    Act.CANCELED: "Canceled",
    Act.RESUMED: "Resumed",
    Act.ROWS_SEEN: "Looked at rows",
    Act.CELLS_TRIED: "Tried cells of a row",
    Act.CUSTOMER_SEEN: "Looked up a customer",
    Act.DOWNLOADED: "Downloaded rows",
    Act.LETTER_SENT: "Handled a dead letter again",
    Act.LETTER_DISCARDED: "Discarded a dead letter",
    Act.WORK_PAUSED: "Paused work",
    Act.WORK_RESUMED: "Resumed paused work",
    Act.RIGHT_GRANTED: "Granted a right",
    Act.RIGHT_WITHDRAWN: "Withdrew a right",
    Act.BILLER_ADDED: "Added a biller",
    Act.REMOVED: "Removed data after its retention period",
    Act.AUDIT_SEEN: "Looked at the audit trail",
    Act.WEBHOOK_ADDED: "Added a webhook",
    Act.WEBHOOK_ROTATED: "Replaced the secret of a webhook",
    Act.WEBHOOK_TAKEN_OVER: "Took over a webhook",
    Act.WEBHOOK_REMOVED: "Removed a webhook",
    Act.WEBHOOK_REPLAYED: "Sent events of a webhook again",
    Act.EMAIL_TEXT_CHANGED: "Changed a text of emails to customers",
    Act.EMAILS_SWITCHED: "Switched emails to customers on or off",
    Act.EMAIL_BOUNCED: "Was told that an email to a customer bounced",
    Act.EMAILS_STOPPED: "Stopped the emails to customers of an import",
}
