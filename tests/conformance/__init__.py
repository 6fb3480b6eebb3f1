"""Whether the mock is what it says: real clients, and requests that nobody would send."""
