"""Ask this host's own service whether it is ready: the health check of a container, where no curl is at hand."""

import os
import sys
import urllib.error
import urllib.request

_LIMIT_SECONDS = 4


def main() -> int:
    """0 when ready, 1 otherwise."""
    port = int(os.environ.get("IMPORT_HTTP_PORT", "8000"))
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=_LIMIT_SECONDS):
            return 0
    except (urllib.error.URLError, TimeoutError):
        return 1


if __name__ == "__main__":
    sys.exit(main())
