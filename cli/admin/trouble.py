"""What keeps somebody from Postgres, in words, with what to do. No text of the server is shown: it may hold values."""

import socket
import ssl
from dataclasses import dataclass
from typing import Final

import asyncpg


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, and what to do about it."""

    problem: str
    remedy: str


# The first that fits; {} is the variable with the address.
_TROUBLES: Final[tuple[tuple[tuple[type[Exception], ...], str, str], ...]] = (
    (
        (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError),
        "Postgres refuses the role or the password of {}",
        "Correct {}, or give the role that password with `customer-import admin setup`",
    ),
    (
        (asyncpg.InvalidCatalogNameError,),
        "Postgres has no database of the name in {}",
        "Create the database, or correct {}",
    ),
    (
        (asyncpg.InsufficientPrivilegeError,),
        "The role of {} may not connect to the database",
        "Run `customer-import admin setup`: it grants the connection",
    ),
    (
        (asyncpg.TooManyConnectionsError,),
        "Postgres has no connection left for {}",
        "Raise its max_connections, or lower IMPORT_POSTGRES_POOL",
    ),
    ((socket.gaierror,), "The host in {} has no address", "Correct {}, or the name server"),
    ((TimeoutError,), "Postgres at {} does not answer in time", "Look at firewalls and at the load of the server"),
    (
        (ssl.SSLError,),
        "The certificate of Postgres at {} is not of the authority in sslrootcert, not for its host, or has expired",
        "Correct sslrootcert or the host in {}, or renew the certificate of the server",
    ),
    ((FileNotFoundError,), "A file that {} names is not there", "Correct sslrootcert in {}"),
    ((OSError,), "Postgres at {} can't be reached", "Start it, or correct host and port in {}"),
    (
        (ValueError, asyncpg.ClientConfigurationError),
        "{} can't be read",
        "Write it as postgresql://role:password@host:5432/database",
    ),
)


def of_postgres(error: Exception, variable: str) -> Trouble:
    """The trouble with a connection that ``variable`` names."""
    for types, problem, remedy in _TROUBLES:
        if isinstance(error, types):
            return Trouble(problem.format(variable), remedy.format(variable))
    return Trouble(f"Postgres at {variable} answers with {type(error).__name__}", "See the log of the Postgres server")
