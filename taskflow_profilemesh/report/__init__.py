"""Pages for people, made of stored profiles: one HTML file, or pages of a web application.

`reading.py` takes from the store what a table's page tells; `overlay.py`, `marks.py`, `charts.py`,
`column_drawing.py` and `figures.py` turn numbers into drawings and words; `column_view.py`, `table_view.py` and
`index_view.py` say what stands on a page, `templates/` how, `pages.py` puts both together. No value gets into a page
but through the templates' escaping or as numbers. Needs the extra `[report]`; nothing is imported before a page is
made.
"""
