"""Who may import what: granted, withdrawn and listed. A change counts at once, for imports that wait, too."""

import asyncio
from typing import Annotated

import typer
from rich.table import Table

from cli.admin.access import connected
from cli.admin.crm import biller_id, grant, rights, withdraw
from cli.errors import CommandError
from cli.output import Json, say, show_json, show_table
from shared.contracts.kinds import Permission
from shared.contracts.rights import Right
from shared.postgres import Connection

app = typer.Typer(no_args_is_help=True, help="Grant, withdraw and list who may import what. Reads IMPORT_ADMIN_DSN.")

Subject = Annotated[str, typer.Argument(help="The person: `sub` of the token from your identity provider")]
Biller = Annotated[str | None, typer.Option("--biller", help="Name or number of the biller; without it, every biller")]
Found = list[dict[str, object]]
_HEADINGS = (
    "person",
    "biller",
    "imports",
    "approves",
    "replaces owners",
    "undoes",
    "operates",
    "audits",
    "webhooks",
    "emails",
)


@app.command("list")
def list_rights(
    subject: Annotated[str | None, typer.Argument(help="Only this person")] = None,
    biller: Annotated[str | None, typer.Option(help="Only what counts at this biller (name or number)")] = None,
    as_json: Json = False,
) -> None:
    """List who may import what."""
    found = asyncio.run(_list(subject, biller))
    if as_json:
        show_json(found)
    else:
        show_table(_table(found))


@app.command("grant")
def grant_right(
    subject: Subject,
    permission: Annotated[Permission, typer.Option(help="Kinds of import: all, or only paperless")],
    biller: Biller = None,
    approve: Annotated[bool, typer.Option("--approve", help="May approve as the second person")] = False,
    replace_owner: Annotated[bool, typer.Option("--replace-owner", help="May replace the owner of an account")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="May undo imports")] = False,
    operate: Annotated[
        bool, typer.Option("--operate", help="May operate the system; only with the right for every biller")
    ] = False,
    audit: Annotated[
        bool, typer.Option("--audit", help="May see the audit trail; only with the right for every biller")
    ] = False,
    webhooks: Annotated[
        bool, typer.Option("--webhooks", help="May manage webhooks: have events sent to systems")
    ] = False,
    emails: Annotated[bool, typer.Option("--emails", help="May edit the emails to customers")] = False,
    as_json: Json = False,
) -> None:
    """Let a person import, for one biller or for every one. It replaces what the person could do there before.

    A right for one biller counts instead of the right for every biller, also if it permits less.
    """
    for option, is_given in (("--operate", operate), ("--audit", audit)):
        if is_given and biller is not None:
            raise CommandError(f"{option} and --biller exclude each other", remedy="Grant it for every biller")
    right = Right(
        permission,
        may_approve=approve,
        may_replace_owner=replace_owner,
        may_undo=undo,
        may_operate=operate,
        may_audit=audit,
        may_manage_webhooks=webhooks,
        may_edit_emails=emails,
    )
    found = asyncio.run(_grant(subject, biller, right))
    _show(subject, found, as_json=as_json)


@app.command("withdraw")
def withdraw_right(
    subject: Subject,
    biller: Biller = None,
    everything: Annotated[bool, typer.Option("--all", help="All rights of the person")] = False,
    as_json: Json = False,
) -> None:
    """Take a right away: the one for a biller, the one for every biller, or all.

    An import that the person asked for and that waits does not start without it.
    """
    found = asyncio.run(_withdraw(subject, biller, everything))
    _show(subject, found, as_json=as_json)


async def _list(subject: str | None, biller: str | None) -> Found:
    async with connected() as connection:
        return await rights(connection, subject, await _biller(connection, biller))


async def _grant(subject: str, biller: str | None, right: Right) -> Found:
    async with connected() as connection:
        await grant(connection, subject, await _biller(connection, biller), right)
        return await rights(connection, subject, None)


async def _withdraw(subject: str, biller: str | None, everything: bool) -> Found:
    if everything and biller is not None:
        raise CommandError("--all and --biller exclude each other")
    async with connected() as connection:
        taken = await withdraw(connection, subject, await _biller(connection, biller), all_rights=everything)
        if not taken:
            where = "anywhere" if everything else f"for {biller or 'every biller'}"
            raise CommandError(
                f"{subject} has no right {where}", remedy=f"See `customer-import admin rights list {subject}`"
            )
        return await rights(connection, subject, None)


async def _biller(connection: Connection, name: str | None) -> int | None:
    return None if name is None else await biller_id(connection, name)


def _show(subject: str, left: Found, *, as_json: bool) -> None:
    if as_json:
        show_json(left)
    elif left:
        show_table(_table(left))
    else:
        say(f"{subject} may import nothing now")


def _table(found: Found) -> Table:
    table = Table()
    for heading in _HEADINGS:
        table.add_column(heading)
    for one in found:
        table.add_row(
            str(one["subject"]),
            str(one["biller"] or "every biller"),
            str(one["permission"]),
            "yes" if one["may_approve"] else "no",
            "yes" if one["may_replace_owner"] else "no",
            "yes" if one["may_undo"] else "no",
            "yes" if one["may_operate"] else "no",
            "yes" if one["may_audit"] else "no",
            "yes" if one["may_manage_webhooks"] else "no",
            "yes" if one["may_edit_emails"] else "no",
        )
    return table
