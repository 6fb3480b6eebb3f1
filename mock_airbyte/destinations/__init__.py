"""Where rows go: the protocol of a destination, and one file per kind.

`loading` (the sync modes, the same for every database), `names` (how tables and columns are called), `sqlite`,
`postgres`.
"""
