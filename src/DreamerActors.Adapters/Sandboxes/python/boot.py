"""First text the jailed interpreter runs (`python3 -s -S -c`): takes the harness from stdin and starts the zygote."""
import os
import sys


class Delivered:
    """Finds `guard.<name>` among the compiled sources, which lie in a nameless file, each at its place; nothing of the harness lies in a file system."""

    def __init__(self, file, end):
        import marshal
        self.file, self.end, self.spec = file, end, type(os.__spec__)
        self.places = marshal.loads(os.pread(file, 1 << 20, end))

    def find_spec(self, name, path=None, target=None):
        if name == "guard":
            return self.spec(name, self, is_package=True)
        if name.startswith("guard.") and name[6:] in self.places:
            return self.spec(name, self)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        import marshal
        name = module.__name__[6:]
        if name:
            start, size = self.places[name]
            exec(marshal.loads(os.pread(self.file, size, start)), module.__dict__)


def exactly(fd, size):
    parts = []
    while size:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def delivered():
    """The payload of the first frame: the sources, as one JSON object."""
    head = exactly(0, 5)
    if head[:1] != b"M":
        os._exit(70)
    return exactly(0, int.from_bytes(head[1:], "big"))


def compile_all():
    """Compiles the sources and begins anew with the result: compiling leaves a heap full of holes, and each fork pays for every page it touches."""
    import json
    import marshal
    handed, places, end = os.memfd_create("harness", 0), {}, 0
    with open(handed, "wb", closefd=False) as file:
        for name, text in json.loads(delivered()).items():
            places[name] = end, file.write(marshal.dumps(compile(text, "guard." + name, "exec", dont_inherit=True)))
            end += places[name][1]
        file.write(marshal.dumps(places))
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:], "zygote", str(handed), str(end)])


if __name__ == "__main__":
    if len(sys.argv) < 3:
        compile_all()
    role, handed, end, line = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    del sys.argv[1:]                                         # solutions read theirs
    os.set_inheritable(handed, False)
    sys.meta_path.insert(0, Delivered(handed, end))
    if role == "zygote":
        from guard.zygote import serve
    else:
        from guard import sibling
        serve = lambda: sibling.serve(int(line[0]))
    # What untrusted code can reach by walking frames ends here: `serve` has returned before any of it runs.
    serve()()
