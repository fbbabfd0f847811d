"""docs/scale.md: how many messages a second the gateway takes, by reckoning and by simulation."""
