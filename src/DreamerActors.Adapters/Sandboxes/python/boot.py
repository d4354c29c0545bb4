"""First text the jailed interpreter runs (`python3 -I -S -c`): takes the harness from stdin and starts the zygote."""
import json
import os
import sys


class Delivered:
    """Finds `guard.<name>` among the sources that came by pipe; nothing of the harness lies in a file system."""

    def __init__(self, sources, spec):
        self.sources, self.spec = sources, spec

    def find_spec(self, name, path=None, target=None):
        if name == "guard":
            return self.spec(name, self, is_package=True)
        if name.startswith("guard.") and name[6:] in self.sources:
            return self.spec(name, self)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        if module.__name__ != "guard":
            text = self.sources[module.__name__[6:]]
            exec(compile(text, module.__name__, "exec", dont_inherit=True), module.__dict__)


def exactly(fd, size):
    parts = []
    while size:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def deliver(fd):
    head = exactly(fd, 5)
    if head[:1] != b"M":
        os._exit(70)
    sources = json.loads(exactly(fd, int.from_bytes(head[1:], "big")))
    sys.meta_path.insert(0, Delivered(sources, type(sys.__spec__ or json.__spec__)))


if __name__ == "__main__":
    # A second interpreter of the same jail is handed a descriptor instead of stdin.
    inherited = int(sys.argv[1]) if len(sys.argv) > 1 else None
    deliver(0 if inherited is None else inherited)
    if inherited is None:
        from guard.zygote import serve
    else:
        from guard.second import serve
    # What untrusted code can reach by walking frames ends here: `serve` has returned before any of it runs.
    serve()()
