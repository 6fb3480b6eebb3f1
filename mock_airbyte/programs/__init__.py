"""Real Airbyte connectors, each a program of its own that speaks Airbyte's protocol on standard output.

`declared` (which there are), `installed` (what opens one), `specification` (what its configuration must be), `source`
(check and discover), `reading` and `spool` (rows and states), `configured` (catalogs and states as files), `messages`
(the protocol), `redaction` (its words without secrets), `process` and `supervise` (the program itself).
"""
