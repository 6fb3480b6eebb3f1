"""The decorators: a TaskFlow function says what to sync or to profile, and an operator of this package does it.

Each decorator is two files: its typed public name (`airbyte_sync.py`) and the operator under it
(`airbyte_sync_operator.py`), loaded when the first function is decorated, because a DAG file is parsed again and again.
`table_group.py` makes a group of tasks instead: one table on many workers.
What they share: `options.py`, every option once for type checkers, and `called.py`, calling the function.
"""
