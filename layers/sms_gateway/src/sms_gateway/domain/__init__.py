"""The rules of a message's life. Standard library only."""
