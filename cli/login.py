"""`login`, `logout` and `profiles`: signing in to systems, each under a name."""

import time
from typing import Annotated

import httpx
import typer
from rich.table import Table

from cli import profiles
from cli.device_flow import Asked, Provider, is_current, require_safe
from cli.errors import CommandError
from cli.output import Json, say, show_json, show_table
from cli.profiles import Profile
from cli.system import SERVICES

_CLIENT = "customer-import-cli"
_wait = time.sleep


def add_to(app: typer.Typer) -> None:
    """Add these commands to a group."""
    for command in (login, logout):
        app.command()(command)
    app.command("profiles")(list_profiles)


def login(
    url: Annotated[str | None, typer.Option(help="Address of pages and API")] = None,
    issuer: Annotated[str | None, typer.Option(help="Your identity provider (its issuer URL)")] = None,
    client_id: Annotated[
        str | None, typer.Option(help=f"The client of the command line at the provider; otherwise {_CLIENT}")
    ] = None,
    mapping_url: Annotated[str | None, typer.Option(help="Address of mapping, where it is not --url")] = None,
    status_url: Annotated[str | None, typer.Option(help="Address of the notifier, where it is not --url")] = None,
    as_json: Json = False,
) -> None:
    """Sign in with your browser. The system is kept under the name that --profile gives, so later `login` is enough."""
    name = profiles.chosen()
    known = profiles.profiles().get(name)
    services = dict.fromkeys(SERVICES, url) if url else {}
    services |= {"mapping": mapping_url} if mapping_url else {}
    services |= {"notifier": status_url} if status_url else {}
    addresses = {service: require_safe(one).rstrip("/") for service, one in services.items() if one}
    wanted = Profile(
        services=addresses or (known.services if known else {}),
        issuer=issuer or (known.issuer if known else ""),
        client_id=client_id or (known.client_id if known else _CLIENT),
    )
    if not wanted.services or not wanted.issuer:
        raise CommandError("The first sign-in needs to know where", remedy="Add --url and --issuer")
    with httpx.Client(timeout=30) as http:
        signed_in = Provider(http, wanted.issuer).sign_in(wanted, _ask, _wait)
    profiles.save(name, signed_in)
    if as_json:
        show_json({"profile": name, "services": dict(signed_in.services), "expires_at": int(signed_in.expires_at)})
    else:
        say(f"Signed in ({name})")


def logout(as_json: Json = False) -> None:
    """Sign out: forget the tokens of the profile, and tell the identity provider."""
    name = profiles.chosen()
    known = profiles.profiles().get(name)
    if known is None:
        raise CommandError(f"No profile is named {name!r}", remedy="List them with `customer-import profiles`")
    profiles.save(name, known.signed_out())
    if known.refresh_token:
        with httpx.Client(timeout=30) as http:
            Provider(http, known.issuer).revoke(known)
    if as_json:
        show_json({"profile": name, "signed_in": False})
    else:
        say(f"Signed out ({name})")


def list_profiles(as_json: Json = False) -> None:
    """List the systems that you have signed in to."""
    now = time.time()
    found = [
        {
            "profile": name,
            "url": next(iter(one.services.values()), ""),
            "issuer": one.issuer,
            "signed_in": is_current(one, now) or bool(one.refresh_token),
        }
        for name, one in sorted(profiles.profiles().items())
    ]
    if as_json:
        show_json(found)
        return
    table = Table("Profile", "Address", "Identity provider", "Signed in")
    for each in found:
        table.add_row(*map(str, (each["profile"], each["url"], each["issuer"], "yes" if each["signed_in"] else "no")))
    show_table(table)


def _ask(asked: Asked) -> None:
    say(f"Open {asked.whole_address or asked.address}")
    say(f"Check that it shows the code {asked.code}" if asked.whole_address else f"Enter the code {asked.code} there")
