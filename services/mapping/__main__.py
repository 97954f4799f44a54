"""The mapping service: `python -m services.mapping`."""

from services.mapping.app import build_app
from services.mapping.settings import MappingSettings
from shared.service import run


def main() -> None:
    settings = MappingSettings()
    run(build_app(settings), settings)


if __name__ == "__main__":
    main()
