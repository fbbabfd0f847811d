"""What the gateway does, told in terms of the domain and of the ports in `ports`."""
