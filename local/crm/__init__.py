"""An outside application with the component in its page, on an origin of its own: for `make run`.

It stands for a company's CRM. Its server has the API key of a client and mints access tokens; its
page has none. What it does with the gateway is what docs/access-tokens.md asks of a page's server.
"""
