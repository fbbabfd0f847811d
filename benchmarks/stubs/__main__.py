"""The process: two HTTPS ports, and orders on standard input. Its argument is the chain to show."""

import asyncio
import sys
from pathlib import Path

from benchmarks.stubs.control import serve

asyncio.run(serve(Path(sys.argv[1])))
