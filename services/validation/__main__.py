"""The validation service: `python -m services.validation`."""

from services.validation.app import build_app
from services.validation.settings import ValidationSettings
from shared.service import run


def main() -> None:
    settings = ValidationSettings()
    run(build_app(settings), settings)


if __name__ == "__main__":
    main()
