"""Commands for the people who run a deployed gateway: `docs/operating.md` shows each of them."""
