"""The web page at `/`: what a person sees of the mock, and two buttons, one to start a sync and one to cancel it.

Symptoms: somebody may (not) see it? `guard`. A click goes wrong? `site`. Something is shown wrongly? `connections`,
`jobs`; the shell around them is `layout`. Everything that is shown passes through `markup`, which escapes it. The page
works without JavaScript and loads nothing from anywhere else.
"""
