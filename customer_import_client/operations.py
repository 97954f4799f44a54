"""A method for each operation, generated from docs/openapi.json and named as there."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Literal

from customer_import_client import models
from customer_import_client.transport import Content, Transport


class Operations:
    """What the API offers. Every method raises what `transport` says."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_entries(
        self,
        *,
        import_id: str | None = None,
        actor: str | None = None,
        act: models.Act | None = None,
        since: str | None = None,
        until: str | None = None,
        before: int | None = None,
        limit: int | None = None,
    ) -> models.AuditPage:
        """Who did what, when and from where, newest first.

        For people who may audit.
        """
        answer: models.AuditPage = self._transport.call(
            "GET",
            "/api/v1/audit",
            params={
                "import_id": import_id,
                "actor": actor,
                "act": act,
                "since": since,
                "until": until,
                "before": before,
                "limit": limit,
            },
        )
        return answer

    def read_chain(self, *, after: int | None = None, limit: int | None = None) -> models.AuditChain:
        """The same in its own order, with the hashes, to verify it.

        For people who may audit.
        """
        answer: models.AuditChain = self._transport.call(
            "GET", "/api/v1/audit/chain", params={"after": after, "limit": limit}
        )
        return answer

    def list_billers(self, *, q: str | None = None, limit: int | None = None) -> models.BillerList:
        """The active billers that you have access to, by name."""
        answer: models.BillerList = self._transport.call("GET", "/api/v1/billers", params={"q": q, "limit": limit})
        return answer

    def show_biller(self, biller_id: int) -> models.BillerDetail:
        """A biller: its invoice types, and each kind of import, with the reasons if it is not offered.

        What is offered depends on your permission and on the files in the biller's Secure Upload.
        """
        answer: models.BillerDetail = self._transport.call("GET", f"/api/v1/billers/{biller_id}")
        return answer

    def list_files(self, biller_id: int, *, after: str | None = None, limit: int | None = None) -> models.FileList:
        """The files that you may use, newest first.

        A file is identified by its ID and content, never by a path.
        """
        answer: models.FileList = self._transport.call(
            "GET", f"/api/v1/billers/{biller_id}/files", params={"after": after, "limit": limit}
        )
        return answer

    def upload_file(
        self,
        biller_id: int,
        body: Content,
        *,
        name: str,
        kind: models.ImportKind | Literal["unknown"] | None = None,
        corrects: str | None = None,
        idempotency_key: str | None = None,
    ) -> models.FileItem:
        """Store the request body as a file.

        It is streamed; if it exceeds the limit it is refused and nothing is stored. The same key with the same content
        gives the same file; with other content it is refused (409). The content type is ignored: what the file is
        becomes clear when it is read.
        """
        answer: models.FileItem = self._transport.call(
            "POST",
            f"/api/v1/billers/{biller_id}/files",
            params={"name": name, "kind": kind, "corrects": corrects},
            headers={"idempotency-key": idempotency_key},
            content=body,
        )
        return answer

    def delete_file(self, biller_id: int, file_id: str) -> None:
        """Delete a file that no import uses.

        Whoever may upload it may delete it; the audit trail keeps who did.
        """
        self._transport.call("DELETE", f"/api/v1/billers/{biller_id}/files/{file_id}")

    def list_recipients(self, biller_id: int) -> models.RecipientList:
        """The address book of the biller."""
        answer: models.RecipientList = self._transport.call("GET", f"/api/v1/billers/{biller_id}/log-recipients")
        return answer

    def add_recipient(self, biller_id: int, body: models.NewRecipient) -> models.RecipientItem:
        """Add an address.

        If it exists, regardless of case, the existing entry is returned.
        """
        answer: models.RecipientItem = self._transport.call(
            "POST", f"/api/v1/billers/{biller_id}/log-recipients", json=body
        )
        return answer

    def remove_recipient(self, biller_id: int, recipient_id: str) -> None:
        """Remove an address: logs sent from now on do not go there."""
        self._transport.call("DELETE", f"/api/v1/billers/{biller_id}/log-recipients/{recipient_id}")

    def list_recipes(self, biller_id: int, *, kind: models.ImportKind | None = None) -> models.RecipeList:
        """The recipes for the kinds of import that you may run, last saved first."""
        answer: models.RecipeList = self._transport.call(
            "GET", f"/api/v1/billers/{biller_id}/recipes", params={"kind": kind}
        )
        return answer

    def save_recipe(self, biller_id: int, body: models.NewRecipe) -> models.RecipeItem:
        """Save a mapping under a name.

        An existing name gets a new version; versions never change.
        """
        answer: models.RecipeItem = self._transport.call("POST", f"/api/v1/billers/{biller_id}/recipes", json=body)
        return answer

    def show_recipe(self, biller_id: int, recipe_id: str, *, version: int | None = None) -> models.RecipeDetail:
        """One version of a recipe, and the list of its versions."""
        answer: models.RecipeDetail = self._transport.call(
            "GET", f"/api/v1/billers/{biller_id}/recipes/{recipe_id}", params={"version": version}
        )
        return answer

    def show_drift(
        self, biller_id: int, recipe_id: str, *, file_id: str, version: int | None = None
    ) -> models.DriftBody:
        """How a file's columns differ from those in the recipe.

        Check this before you use the recipe.
        """
        answer: models.DriftBody = self._transport.call(
            "GET",
            f"/api/v1/billers/{biller_id}/recipes/{recipe_id}/drift",
            params={"file_id": file_id, "version": version},
        )
        return answer

    def begin_upload(
        self,
        biller_id: int,
        *,
        name: str | None = None,
        kind: models.ImportKind | Literal["unknown"] | None = None,
        corrects: str | None = None,
        upload_length: int,
        upload_metadata: str | None = None,
        repr_digest: str | None = None,
        idempotency_key: str | None = None,
    ) -> models.UploadItem:
        """Begin an upload in parts (tus 1.0.0).

        `Location` is where the parts go, one after the other. The same key of the same person gives the same upload,
        with `offset` and `parts` as far as it has come, or with its `file` once it is complete.
        """
        answer: models.UploadItem = self._transport.call(
            "POST",
            f"/api/v1/billers/{biller_id}/uploads",
            params={"name": name, "kind": kind, "corrects": corrects},
            headers={
                "upload-length": upload_length,
                "upload-metadata": upload_metadata,
                "repr-digest": repr_digest,
                "idempotency-key": idempotency_key,
            },
        )
        return answer

    def list_uploads(self, biller_id: int) -> models.UploadList:
        """The unfinished uploads that you began, last touched first."""
        answer: models.UploadList = self._transport.call("GET", f"/api/v1/billers/{biller_id}/uploads")
        return answer

    def show_upload(self, biller_id: int, upload_id: str) -> models.UploadItem:
        """How far an upload that you began has come, and its file once it is complete."""
        answer: models.UploadItem = self._transport.call("GET", f"/api/v1/billers/{biller_id}/uploads/{upload_id}")
        return answer

    def send_part(
        self,
        biller_id: int,
        upload_id: str,
        body: Content,
        *,
        upload_offset: int,
        upload_checksum: str | None = None,
        repr_digest: str | None = None,
    ) -> None:
        """Send the next part of an upload that you began, from its offset on; parts of 8 MiB are good.

        With the last one the upload is looked at like every file, and is a file then or is refused: nothing of it
        remains. A part with a checksum counts as a whole or not at all; of one without, everything that arrived counts.
        """
        self._transport.call(
            "PATCH",
            f"/api/v1/billers/{biller_id}/uploads/{upload_id}",
            headers={
                "upload-offset": upload_offset,
                "upload-checksum": upload_checksum,
                "repr-digest": repr_digest,
                "content-type": "application/offset+octet-stream",
            },
            content=body,
        )

    def cancel_upload(self, biller_id: int, upload_id: str) -> None:
        """Cancel an upload that you began; what has arrived is removed.

        A file that it has become stays.
        """
        self._transport.call("DELETE", f"/api/v1/billers/{biller_id}/uploads/{upload_id}")

    def take_bounce(self, body: models.BounceReport) -> None:
        """A report of the mail provider, signed as Standard Webhooks say.

        Reports of unknown emails have no effect.
        """
        self._transport.call("POST", "/api/v1/customer-emails/bounces", json=body)

    def switch_customer_emails(self, biller_id: int, body: models.CustomerEmailSwitch) -> None:
        """Switch the emails to customers of a biller off, whatever imports say, or on again."""
        self._transport.call("PUT", f"/api/v1/customer-emails/{biller_id}", json=body)

    def list_texts(self, biller_id: int) -> models.CustomerTexts:
        """What customers of the biller are told when an import changes something, and the fields of each text."""
        answer: models.CustomerTexts = self._transport.call("GET", f"/api/v1/customer-emails/{biller_id}/texts")
        return answer

    def change_text(self, biller_id: int, about: models.About, body: models.NewCustomerText) -> None:
        """Change a text.

        Emails sent from now on have it.
        """
        self._transport.call("PUT", f"/api/v1/customer-emails/{biller_id}/texts/{about}", json=body)

    def use_default_text(self, biller_id: int, about: models.About) -> None:
        """Go back to the default text."""
        self._transport.call("DELETE", f"/api/v1/customer-emails/{biller_id}/texts/{about}")

    def preview_text(
        self, biller_id: int, about: models.About, body: models.NewCustomerText
    ) -> models.CustomerEmailPreview:
        """The text as a customer would get it, with the values of a real row of a recent import; nothing is saved."""
        answer: models.CustomerEmailPreview = self._transport.call(
            "POST", f"/api/v1/customer-emails/{biller_id}/texts/{about}/preview", json=body
        )
        return answer

    def customer_history(self, *, text: str, biller_id: int | None = None) -> models.CustomerHistory:
        """The rows that imports applied to a customer, newest first, with every value before and after."""
        answer: models.CustomerHistory = self._transport.call(
            "GET", "/api/v1/customer-history", params={"text": text, "biller_id": biller_id}
        )
        return answer

    def show_definition(self, import_id: str) -> models.DefinitionDetail:
        """The definition, the decisions and the state of an import."""
        answer: models.DefinitionDetail = self._transport.call("GET", f"/api/v1/definitions/{import_id}")
        return answer

    def list_dead_letters_of_executor(
        self,
        *,
        state: models.LetterState | None = None,
        topic: str | None = None,
        before: int | None = None,
        limit: int | None = None,
    ) -> models.DeadLetterPage:
        """Messages that could not be handled, without their contents, newest first."""
        answer: models.DeadLetterPage = self._transport.call(
            "GET",
            "/api/v1/executor/dead-letters",
            params={"state": state, "topic": topic, "before": before, "limit": limit},
        )
        return answer

    def show_dead_letter_of_executor(self, letter_id: int) -> models.DeadLetterDetail:
        """One with the type of its event, its IDs and its headers."""
        answer: models.DeadLetterDetail = self._transport.call("GET", f"/api/v1/executor/dead-letters/{letter_id}")
        return answer

    def discard_dead_letter_of_executor(self, letter_id: int, body: models.Discard) -> dict[str, models.Resent]:
        """Discard one that nobody needs.

        Who discarded it, when and why is kept with it.
        """
        answer: dict[str, models.Resent] = self._transport.call(
            "POST", f"/api/v1/executor/dead-letters/{letter_id}/discard", json=body
        )
        return answer

    def send_dead_letter_of_executor(self, letter_id: int) -> dict[str, models.Resent]:
        """Handle one again, with your permissions."""
        answer: dict[str, models.Resent] = self._transport.call(
            "POST", f"/api/v1/executor/dead-letters/{letter_id}/send"
        )
        return answer

    def define_import(self, body: models.ImportDefinition, *, idempotency_key: str) -> models.ImportAccepted:
        """Request an import.

        The definition is validated at once, and the response lists everything that is wrong with it. The same key with
        the same definition returns the same import; with another definition it is refused (409). A refused request is
        not stored: correct it and use the same key again.
        """
        answer: models.ImportAccepted = self._transport.call(
            "POST", "/api/v1/imports", headers={"idempotency-key": idempotency_key}, json=body
        )
        return answer

    def list_imports(
        self,
        *,
        group: models.StateGroup | None = None,
        state: models.State | None = None,
        biller_id: int | None = None,
        kind: models.ImportKind | None = None,
        requester: str | None = None,
        text: str | None = None,
        ended_from: str | None = None,
        ended_before: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> models.ImportPage:
        """The imports you may see, newest first."""
        answer: models.ImportPage = self._transport.call(
            "GET",
            "/api/v1/imports",
            params={
                "group": group,
                "state": state,
                "biller_id": biller_id,
                "kind": kind,
                "requester": requester,
                "text": text,
                "ended_from": ended_from,
                "ended_before": ended_before,
                "after": after,
                "limit": limit,
            },
        )
        return answer

    def show_import(self, import_id: str) -> models.ImportDetail:
        """One import with its counts, its progress, what the check found and which batches are tried again."""
        answer: models.ImportDetail = self._transport.call("GET", f"/api/v1/imports/{import_id}")
        return answer

    def approve_import(self, import_id: str, body: models.Approval) -> models.DecidedBody:
        """Approve, as the second person, what someone else decided.

        Needs permission to approve.
        """
        answer: models.DecidedBody = self._transport.call("POST", f"/api/v1/imports/{import_id}/approve", json=body)
        return answer

    def cancel_import(self, import_id: str) -> models.CancelledBody:
        """Cancel.

        The response comes at once, without waiting for batches; applied rows stay. 409 if the import has ended. 202
        with `cancelling`: no new batch is started, batches in progress may finish. 200 with `cancelled`: that is final,
        no more rows are applied.
        """
        answer: models.CancelledBody = self._transport.call("POST", f"/api/v1/imports/{import_id}/cancel")
        return answer

    def show_check(self, import_id: str) -> models.CheckBody:
        """What the newest check found, what the import will do, and which decisions are still needed."""
        answer: models.CheckBody = self._transport.call("GET", f"/api/v1/imports/{import_id}/check")
        return answer

    def confirm_import(self, import_id: str, body: models.Confirmation) -> models.DecidedBody:
        """Confirm the newest check of an import that needs a decision, with all decisions still open.

        It is checked again. `C201: continue` needs `typed_count`, the number of customers to create. If they are more
        than 5,000 or more than a fifth of the biller's customers, the import waits until a second person approves.
        `stop` cancels the import. Send what you have read as `answers_seen` and `log_recipients_seen`: if someone has
        changed it since, you get 409.
        """
        answer: models.DecidedBody = self._transport.call("POST", f"/api/v1/imports/{import_id}/confirm", json=body)
        return answer

    def continue_import(self, import_id: str) -> models.ContinuedBody:
        """Apply the other rows of an import that started with a few and is paused for review.

        409 if it is not paused. `GET /imports/{id}/plan` shows each row with its result. To stop instead, cancel the
        import.
        """
        answer: models.ContinuedBody = self._transport.call("POST", f"/api/v1/imports/{import_id}/continue")
        return answer

    def correct(self, import_id: str, body: models.NewCorrections) -> models.CorrectionsAccepted:
        """Correct cells, skip rows and explain words before the import starts; then it is checked again.

        The import keeps its id, its decisions and the lines of its rows, and waits for a person to confirm the new
        check.
        """
        answer: models.CorrectionsAccepted = self._transport.call(
            "POST", f"/api/v1/imports/{import_id}/correct", json=body
        )
        return answer

    def list_corrections(
        self, import_id: str, *, after: int | None = None, limit: int | None = None
    ) -> models.CorrectionPage:
        """What was corrected for rounds of the import: which cell, from what to what, when and by whom."""
        answer: models.CorrectionPage = self._transport.call(
            "GET", f"/api/v1/imports/{import_id}/corrections", params={"after": after, "limit": limit}
        )
        return answer

    def stop_customer_emails(self, import_id: str) -> None:
        """Send none of the emails to the customers of an import that still wait.

        Nothing brings them back.
        """
        self._transport.call("DELETE", f"/api/v1/imports/{import_id}/customer-emails")

    def show_differences(
        self,
        import_id: str,
        *,
        which: models.Differing | None = None,
        against: str | None = None,
        after: int | None = None,
        limit: int | None = None,
    ) -> models.DifferencePage:
        """Rows that are new, changed or gone since the earlier import whose rows are most like these.

        Rows belong together by account number; cells are compared as the check reads them. Files are kept for a while
        only: an import whose file is gone is not compared.
        """
        answer: models.DifferencePage = self._transport.call(
            "GET",
            f"/api/v1/imports/{import_id}/differences",
            params={"which": which, "against": against, "after": after, "limit": limit},
        )
        return answer

    def download_log(
        self, import_id: str, *, which: models.Which | None = None
    ) -> AbstractContextManager[Iterator[bytes]]:
        """The columns of the file, with line, outcome, codes, reason, and the IDs of customer and login in the CRM.

        Cells that a spreadsheet would run as formulas begin with '. Only the last four characters of bank account
        numbers and card tokens are shown.
        """
        return self._transport.stream("GET", f"/api/v1/imports/{import_id}/log.csv", params={"which": which})

    def list_mails(self, import_id: str) -> models.MailList:
        """The emails with the log, one per recipient, and the status of each."""
        answer: models.MailList = self._transport.call("GET", f"/api/v1/imports/{import_id}/mails")
        return answer

    def show_plan(
        self,
        import_id: str,
        *,
        outcome: models.Outcome | None = None,
        code: str | None = None,
        line: int | None = None,
        text: str | None = None,
        change: models.ChangeFilter | None = None,
        enrollment: models.EnrollmentFilter | None = None,
        invoice_type: str | None = None,
        with_result: bool | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> models.PlanPage:
        """Rows of the newest check's plan, each with its result once it has one.

        Rows that share a login are grouped; otherwise they are in line order.
        """
        answer: models.PlanPage = self._transport.call(
            "GET",
            f"/api/v1/imports/{import_id}/plan",
            params={
                "outcome": outcome,
                "code": code,
                "line": line,
                "text": text,
                "change": change,
                "enrollment": enrollment,
                "invoice_type": invoice_type,
                "with_result": with_result,
                "after": after,
                "limit": limit,
            },
        )
        return answer

    def show_samples(self, import_id: str) -> models.PlanSamples:
        """A few rows of each kind of change, from the first few thousand that will be applied."""
        answer: models.PlanSamples = self._transport.call("GET", f"/api/v1/imports/{import_id}/plan/samples")
        return answer

    def resume_import(self, import_id: str) -> models.ResumedBody:
        """Resume an import that waits for an operator, once the cause is fixed.

        409 if it is not waiting. For people who may operate the system.
        """
        answer: models.ResumedBody = self._transport.call("POST", f"/api/v1/imports/{import_id}/resume")
        return answer

    def start_round(self, import_id: str, body: models.NewRound, *, idempotency_key: str) -> models.RoundAccepted:
        """Try rows of an import again that were not applied, corrected or as they are: a round of the import.

        The rows are checked like a file of their own and keep their line numbers. Then the round waits for a person to
        confirm it, at `imports/{round_import_id}/confirm`. Rows that succeeded are refused (409), and so is a round
        while another one, or an undo, has not ended.
        """
        answer: models.RoundAccepted = self._transport.call(
            "POST", f"/api/v1/imports/{import_id}/rounds", headers={"idempotency-key": idempotency_key}, json=body
        )
        return answer

    def check_row(self, import_id: str, body: models.RowToTry) -> models.RowTried:
        """How the check would decide a row with corrected cells, while they are typed.

        Nothing is kept or changed. It says what the check says, also of other rows of its account, but for what rows of
        other accounts say of it. The row is one that can be corrected now: of an import that waits for a decision, or
        one that was not applied.
        """
        answer: models.RowTried = self._transport.call("POST", f"/api/v1/imports/{import_id}/row-check", json=body)
        return answer

    def list_rows(
        self,
        import_id: str,
        *,
        outcome: list[models.Outcome] | None = None,
        code: str | None = None,
        after: int | None = None,
        limit: int | None = None,
    ) -> models.RowPage:
        """The result of each row, in file order.

        While the import runs, rows not reached yet are missing.
        """
        answer: models.RowPage = self._transport.call(
            "GET",
            f"/api/v1/imports/{import_id}/rows",
            params={"outcome": outcome, "code": code, "after": after, "limit": limit},
        )
        return answer

    def rows_to_correct(self, import_id: str) -> AbstractContextManager[Iterator[bytes]]:
        """The rows that the plan does not apply, with lines and reasons: to be corrected and sent as `corrected_file`.

        Of bank accounts and tokens it has the last characters; cells with them keep their value.
        """
        return self._transport.stream("GET", f"/api/v1/imports/{import_id}/rows-to-correct.csv")

    def stop_and_undo(self, import_id: str, *, idempotency_key: str) -> models.ImportAccepted:
        """Cancel an import and ask for the undo of what it has applied: answers the id of the undo.

        Emails to customers that wait for a review of the first rows are not sent meanwhile.
        """
        answer: models.ImportAccepted = self._transport.call(
            "POST", f"/api/v1/imports/{import_id}/stop-and-undo", headers={"idempotency-key": idempotency_key}
        )
        return answer

    def show_trail(self, import_id: str, *, after: str | None = None, limit: int | None = None) -> models.TrailPage:
        """What happened to the import, oldest first."""
        answer: models.TrailPage = self._transport.call(
            "GET", f"/api/v1/imports/{import_id}/trail", params={"after": after, "limit": limit}
        )
        return answer

    def undo_import(
        self, import_id: str, body: models.UndoRequest | None, *, idempotency_key: str
    ) -> models.ImportAccepted:
        """Undo an import that has ended, or chosen rows of it: answers the id of the undo, an import of its own.

        Needs a right that may undo. The undo is checked first and waits until a person confirms it: `GET
        /imports/{id}/check` and `/plan` say what it takes back and what it leaves alone. 409 where the import can't be
        undone, is being undone, or has later rounds that applied rows: the newest is undone first.
        """
        answer: models.ImportAccepted = self._transport.call(
            "POST", f"/api/v1/imports/{import_id}/undo", headers={"idempotency-key": idempotency_key}, json=body
        )
        return answer

    def watch_import(self, import_id: str) -> None:
        """Be told of an import, its rounds and undos, as of your own."""
        self._transport.call("PUT", f"/api/v1/imports/{import_id}/watch")

    def unwatch_import(self, import_id: str) -> None:
        """Be told of an import no more, unless you requested it or watch its biller."""
        self._transport.call("DELETE", f"/api/v1/imports/{import_id}/watch")

    def list_dead_letters_of_mapping(
        self,
        *,
        state: models.LetterState | None = None,
        topic: str | None = None,
        before: int | None = None,
        limit: int | None = None,
    ) -> models.DeadLetterPage:
        """Messages that could not be handled, without their contents, newest first."""
        answer: models.DeadLetterPage = self._transport.call(
            "GET",
            "/api/v1/mapping/dead-letters",
            params={"state": state, "topic": topic, "before": before, "limit": limit},
        )
        return answer

    def show_dead_letter_of_mapping(self, letter_id: int) -> models.DeadLetterDetail:
        """One with the type of its event, its IDs and its headers."""
        answer: models.DeadLetterDetail = self._transport.call("GET", f"/api/v1/mapping/dead-letters/{letter_id}")
        return answer

    def discard_dead_letter_of_mapping(self, letter_id: int, body: models.Discard) -> dict[str, models.Resent]:
        """Discard one that nobody needs.

        Who discarded it, when and why is kept with it.
        """
        answer: dict[str, models.Resent] = self._transport.call(
            "POST", f"/api/v1/mapping/dead-letters/{letter_id}/discard", json=body
        )
        return answer

    def send_dead_letter_of_mapping(self, letter_id: int) -> dict[str, models.Resent]:
        """Handle one again, with your permissions."""
        answer: dict[str, models.Resent] = self._transport.call(
            "POST", f"/api/v1/mapping/dead-letters/{letter_id}/send"
        )
        return answer

    def show_notifications(self) -> models.Notifications:
        """Of what you are told by email: events of your imports and of those you watch."""
        answer: models.Notifications = self._transport.call("GET", "/api/v1/notifications")
        return answer

    def change_notifications(self, body: models.NotificationChoices) -> models.Notifications:
        """Choose the events, and the billers whose imports you watch.

        What is left out stays as it is.
        """
        answer: models.Notifications = self._transport.call("PUT", "/api/v1/notifications", json=body)
        return answer

    def list_dead_letters_of_notifier(
        self,
        *,
        state: models.LetterState | None = None,
        topic: str | None = None,
        before: int | None = None,
        limit: int | None = None,
    ) -> models.DeadLetterPage:
        """Messages that could not be handled, without their contents, newest first."""
        answer: models.DeadLetterPage = self._transport.call(
            "GET",
            "/api/v1/notifier/dead-letters",
            params={"state": state, "topic": topic, "before": before, "limit": limit},
        )
        return answer

    def show_dead_letter_of_notifier(self, letter_id: int) -> models.DeadLetterDetail:
        """One with the type of its event, its IDs and its headers."""
        answer: models.DeadLetterDetail = self._transport.call("GET", f"/api/v1/notifier/dead-letters/{letter_id}")
        return answer

    def discard_dead_letter_of_notifier(self, letter_id: int, body: models.Discard) -> dict[str, models.Resent]:
        """Discard one that nobody needs.

        Who discarded it, when and why is kept with it.
        """
        answer: dict[str, models.Resent] = self._transport.call(
            "POST", f"/api/v1/notifier/dead-letters/{letter_id}/discard", json=body
        )
        return answer

    def send_dead_letter_of_notifier(self, letter_id: int) -> dict[str, models.Resent]:
        """Handle one again, with your permissions."""
        answer: dict[str, models.Resent] = self._transport.call(
            "POST", f"/api/v1/notifier/dead-letters/{letter_id}/send"
        )
        return answer

    def show_operations(self) -> models.Operations:
        """What waits, why, since when, who works on it, and what to do.

        For people who may operate the system.
        """
        answer: models.Operations = self._transport.call("GET", "/api/v1/operations")
        return answer

    def pause(self, body: models.PauseRequest) -> None:
        """Start no new batch of an import, of a biller's imports, or of any.

        Batches in progress finish.
        """
        self._transport.call("POST", "/api/v1/operations/pause", json=body)

    def resume(self, body: models.Scope) -> None:
        """Continue what was paused in the same scope."""
        self._transport.call("POST", "/api/v1/operations/resume", json=body)

    def list_dead_letters_of_validation(
        self,
        *,
        state: models.LetterState | None = None,
        topic: str | None = None,
        before: int | None = None,
        limit: int | None = None,
    ) -> models.DeadLetterPage:
        """Messages that could not be handled, without their contents, newest first."""
        answer: models.DeadLetterPage = self._transport.call(
            "GET",
            "/api/v1/validation/dead-letters",
            params={"state": state, "topic": topic, "before": before, "limit": limit},
        )
        return answer

    def show_dead_letter_of_validation(self, letter_id: int) -> models.DeadLetterDetail:
        """One with the type of its event, its IDs and its headers."""
        answer: models.DeadLetterDetail = self._transport.call("GET", f"/api/v1/validation/dead-letters/{letter_id}")
        return answer

    def discard_dead_letter_of_validation(self, letter_id: int, body: models.Discard) -> dict[str, models.Resent]:
        """Discard one that nobody needs.

        Who discarded it, when and why is kept with it.
        """
        answer: dict[str, models.Resent] = self._transport.call(
            "POST", f"/api/v1/validation/dead-letters/{letter_id}/discard", json=body
        )
        return answer

    def send_dead_letter_of_validation(self, letter_id: int) -> dict[str, models.Resent]:
        """Handle one again, with your permissions."""
        answer: dict[str, models.Resent] = self._transport.call(
            "POST", f"/api/v1/validation/dead-letters/{letter_id}/send"
        )
        return answer

    def list_webhooks(self) -> models.WebhookList:
        """The webhooks that you may manage."""
        answer: models.WebhookList = self._transport.call("GET", "/api/v1/webhooks")
        return answer

    def add_webhook(self, body: models.NewWebhook, *, idempotency_key: str | None = None) -> models.WebhookSecret:
        """Have events of imports sent to an address, signed with the secret of the answer, which is shown this once.

        Only a retry by the same person with the same key, within an hour, is answered with the same secret.
        """
        answer: models.WebhookSecret = self._transport.call(
            "POST", "/api/v1/webhooks", headers={"idempotency-key": idempotency_key}, json=body
        )
        return answer

    def remove_webhook(self, webhook_id: str) -> None:
        """Send nothing more to it."""
        self._transport.call("DELETE", f"/api/v1/webhooks/{webhook_id}")

    def list_deliveries(self, webhook_id: str) -> models.WebhookDeliveries:
        """The newest requests to it, and how far each is."""
        answer: models.WebhookDeliveries = self._transport.call("GET", f"/api/v1/webhooks/{webhook_id}/deliveries")
        return answer

    def ping_webhook(self, webhook_id: str) -> models.Ping:
        """Send an event of type `ping`."""
        answer: models.Ping = self._transport.call("POST", f"/api/v1/webhooks/{webhook_id}/ping")
        return answer

    def replay_webhook(self, webhook_id: str, body: models.Replay) -> models.Replayed:
        """Send an event again, or all that were not delivered."""
        answer: models.Replayed = self._transport.call("POST", f"/api/v1/webhooks/{webhook_id}/replay", json=body)
        return answer

    def rotate_webhook(self, webhook_id: str) -> models.WebhookSecret:
        """Make a new secret.

        For 24 hours requests carry signatures of both.
        """
        answer: models.WebhookSecret = self._transport.call("POST", f"/api/v1/webhooks/{webhook_id}/rotate")
        return answer

    def take_over_webhook(self, webhook_id: str) -> None:
        """Be responsible for it from now on.

        Its events are sent while whoever is responsible may manage webhooks there.
        """
        self._transport.call("POST", f"/api/v1/webhooks/{webhook_id}/take-over")
