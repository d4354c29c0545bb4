"""First text the jailed interpreter runs (`python3 -s -S -c`): takes the harness from stdin and starts the zygote."""
import os
import sys


class Delivered:
    """Finds `guard.<name>` among the compiled sources, which lie in a nameless file, each at its place; nothing of the harness lies in a file system."""

    def __init__(self, file, end, command):
        import marshal
        self.file, self.end, self.command, self.spec = file, end, command, type(os.__spec__)
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


def exactly(size, take):
    """Hands so many bytes from the host to `take`, part by part."""
    while size:
        part = os.read(0, min(size, 1 << 16))
        if not part:
            os._exit(0)
        take(part)
        size -= len(part)


def received():
    """The first frame: `M` brings sources, `P` what another interpreter like this one has compiled of them. Returns a file with the compiled and where its table is."""
    head = bytearray()
    exactly(5, head.extend)
    kind, size, file = head[:1], int.from_bytes(head[1:], "big"), os.memfd_create("harness", 0)
    if kind == b"P":
        begin = bytearray()
        exactly(8, begin.extend)
        if begin[:4] != VERSION:
            os._exit(70)
        exactly(size - 8, lambda part: os.write(file, part))
        return file, int.from_bytes(begin[4:], "big")
    if kind == b"M":
        text = bytearray()
        exactly(size, text.extend)
        compile_all(text, file)
    os._exit(70)


def compile_all(sources, handed):
    """Compiles the sources, tells the host the result, and begins anew with it: compiling leaves a heap full of holes, and each fork pays for every page it touches."""
    import json
    import marshal
    places, end = {}, 0
    with open(handed, "w+b", closefd=False) as file:
        for name, text in json.loads(sources).items():
            places[name] = end, file.write(marshal.dumps(compile(text, "guard." + name, "exec", dont_inherit=True)))
            end += places[name][1]
        file.write(marshal.dumps(places))
        file.seek(0)
        told = VERSION + end.to_bytes(4, "big") + file.read()
    with open(1, "wb", closefd=False) as host:
        host.write(b"P" + len(told).to_bytes(4, "big") + told)
    os.set_inheritable(handed, True)
    os.execv(sys.executable, [*sys.orig_argv, "zygote", str(handed), str(end)])


VERSION = sys.hexversion.to_bytes(4, "big")                  # another interpreter may not be able to run it

if __name__ == "__main__":
    words = sys.argv[1:]
    own = sys.orig_argv[:len(sys.orig_argv) - len(words)]
    del sys.argv[1:]                                         # solutions read theirs
    role, (handed, end) = (words[0], map(int, words[1:3])) if words else ("zygote", received())
    os.set_inheritable(handed, False)
    sys.meta_path.insert(0, Delivered(handed, end, own))
    if role == "zygote":
        from guard import pages
        pages.lay_out()
        from guard.zygote import serve
    else:
        from guard import sibling
        serve = lambda: sibling.serve(int(words[3]))
    # What untrusted code can reach by walking frames ends here: `serve` has returned before any of it runs.
    serve()()
