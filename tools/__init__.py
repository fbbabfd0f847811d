"""Programs for people who run the gateway, or use it from outside."""
