"""The command line for a running mock."""
