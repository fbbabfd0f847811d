"""What a call costs: `make bench` runs the gateway beside itself of an older day and two peers."""
