"""Versions of libraries as this interpreter has them; those of Python's own are Python's."""
import json
import os
import sys


def installed(payload):
    from importlib import metadata
    places = [place for place in (os.environ.get("DREAMER_LIBRARIES"), "/usr/lib/python3/dist-packages") if place]
    found = {}
    for name in json.loads(payload):
        if name in sys.stdlib_module_names:
            found[name] = "%d.%d.%d" % sys.version_info[:3]
            continue
        for spelled in (name, name.replace("_", "-")):
            for known in metadata.distributions(name=spelled, path=places):
                found.setdefault(name, known.version)
    return found
