"""`python -m pages`: all of them; `python -m pages.api_reference`: one."""

from pages import (
    api_reference,
    client_models,
    collection,
    contract,
    costs,
    event_reference,
    gsm_alphabet,
    licences,
    metrics,
    settings,
    state_diagram,
)
from pages.scale import page as scale

for maker in (
    contract,
    client_models,
    state_diagram,
    api_reference,
    event_reference,
    collection,
    settings,
    metrics,
    costs,
    scale,
    licences,
    gsm_alphabet,
):
    maker.write()
