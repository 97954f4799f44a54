"""Billers of the CRM: listed, and added where no other program does it."""

import asyncio
import csv
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.table import Table

from cli.admin.access import connected
from cli.admin.crm import NewBiller, add_biller, add_customers, biller_id, billers
from cli.errors import CommandError
from cli.output import Json, show_json, show_table

app = typer.Typer(no_args_is_help=True, help="List billers and add them. Reads IMPORT_ADMIN_DSN.")


@app.command("list")
def list_billers(as_json: Json = False) -> None:
    """List the billers with their invoice types."""
    found = asyncio.run(_list())
    if as_json:
        show_json(found)
    else:
        show_table(_table(found))


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The biller's name")],
    invoice_type: Annotated[
        list[str] | None, typer.Option(help="CODE, or CODE=Name as customers see it; once for each type")
    ] = None,
    realm: Annotated[
        str | None,
        typer.Option(help="Where its customers sign in; billers of one realm share logins. Default: its name"),
    ] = None,
    links_accounts: Annotated[
        bool, typer.Option("--links-accounts", help="One login may own several accounts")
    ] = False,
    ignores_case: Annotated[
        bool, typer.Option("--ignores-case", help="Account numbers do not tell upper from lower case")
    ] = False,
    mail_domain: Annotated[
        str | None, typer.Option(help="The biller's own domain: emails there are no customers'")
    ] = None,
    as_json: Json = False,
) -> None:
    """Add a biller with its invoice types. Autopay and paperless imports need at least one type."""
    types = dict(_code_and_alias(text) for text in invoice_type or [])
    new = NewBiller(name, realm or name, types, links_accounts, ignores_case, mail_domain)
    number = asyncio.run(_add(new))
    if as_json:
        show_json({"id": number, "name": name})
    else:
        typer.echo(f"Added biller {number}: {name}")


@app.command("add-customers")
def add_account_numbers(
    biller: Annotated[str, typer.Argument(help="The biller's name or number")],
    file: Annotated[Path, typer.Argument(help="CSV with the header account_number or account_number,name")],
    as_json: Json = False,
) -> None:
    """Add customers to the stand-in CRM. Account numbers that are there stay as they are."""
    customers = _customers(file)
    added = asyncio.run(_add_customers(biller, customers))
    if as_json:
        show_json({"read": len(customers), "added": added})
    else:
        typer.echo(f"Added {added:,} of {len(customers):,} customers")


async def _list() -> list[dict[str, object]]:
    async with connected() as connection:
        return await billers(connection)


async def _add(new: NewBiller) -> int:
    async with connected() as connection:
        try:
            return await add_biller(connection, new)
        except asyncpg.UniqueViolationError:
            raise CommandError(
                f"There is a biller {new.name!r} already", remedy="See `customer-import admin billers list`"
            ) from None


async def _add_customers(biller: str, customers: list[tuple[str, str]]) -> int:
    async with connected() as connection:
        return await add_customers(connection, await biller_id(connection, biller), customers)


def _customers(file: Path) -> list[tuple[str, str]]:
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            rows = csv.DictReader(stream)
            if "account_number" not in (rows.fieldnames or []):
                raise CommandError(f"{file} has no column account_number", remedy="Name it in the first line")
            return [(row["account_number"], row.get("name") or "") for row in rows if row["account_number"]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{file} can't be read ({type(error).__name__})") from None


def _code_and_alias(text: str) -> tuple[str, str]:
    code, _, alias = text.partition("=")
    if not code.strip():
        raise CommandError(f"{text!r} has no code", remedy="Write it as CODE or CODE=Name")
    return code.strip(), alias.strip() or code.strip()


def _table(found: list[dict[str, object]]) -> Table:
    table = Table()
    for heading in ("id", "biller", "realm", "status", "invoice types"):
        table.add_column(heading)
    for one in found:
        codes = one["invoice_types"]
        told = ", ".join(map(str, codes)) if isinstance(codes, list) else ""
        table.add_row(str(one["id"]), str(one["name"]), str(one["realm"]), str(one["status"]), told)
    return table
