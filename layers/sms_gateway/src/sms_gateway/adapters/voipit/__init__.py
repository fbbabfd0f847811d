"""Voipit (the Accolades platform): the only place that knows its field names and its answers."""
