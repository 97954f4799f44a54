"""The executor: `python -m services.executor`."""

from services.executor.app import build_app
from services.executor.settings import ExecutorSettings
from shared.service import run


def main() -> None:
    settings = ExecutorSettings()
    run(build_app(settings), settings)


if __name__ == "__main__":
    main()
