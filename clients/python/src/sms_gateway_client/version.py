"""The version of the package, which is that of the gateway and of its contract."""

from typing import Final

VERSION: Final = "0.2.0"
