"""The Voipit SMS gateway: everything its Lambda functions do.

`domain` holds the rules (standard library only), `use_cases` what the gateway does with them,
`adapters` the table, Voipit, SNS, secrets and phone numbers, `entrypoints` what stands between a
Lambda event and a use case. Imports point inwards only; `make check` enforces it.
"""
