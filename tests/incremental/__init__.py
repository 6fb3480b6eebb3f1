"""Profiles of tables that grow: only what is new is read, and what became of the rest is noticed."""
