"""The notifier: `python -m services.notifier`."""

from services.notifier.app import build_app
from services.notifier.settings import NotifierSettings
from shared.service import run


def main() -> None:
    settings = NotifierSettings()
    run(build_app(settings), settings)


if __name__ == "__main__":
    main()
