"""First text the jailed interpreter runs (`python3 -s -S -c`): takes the harness from stdin and starts the zygote."""
import os
import sys


class Delivered:
    """Finds `guard.<name>` among the sources that came by pipe; nothing of the harness lies in a file system."""

    def __init__(self, sources, compiled):
        self.sources, self.compiled, self.spec = sources, compiled, type(os.__spec__)

    def find_spec(self, name, path=None, target=None):
        if name == "guard":
            return self.spec(name, self, is_package=True)
        if name.startswith("guard.") and (name[6:] in self.compiled or name[6:] in self.sources):
            return self.spec(name, self)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name = module.__name__[6:]
        if name and name not in self.compiled:
            self.compiled[name] = compile(self.sources[name], module.__name__, "exec", dont_inherit=True)
        if name:
            exec(self.compiled[name], module.__dict__)


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
    """`M` brings sources from the host; `P` what the first interpreter of this jail has compiled of them."""
    head = exactly(fd, 5)
    data = exactly(fd, int.from_bytes(head[1:], "big"))
    if head[:1] == b"M":
        import json
        delivered = Delivered(json.loads(data), {})
    elif head[:1] == b"P":
        import marshal
        delivered = Delivered({}, marshal.loads(data))
    else:
        os._exit(70)
    sys.meta_path.insert(0, delivered)


if __name__ == "__main__":
    # A sibling of the first interpreter is handed a descriptor instead of stdin.
    inherited = int(sys.argv[1]) if len(sys.argv) > 1 else None
    deliver(0 if inherited is None else inherited)
    if inherited is None:
        from guard.zygote import serve
    else:
        from guard.sibling import serve
    # What untrusted code can reach by walking frames ends here: `serve` has returned before any of it runs.
    serve()()
