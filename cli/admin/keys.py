"""Keys and passwords, made at random: for the environment of the services, or the whole `.env` of compose."""

import base64
import json
import os
import secrets
from typing import Annotated

import typer

from cli.admin.setup import PASSWORDS
from cli.output import Json, show_json

_KEY_BYTES = 32
_COMPOSE_HEAD = """\
# Made by `customer-import admin keys --compose`. Keep it secret, and keep a copy: without IMPORT_DATA_KEYS nobody can
# read stored account numbers, without IMPORT_SECURE_UPLOAD_KEYS no stored file. Fill in the lines of the identity
# provider.
COMPOSE_PROFILES=mail
IMPORT_JWKS_URL=
IMPORT_JWT_ISSUER=
IMPORT_OIDC_CLIENT_ID=
IMPORT_OIDC_CLIENT_SECRET=
"""


def add_to(app: typer.Typer) -> None:
    """Add these commands to a group."""
    app.command()(keys)


def keys(
    for_compose: Annotated[
        bool, typer.Option("--compose", help="Print a whole .env for docker-compose.yml, with passwords")
    ] = False,
    with_passwords: Annotated[
        bool, typer.Option("--passwords", help="Also a password for the database role of each service")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make new keys and print them: of account numbers, fingerprints, stored files, the session cookie and webhooks.

    Nothing is stored. Account numbers that were sealed before need their old key, too: keep it in IMPORT_DATA_KEYS
    beside the new one, and name the new one in IMPORT_DATA_KEY_ID. So do files, with IMPORT_SECURE_UPLOAD_KEYS.
    """
    made = new_keys() | (_passwords() if with_passwords else {})
    if as_json:
        show_json(made)
    else:
        typer.echo(compose_environment() if for_compose else _lines(made), nl=False)


def new_keys() -> dict[str, str]:
    """By variable."""
    return {
        "IMPORT_DATA_KEYS": json.dumps({"k1": _key()}),
        "IMPORT_FINGERPRINT_KEY": _key(),
        "IMPORT_SESSION_KEY": _key(),
        "IMPORT_WEBHOOK_KEY": _key(),
        "IMPORT_SECURE_UPLOAD_KEYS": json.dumps({"f1": _key()}),
        "IMPORT_SECURE_UPLOAD_KEY_ID": "f1",
    }


def compose_environment() -> str:
    """An .env with everything that docker-compose.yml asks for."""
    servers = {f"{name}_PASSWORD": secrets.token_urlsafe(24) for name in ("POSTGRES", "OBJECTS", "GRAFANA")}
    return _COMPOSE_HEAD + _lines(new_keys() | _passwords() | servers | {"OBJECTS_USER": "customer-import"})


def _passwords() -> dict[str, str]:
    return {name: secrets.token_urlsafe(24) for name in PASSWORDS.values()}


def _lines(values: dict[str, str]) -> str:
    return "".join(f"{name}='{value}'\n" if '"' in value else f"{name}={value}\n" for name, value in values.items())


def _key() -> str:
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()
