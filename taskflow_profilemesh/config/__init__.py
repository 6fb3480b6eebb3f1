"""The config file `profilemesh.yml`: read, checked against its sections, and settled with what a task is given.

`sections.py` says what may stand in it. `yaml_document.py` reads the file and remembers its lines, `variables.py` fills
in `${VAR}`, `complaints.py` says what is wrong and where, `options.py` decides who is heard first. All that leaves this
room is plain values. It is loaded when a task runs; while a DAG file is parsed only where the DAG is built by a config.
`section.py` has what sections share, `…_section.py` and `…_sections.py` are some of them, `dag_options.py` has
what they say of a DAG. `environment.py` lays `PROFILEMESH_…` over the file, `json_schema.py` makes the schema for
editors.
"""

from taskflow_profilemesh.config.dag_options import DagOptions
from taskflow_profilemesh.config.json_schema import json_schema
from taskflow_profilemesh.config.options import ProfileOptions, Said, settle
from taskflow_profilemesh.config.read import ConfigText, read_config, read_dag_options

__all__ = [
    "ConfigText",
    "DagOptions",
    "ProfileOptions",
    "Said",
    "json_schema",
    "read_config",
    "read_dag_options",
    "settle",
]
