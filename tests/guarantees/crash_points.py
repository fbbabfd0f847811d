"""The crash points that the tests have visited, for the line at the end of the run."""

import pytest

CRASH_POINTS = pytest.StashKey[list[str]]()
