"""What is looked at for each part, in the order in which it is told."""

from typing import Final

from cli.admin.doctor import around, database, environment
from cli.admin.doctor.findings import Finding
from cli.admin.doctor.parts import Part
from services.mapping.settings import MappingSettings
from shared.settings import AuthSettings, KafkaSettings, SecureUploadSettings, ServiceSettings
from shared.web import WebSettings

_STORES_FILES: Final = (Part.MAPPING, Part.VALIDATION, Part.NOTIFIER)
_HAS_PAGES: Final = (Part.MAPPING, Part.NOTIFIER)


async def look(part: Part) -> list[Finding]:
    if part == Part.SETUP:
        found = environment.unknown() + await database.of_administrator()
        return found + await around.broker(environment.read(KafkaSettings))
    found = environment.of_service(part.value)
    if part in _STORES_FILES:
        newest = await database.newest_file(environment.read(ServiceSettings))
        found += await around.store(environment.read(SecureUploadSettings), newest, writes=part == Part.MAPPING)
    found += await database.of_service(part.value, environment.read(ServiceSettings))
    if kafka := environment.read(KafkaSettings):
        found += await around.broker(kafka)
    found += await around.provider(environment.read(AuthSettings))
    if part in _HAS_PAGES:
        found += await around.sign_in(environment.read(WebSettings))
    if part == Part.MAPPING:
        found += await around.row_checks(environment.read(MappingSettings))
    if part == Part.NOTIFIER:
        found += await around.mail()
    return found
