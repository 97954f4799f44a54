"""The mapping service: `python -m services.mapping`, installed `customer-import-mapping`."""

from services.mapping.app import SERVICE, build_app
from services.mapping.settings import MappingSettings
from shared import service
from shared.web import WebSettings


def main() -> None:
    service.main(SERVICE, MappingSettings, build_app, WebSettings)


if __name__ == "__main__":
    main()
