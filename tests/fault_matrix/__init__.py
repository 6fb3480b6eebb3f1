"""The fault matrix: whatever goes wrong × however a task waits × whether it crashed: what is tried, and what is wrong.

cells.py     every cell of the matrix, as values
verdict.py   whether a cell's run started a job twice, left one alone, claimed a success or hung: pure
alone.py     runs the cells that need no process but this one
processes.py runs the others: many DAG runs on one real stack, whose tasks and triggerer are killed
mocks.py     the mock of one cell: its world, its time, and what its journal says
run.py       all of it, outside of pytest
page.py      the table that is committed: tests/flows/FAULT_MATRIX.md
"""
