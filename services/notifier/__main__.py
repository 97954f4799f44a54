"""The notifier: `python -m services.notifier`, installed `customer-import-notifier`."""

from services.notifier.app import SERVICE, build_app
from services.notifier.settings import NotifierSettings
from shared import service
from shared.web import WebSettings


def main() -> None:
    service.main(SERVICE, NotifierSettings, build_app, WebSettings)


if __name__ == "__main__":
    main()
