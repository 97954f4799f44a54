"""`customer-import texts`: what customers of a biller are told by email."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.client import call_service
from cli.errors import CommandError
from cli.output import Json, say, show_json, show_table
from cli.system import Person, System, find_system

app = typer.Typer(
    no_args_is_help=True,
    help="Show and change what customers are told by email. Changing needs the right to edit emails.",
)
Biller = Annotated[str, typer.Argument(help="The biller (name or number)")]
About = Annotated[str, typer.Argument(help="What the email is about; see `texts list`")]
File = Annotated[Path, typer.Argument(help="The text: its first line is the subject, then a blank line and the body")]


@app.command("list")
def list_texts(biller: Biller, person: Person = None, as_json: Json = False) -> None:
    """List the emails to customers of a biller: who gets them, and whose text they have."""
    told = _texts(find_system(person), biller)
    if as_json:
        show_json(told)
        return
    table = Table(title=f"Emails to customers of {told['biller_name']}{'' if told['is_on'] else ': switched off'}")
    for heading in ("about", "title", "text", "changed by"):
        table.add_column(heading)
    for one in told["items"]:
        whose = "default" if one["is_default"] else "the biller's own"
        table.add_row(one["about"], one["title"], whose, one.get("changed_by") or "")
    show_table(table)


@app.command("show")
def show_text(biller: Biller, about: About, person: Person = None, as_json: Json = False) -> None:
    """Show a text as a file of it is written; the fields that it may name beside it."""
    one = _one(_texts(find_system(person), biller), about)
    if as_json:
        show_json(one)
        return
    typer.echo(f"{one['subject']}\n\n{one['body']}")
    say("Fields: " + ", ".join(f"{{{{ {name} }}}}" for name in one["fields"]))


@app.command("preview")
def preview_text(
    biller: Biller,
    about: About,
    file: Annotated[Path | None, typer.Argument(help="A text to try; the one in use if not given")] = None,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Show a text as a customer would get it, with a real row of a recent import. Nothing is saved."""
    system = find_system(person)
    told = _texts(system, biller)
    used = _one(told, about)
    text = {name: used[name] for name in ("subject", "body")} if file is None else _read(file)
    made = _call(system, "POST", f"{told['biller_id']}/texts/{about}/preview", text)
    if as_json:
        show_json(made)
        return
    typer.echo(f"{made['subject']}\n\n{made['body']}")
    source = f"With a row of import {made['import_id']}" if made["import_id"] else "With made-up values"
    say(f"{source}; nothing was saved or sent.")


@app.command("set")
def set_text(biller: Biller, about: About, file: File, person: Person = None, as_json: Json = False) -> None:
    """Change a text. Emails sent from now on have it."""
    system = find_system(person)
    told = _texts(system, biller)
    text = _read(file)
    _call(system, "PUT", f"{told['biller_id']}/texts/{_one(told, about)['about']}", text)
    _said({"about": about, **text}, f"Changed: {text['subject']}", as_json=as_json)


@app.command("reset")
def reset_text(biller: Biller, about: About, person: Person = None, as_json: Json = False) -> None:
    """Go back to the default text."""
    system = find_system(person)
    told = _texts(system, biller)
    _call(system, "DELETE", f"{told['biller_id']}/texts/{_one(told, about)['about']}")
    _said({"about": about, "is_default": True}, "Back to the default text", as_json=as_json)


def _texts(system: System, biller: str) -> Any:
    biller_id = int(biller) if biller.isdecimal() else system.client().biller(biller)["id"]
    return _call(system, "GET", f"{biller_id}/texts")


def _one(told: Any, about: str) -> Any:
    known = {one["about"]: one for one in told["items"]}
    if about not in known:
        raise CommandError(f"There is no email about \u201c{about}\u201d", remedy=f"Use one of: {', '.join(known)}")
    return known[about]


def _read(file: Path) -> dict[str, str]:
    try:
        subject, _, body = file.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        raise CommandError(f"{file} can't be read as text", remedy="Check its name, and save it as UTF-8") from None
    if not subject.strip() or not body.strip():
        raise CommandError(f"{file} has no subject or no body", remedy="Write the subject, a blank line and the body")
    return {"subject": subject.strip(), "body": body.strip("\n")}


def _call(system: System, method: str, path: str, body: object = None) -> Any:
    return call_service(system.url("notifier"), system.token, method, f"/customer-emails/{path}", json=body)


def _said(body: object, words: str, *, as_json: bool) -> None:
    if as_json:
        show_json(body)
    else:
        say(words)
