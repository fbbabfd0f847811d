"""AWS and Voipit on loopback, in a process of their own that counts what it is asked."""
