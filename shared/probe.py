"""Ask this host's own service whether it is ready: the health check of a container, where no curl is at hand.

A process without a port is asked by the file that it touches: `python -m shared.probe /tmp/alive`.
"""

import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

_LIMIT_SECONDS = 4
_OLDEST_SECONDS = 60


def main() -> int:
    """0 when ready, 1 otherwise."""
    return 0 if (_is_touched(Path(sys.argv[1])) if sys.argv[1:] else _is_ready()) else 1


def _is_touched(file: Path) -> bool:
    try:
        return time.time() - file.stat().st_mtime < _OLDEST_SECONDS
    except OSError:
        return False


def _is_ready() -> bool:
    port = int(os.environ.get("IMPORT_HTTP_PORT", "8000"))
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=_LIMIT_SECONDS):
            return True
    except (urllib.error.URLError, TimeoutError):
        return False


if __name__ == "__main__":
    sys.exit(main())
