"""The version of this release: of the package, the image and every command."""

from typing import Final

VERSION: Final = "0.1.0"
