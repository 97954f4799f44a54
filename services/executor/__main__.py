"""The executor: `python -m services.executor`, installed `customer-import-executor`."""

from services.executor.app import SERVICE, build_app
from services.executor.settings import ExecutorSettings
from shared import service


def main() -> None:
    service.main(SERVICE, ExecutorSettings, build_app)


if __name__ == "__main__":
    main()
