"""The command line for a running mock: looking at what it holds, changing it, running syncs, steering it.

It knows the mock by its public and Config API, as any client does, and by `/_mock`. `tree` and `control_tree` declare
the commands, `declaring` runs the one that was asked for; `resources`, `jobs`, `seeds`, `steering`, `faults`, `journal`
and `webhooks` carry them out; `remote` calls, `result` prints. Exit codes: 0 fine, 1 an
error or a sync that did not succeed, 2 wrong usage.
"""
