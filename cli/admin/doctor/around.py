"""What stands around the services: broker, identity provider, Secure Upload, mail server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final
from uuid import uuid4

import aiosmtplib
import httpx
from aiokafka.errors import KafkaError

from cli.admin.doctor.environment import read
from cli.admin.doctor.findings import Finding, advice, good, wrong
from services.mapping.settings import MappingSettings
from services.notifier.settings import NotifierSettings
from shared.messaging import TOPICS, topic_differences
from shared.secure_upload import SecureUpload, SecureUploadUnavailable, object_key
from shared.settings import AuthSettings, KafkaSettings, SecureUploadSettings
from shared.web import WebSettings

LIMIT_SECONDS: float = 15.0
_LET_GO_SECONDS: Final = 0.2
_DISCOVERY: Final = "/.well-known/openid-configuration"
_NO_BILLER: Final = 2**63 - 1  # its folder holds nothing but what is removed again
_KEYS: Final = "IMPORT_JWKS_URL"


async def broker(settings: KafkaSettings | None) -> list[Finding]:
    """Kafka: whether it answers, and whether it has the topics."""
    if settings is None:
        return [wrong("Kafka", "IMPORT_KAFKA_BOOTSTRAP is not set", "Set it to the brokers: host:port[,host:port…]")]
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            differences = await topic_differences(settings)
    except (KafkaError, OSError, TimeoutError, ValueError) as error:
        return [
            wrong(
                "Kafka",
                f"does not respond as IMPORT_KAFKA_BOOTSTRAP says ({type(error).__name__})",
                "Start it, or correct IMPORT_KAFKA_BOOTSTRAP, IMPORT_KAFKA_SECURITY_PROTOCOL and the SASL settings",
            )
        ]
    missing = [one.topic for one in differences if one.setting == "topic"]
    others = [
        f"{one.topic}: {one.setting} is {one.found}, not {one.wanted}"
        for one in differences
        if one.topic not in missing
    ]
    found = [good("Kafka", "responds")]
    if missing:
        found.append(wrong("topics", f"missing: {', '.join(missing)}", "Run `customer-import admin setup`"))
    if others:
        found.append(wrong("topics", "; ".join(others), "Change them, or see `customer-import admin topics check`"))
    return found if differences else [*found, good("topics", f"all {len(TOPICS)}")]


async def provider(settings: AuthSettings | None) -> list[Finding]:
    """The key set of tokens, and whether it belongs to the issuer that is accepted."""
    if settings is None:
        return []  # told with the settings
    async with httpx.AsyncClient(timeout=LIMIT_SECONDS) as client:
        ours = await _key_ids(client, settings.jwks_url)
        if ours is None:
            return [wrong("identity provider", f"{_KEYS} gives no key set", f"Start the provider, or correct {_KEYS}")]
        told = await _document(client, settings.jwt_issuer.rstrip("/") + _DISCOVERY)
        if told is None:
            return [good("identity provider", f"{len(ours)} keys; the issuer has no discovery document to compare")]
        if told.get("issuer") != settings.jwt_issuer:
            return [
                wrong(
                    "identity provider",
                    "the provider at IMPORT_JWT_ISSUER calls itself by another name",
                    "Set IMPORT_JWT_ISSUER to `issuer` of its discovery document, letter by letter",
                )
            ]
        theirs = await _key_ids(client, str(told.get("jwks_uri", "")))
        if theirs is not None and not ours & theirs:
            return [
                wrong(
                    "identity provider",
                    f"{_KEYS} has none of the keys of IMPORT_JWT_ISSUER: they are of two realms",
                    f"Set {_KEYS} to `jwks_uri` of the issuer's discovery document",
                )
            ]
    return [good("identity provider", f"{len(ours)} keys of the issuer")]


async def sign_in(settings: WebSettings | None) -> list[Finding]:
    """The provider where people sign in to the pages."""
    if settings is None:
        return []  # told with the settings
    if settings.session_key is None:
        return [good("pages", "none: IMPORT_SESSION_KEY is not set")]
    if settings.sign_in != "oidc":
        return [good("pages", f"sign-in: {settings.sign_in}")]
    async with httpx.AsyncClient(timeout=LIMIT_SECONDS) as client:
        told = await _document(client, settings.oidc_issuer + _DISCOVERY)
        if told is None or "authorization_endpoint" not in told:
            remedy = "Correct it: the address before /.well-known"
            return [wrong("pages", "IMPORT_OIDC_ISSUER has no discovery document", remedy)]
        if await _is_unknown_client(client, settings, str(told.get("token_endpoint", ""))):
            remedy = "Correct IMPORT_OIDC_CLIENT_ID and IMPORT_OIDC_CLIENT_SECRET"
            return [wrong("pages", "the provider does not accept the client: nobody can sign in", remedy)]
    return [good("pages", "sign-in: the provider responds")]


async def row_checks(settings: MappingSettings | None) -> list[Finding]:
    if settings is None or settings.validation_url is None:
        return []
    async with httpx.AsyncClient(timeout=LIMIT_SECONDS) as client:
        try:
            answer = await client.get(f"{str(settings.validation_url).rstrip('/')}/healthz")
        except httpx.HTTPError:
            answer = None
    if answer is not None and answer.is_success:
        return [good("validation", "responds")]
    remedy = "Start it, or correct IMPORT_VALIDATION_URL: without it, cells are checked only when they are sent"
    return [advice("validation", "does not respond at IMPORT_VALIDATION_URL", remedy)]


async def store(settings: SecureUploadSettings | None, newest: str | None, *, writes: bool) -> list[Finding]:
    """The Secure Upload: read, and where the service writes, written; ``newest`` is a file that must be in it."""
    if settings is None:
        return []  # told with the settings
    key = object_key(_NO_BILLER, uuid4())
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            upload = SecureUpload(settings.secure_upload_url, settings.secure_upload_options, settings.file_sealer)
            if writes:
                await upload.put(key, _few_bytes(), limit=100)
                await upload.size(key)
                await upload.delete(key)
            else:
                await _looked_for(upload, key)
            lost = await _lost(upload, newest) if newest else None
    except (SecureUploadUnavailable, FileNotFoundError, OSError, TimeoutError, ValueError) as error:
        return [
            wrong(
                "Secure Upload",
                f"IMPORT_SECURE_UPLOAD_URL can't be used ({type(error).__name__})",
                "Make the folder or bucket, or correct IMPORT_SECURE_UPLOAD_URL and IMPORT_SECURE_UPLOAD_OPTIONS",
            )
        ]
    # Threads of the library let go of Python objects a little later; a program that ends before that is aborted.
    await asyncio.sleep(_LET_GO_SECONDS)
    return [lost or good("Secure Upload", "can be written" if writes else "can be read")]


async def mail() -> list[Finding]:
    """The mail server: reached, with TLS and signed in as it is set; nothing is sent."""
    settings = read(NotifierSettings)
    if settings is None:
        return []  # told with the settings
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    client = aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_user,
        password=password,
        start_tls=settings.smtp_starttls == "required",
        cert_bundle=settings.smtp_ca_file,
        timeout=min(LIMIT_SECONDS, settings.smtp_timeout_seconds),
    )
    try:
        async with client:
            await client.noop()
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        return [
            wrong(
                "mail server",
                f"can't be used as IMPORT_SMTP_HOST and the other settings say ({type(error).__name__})",
                "Start it, or correct IMPORT_SMTP_HOST, IMPORT_SMTP_PORT, IMPORT_SMTP_STARTTLS, user and password",
            )
        ]
    return [good("mail server", "takes mail")]


async def _looked_for(upload: SecureUpload, key: str) -> None:
    try:
        await upload.size(key)
    except FileNotFoundError:
        return  # as it should be: the store said so


async def _lost(upload: SecureUpload, newest: str) -> Finding | None:
    try:
        await upload.size(newest)
    except FileNotFoundError:
        return wrong(
            "Secure Upload",
            f"the file that was stored last, {newest}, is not in it",
            "Set the same IMPORT_SECURE_UPLOAD_URL for mapping, validation and notifier, or restore the files",
        )
    try:
        async for _ in upload.stream(newest):
            break
    except (SecureUploadUnavailable, FileNotFoundError):
        return wrong(
            "Secure Upload",
            f"the file that was stored last, {newest}, can't be opened",
            "Set the same IMPORT_SECURE_UPLOAD_KEYS for mapping, validation and notifier",
        )
    return None


async def _few_bytes() -> AsyncIterator[bytes]:
    yield b"customer-import admin doctor"


async def _is_unknown_client(client: httpx.AsyncClient, settings: WebSettings, endpoint: str) -> bool:
    """Whether the provider refuses us as a client; a code that nobody was given it refuses anyway (RFC 6749, 5.2)."""
    redirect = f"{settings.wizard_url}/sign-in/callback"
    asked = {"grant_type": "authorization_code", "code": "none", "redirect_uri": redirect, "code_verifier": "none" * 11}
    proof = (settings.oidc_client_id, settings.oidc_client_secret.get_secret_value())
    try:
        answer = await client.post(endpoint, data=asked, auth=proof)
        told = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return False  # it says nothing of the client
    return "invalid_client" in str(told)


async def _document(client: httpx.AsyncClient, url: str) -> dict[str, object] | None:
    try:
        answer = await client.get(url)
        document = answer.raise_for_status().json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
    return document if isinstance(document, dict) else None


async def _key_ids(client: httpx.AsyncClient, url: str) -> set[str] | None:
    document = await _document(client, url)
    keys = document.get("keys") if document else None
    if not isinstance(keys, list) or not keys:
        return None
    return {str(key.get("kid")) for key in keys if isinstance(key, dict)}
