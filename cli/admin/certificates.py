"""Certificates for the servers of compose: an authority of one's own, and what it signs for a server."""

import ipaddress
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cli.errors import CommandError
from cli.output import Json, say, show_json

_VALID: Final = timedelta(days=825)
_AUTHORITY: Final = "Customer Import"
_OWNERS: Final = ".key"  # nobody else may read these


def add_to(app: typer.Typer) -> None:
    """Add these commands to a group."""
    app.command()(certificates)


def certificates(
    folder: Annotated[Path, typer.Argument(help="Is made; must not hold certificates yet")],
    names: Annotated[list[str] | None, typer.Option("--name", help="A name or address of the server")] = None,
    as_json: Json = False,
) -> None:
    """Make a certificate for the Postgres of deploy/compose.secure.yml, and the authority that clients trust.

    The key of the authority is not kept: to renew, make all of them again.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in made_for(names or ["postgres"]).items():
            with (folder / name).open("xb") as file:
                (folder / name).chmod(0o600 if name.endswith(_OWNERS) else 0o644)
                file.write(content)
    except OSError as error:
        raise CommandError(f"{folder} can't be used: {error.strerror}", remedy="Name an empty folder") from error
    if as_json:
        show_json({"folder": folder})
    else:
        say(f"ca.crt, server.crt and server.key are in {folder}, for {_VALID.days} days")


def made_for(names: list[str]) -> Mapping[str, bytes]:
    """`ca.crt`, `server.crt` and `server.key`, in PEM."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer, subject = _named(_AUTHORITY), _named(names[0])
    ca = _certificate(issuer, issuer, authority.public_key()).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    server = _certificate(subject, issuer, key.public_key()).add_extension(
        x509.SubjectAlternativeName(list(map(_alternative, names))), critical=False
    )
    pem = serialization.Encoding.PEM
    return {
        "ca.crt": ca.sign(authority, hashes.SHA256()).public_bytes(pem),
        "server.crt": server.sign(authority, hashes.SHA256()).public_bytes(pem),
        "server.key": key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    }


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # clocks differ
        .not_valid_after(now + _VALID)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
