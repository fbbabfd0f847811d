"""`make load`: the deployed local stack under more and more senders, beside an empty function."""
