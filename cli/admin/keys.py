"""Keys and passwords, made at random: for the environment of the services, or the whole `.env` of compose."""

import base64
import json
import os
import secrets
from typing import Annotated

import typer

from cli.admin.setup import KAFKA_PASSWORDS, PASSWORDS
from cli.errors import CommandError
from cli.output import Json, show_json

_KEY_BYTES = 32
_BOTH_FILES = "docker-compose.yml:deploy/compose.secure.yml"
_PROVIDER = "http://id.localhost:8081/realms/customer-import"
_COMPOSE_HEAD = """\
# Made by `customer-import admin keys --compose`. Keep it secret, and keep a copy: without IMPORT_DATA_KEYS nobody can
# read stored account numbers, without IMPORT_SECURE_UPLOAD_KEYS no stored file. Fill in the lines of the identity
# provider.
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
    is_secure: Annotated[
        bool, typer.Option("--secure", help="With --compose: for deploy/compose.secure.yml too, users and TLS")
    ] = False,
    has_provider: Annotated[
        bool,
        typer.Option("--provider", help="With --compose: the identity provider of the profile oidc, to try it with"),
    ] = False,
    as_json: Json = False,
) -> None:
    """Make new keys and print them: of account numbers, fingerprints, stored files, the session cookie and webhooks.

    Nothing is stored. Account numbers that were sealed before need their old key, too: keep it in IMPORT_DATA_KEYS
    beside the new one, and name the new one in IMPORT_DATA_KEY_ID. So do files, with IMPORT_SECURE_UPLOAD_KEYS.
    """
    made = new_keys() | (_passwords() if with_passwords else {})
    if (is_secure or has_provider) and not for_compose:
        raise CommandError("--secure and --provider are for --compose", remedy="Use it, too")
    if as_json:
        show_json(made)
    else:
        whole = compose_environment(is_secure=is_secure, has_provider=has_provider) if for_compose else _lines(made)
        typer.echo(whole, nl=False)


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


def compose_environment(*, is_secure: bool = False, has_provider: bool = False) -> str:
    """An .env with everything that docker-compose.yml asks for; ``is_secure``: deploy/compose.secure.yml beside it.

    ``has_provider``: with the identity provider of the profile `oidc`, else its lines are to be filled in.
    """
    servers = {f"{name}_PASSWORD": secrets.token_urlsafe(24) for name in ("POSTGRES", "OBJECTS", "GRAFANA")}
    made = _provider(is_ours=has_provider) | new_keys() | _passwords() | servers | {"OBJECTS_USER": "customer-import"}
    if is_secure:
        made |= {"COMPOSE_FILE": _BOTH_FILES} | _broker_passwords()
    return _COMPOSE_HEAD + _lines(made)


def _provider(*, is_ours: bool) -> dict[str, str]:
    if not is_ours:
        names = ("IMPORT_JWKS_URL", "IMPORT_JWT_ISSUER", "IMPORT_OIDC_CLIENT_ID", "IMPORT_OIDC_CLIENT_SECRET")
        return {"COMPOSE_PROFILES": "mail"} | dict.fromkeys(names, "")
    return {
        "COMPOSE_PROFILES": "mail,oidc",
        "IMPORT_JWKS_URL": f"{_PROVIDER}/protocol/openid-connect/certs",
        "IMPORT_JWT_ISSUER": _PROVIDER,
        "IMPORT_OIDC_CLIENT_ID": "customer-import-pages",
        "IMPORT_OIDC_CLIENT_SECRET": secrets.token_urlsafe(24),
        "PROVIDER_PASSWORD": secrets.token_urlsafe(12),
    }


def _broker_passwords() -> dict[str, str]:
    return {name: secrets.token_urlsafe(24) for name in ("KAFKA_ADMIN_PASSWORD", *KAFKA_PASSWORDS.values())}


def _passwords() -> dict[str, str]:
    return {name: secrets.token_urlsafe(24) for name in PASSWORDS.values()}


def _lines(values: dict[str, str]) -> str:
    return "".join(f"{name}='{value}'\n" if '"' in value else f"{name}={value}\n" for name, value in values.items())


def _key() -> str:
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()
