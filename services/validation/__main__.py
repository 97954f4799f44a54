"""The validation service: `python -m services.validation`, installed `customer-import-validation`."""

from services.validation.app import SERVICE, build_app
from services.validation.settings import ValidationSettings
from shared import service


def main() -> None:
    service.main(SERVICE, ValidationSettings, build_app)


if __name__ == "__main__":
    main()
