"""The composition root: which adapter serves which port, a module for each function.

A module imports only what its function uses, since every import is paid for in each cold start.
Tests wire fakes instead.
"""
