"""Stored profiles as other tools read them: one file for each target. Pure: a profile goes in, a text comes out.

`rules.py` says what a profile suggests of tomorrow's rows; the targets that check something say that in their words.
"""
