"""Pytest fixtures of the mock; importing this needs nothing but pytest."""
