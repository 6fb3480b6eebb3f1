"""The command line for a running mock: looking at what it holds, changing it, starting and cancelling syncs.

It knows the mock by its public and Config API only, as any client does. `tree` declares the commands and runs the one
that was asked for; `resources` and `jobs` carry them out; `remote` calls, `result` prints. Exit codes: 0 fine, 1 an
error or a sync that did not succeed, 2 wrong usage.
"""
