"""What stands between a Lambda event and a use case: settings, wiring, HTTP in and out."""
