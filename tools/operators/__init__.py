"""Commands for the people who run a deployed gateway: `docs/operating.md` shows each of them.

Every module here is a command (`python -m tools.operators.<name>`, `make <name>`); `parts` holds
what they share.
"""
