"""`python -m pages`: all of them; `python -m pages.api_reference`: one."""

from pages import (
    api_reference,
    contract,
    event_reference,
    licences,
    metrics,
    settings,
    state_diagram,
)

for maker in (contract, state_diagram, api_reference, event_reference, settings, metrics, licences):
    maker.write()
