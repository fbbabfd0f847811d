"""What runs the gateway on a developer's machine."""
