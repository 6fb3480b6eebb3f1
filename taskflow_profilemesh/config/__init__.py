"""The config file `profilemesh.yml`: read, checked against its sections, and settled with what a task is given.

`sections.py` says what may stand in it. `yaml_document.py` reads the file and remembers its lines, `variables.py` fills
in `${VAR}`, `complaints.py` says what is wrong and where, `options.py` decides who is heard first. All that leaves this
room is plain values; it is loaded when a task runs, never while a DAG file is parsed.
"""

from taskflow_profilemesh.config.options import ProfileOptions, Said, settle
from taskflow_profilemesh.config.read import read_config

__all__ = ["ProfileOptions", "Said", "read_config", "settle"]
