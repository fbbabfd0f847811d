"""A simulator of Voipit that answers, blocks, cuts and reports as the provider might.

Provider facts and their numbering (`voipit-api.md §n`) are in `docs/voipit-api.md`.
"""
