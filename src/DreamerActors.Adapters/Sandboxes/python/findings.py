"""The static stage: bandit and pyflakes as libraries, and the few rules they lack. Runs in a sandbox of its own: source text is hostile too."""
import ast
import io
import re
import sys
import tokenize
import unicodedata

LIBRARIES = "/usr/lib/python3/dist-packages"
if LIBRARIES not in sys.path:
    sys.path.append(LIBRARIES)

from bandit.core import config, meta_ast, metrics, node_visitor, test_set  # noqa: E402
from pyflakes import checker, messages  # noqa: E402

# What refuses a candidate always, or in strict mode. Everything else bandit knows is noted: it is about deployment, not about honesty.
NOTE, STRICT, REFUSE = "note", "strict", "refuse"
BANDIT = {"B102": STRICT, "B307": STRICT, "B602": REFUSE, "B604": REFUSE, "B605": REFUSE, "B609": REFUSE}
PYFLAKES_REFUSES = (messages.UndefinedName, messages.UndefinedLocal, messages.ReturnOutsideFunction, messages.YieldOutsideFunction,
                   messages.ContinueOutsideLoop, messages.BreakOutsideLoop, messages.DefaultExceptNotLast, messages.TwoStarredExpressions)
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bsk-[A-Za-z0-9_-]{20,}|\bAIza[0-9A-Za-z_-]{35}\b"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.")
SECRET_NAMES = re.compile(r"(?i)(^|_)(password|passwd|pwd|secret|api_?key|access_?key|auth_?token|private_?key)$")
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
ENDS_PROCESS = {"os": {"_exit", "abort", "kill", "killpg", "fork", "forkpty", "system", "popen"}, "posix": None, "ctypes": None, "_ctypes": None, "pty": None,
                "signal": {"raise_signal", "pthread_kill"}, "sys": {"_getframe", "settrace", "setprofile", "_current_frames", "exit", "excepthook"},
                "gc": {"get_objects", "get_referrers", "get_referents"}, "atexit": None, "inspect": {"currentframe", "stack", "getouterframes"}}
STARTS_PROCESS = re.compile(r"^(exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?)$")
REACHES_BUILTINS = {"eval", "exec", "compile", "__import__"}
HIDDEN = {"__subclasses__", "__globals__", "__builtins__", "__code__", "__mro__", "__bases__", "f_globals", "f_locals", "f_back", "gi_frame", "cr_frame", "tb_frame"}
MOST = 100


def inspect(data):
    """The findings about one source text: {"findings": [{"rule","line","level","message"}]}."""
    return _inspect(data, lambda text: True)


def glance(data):
    """The same without bandit's notes, where none of the rules of bandit that always refuse can apply: half of the time goes into those notes."""
    return _inspect(data, may_start_a_shell)


def may_start_a_shell(text):
    """Whether a name or a keyword that those rules look for stands in the text. What is not ASCII may read as one after normalisation."""
    return not text.isascii() or SHELLS.search(text) is not None


def _inspect(data, asks_bandit):
    try:
        text = data.decode("utf-8")
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return {"findings": [_finding("unreadable", getattr(error, "lineno", 1) or 1, REFUSE, f"{type(error).__name__}: {error}")]}
    found = [*_own(text, tree), *_pyflakes(tree), *(_bandit(text) if asks_bandit(text) else ())]
    found.sort(key=lambda each: (each["level"] == NOTE, each["line"], each["rule"]))
    return {"findings": found[:MOST]}


def _finding(rule, line, level, message):
    return {"rule": rule, "line": int(line), "level": level, "message": str(message)[:200]}


def _bandit(text):
    """bandit's own visitor over the text; `# nosec` comments do not count."""
    visitor = node_visitor.BanditNodeVisitor("solution.py", META, TESTS, False, set(), metrics.Metrics())
    visitor.metrics.begin("solution.py")
    visitor.process(text)
    for issue in visitor.tester.results:
        yield _finding(issue.test_id, issue.lineno, BANDIT.get(issue.test_id, NOTE), issue.text)


def _pyflakes(tree):
    for message in checker.Checker(tree, "solution.py").messages:
        yield _finding(type(message).__name__, message.lineno, REFUSE if isinstance(message, PYFLAKES_REFUSES) else NOTE, message.message % message.message_args)


def _own(text, tree):
    for match in BIDI.finditer(text):
        yield _finding("bidi-control", text.count("\n", 0, match.start()) + 1, REFUSE, "a bidirectional control character hides what the code says")
    head = "\n".join(text.split("\n", 2)[:2])
    if re.search(r"coding[:=]\s*(?!utf-?8\b)[-\w.]+", head) and re.match(r"\s*#", head):
        yield _finding("source-encoding", 1, REFUSE, "the source asks to be read in another encoding")
    for line, word in () if text.isascii() else _identifiers(text):
        yield _finding("disguised-name", line, REFUSE, f"the identifier reads as {unicodedata.normalize('NFKC', word)!r} only after normalisation")
    placeholder = _placeholder(tree)
    if placeholder is not None:
        yield _finding("placeholder", placeholder, REFUSE, "a function has no body but a placeholder")
    for node in ast.walk(tree):
        if type(node) in LOOKED_AT:
            yield from _node(node)


def _identifiers(text):
    """Names that are ASCII only after the normalisation Python applies to them: written to be read as something else."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        word = token.string
        if token.type == tokenize.NAME and not word.isascii() and unicodedata.normalize("NFKC", word).isascii():
            yield token.start[0], word


def _placeholder(tree):
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.decorator_list:
            body = [each for each in node.body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]
            raised = len(body) == 1 and isinstance(body[0], ast.Raise) and ast.unparse(body[0]).startswith("raise NotImplementedError")
            if raised or all(isinstance(each, ast.Pass) for each in body):
                return node.lineno
    return None


LOOKED_AT = {ast.Constant, ast.Assign, ast.AnnAssign, ast.keyword, ast.Attribute, ast.ImportFrom, ast.Import, ast.Call}


def _node(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
        value = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
        if SECRETS.search(value):
            yield _finding("secret", node.lineno, REFUSE, "a credential or private key stands in the code")
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and _is_secret(node.value):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            name = target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else ""
            if SECRET_NAMES.search(name):
                yield _finding("hard-coded-credential", node.lineno, REFUSE, f"{name[:60]} is set to a fixed text")
    if isinstance(node, ast.keyword) and node.arg and SECRET_NAMES.search(node.arg) and _is_secret(node.value):
        yield _finding("hard-coded-credential", node.value.lineno, REFUSE, f"{node.arg[:60]} is given a fixed text")
    if isinstance(node, ast.Attribute) and node.attr in HIDDEN:
        yield _finding("reflection", node.lineno, REFUSE, f"{node.attr} reaches behind the interpreter's back")
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield from _member(node, node.value.id, node.attr)
    if isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            yield from _member(node, node.module, alias.name)
    if isinstance(node, ast.Import):
        for alias in node.names:
            if ENDS_PROCESS.get(alias.name, ()) is None:
                yield _finding("interpreter-control", node.lineno, REFUSE, f"{alias.name} reaches around the interpreter")
    if isinstance(node, ast.Call):
        yield from _call(node)


def _member(node, module, name):
    members = ENDS_PROCESS.get(module, ())
    if members is None or name in members or module in ("os", "posix") and STARTS_PROCESS.match(name):
        yield _finding("interpreter-control", node.lineno, REFUSE, f"{module}.{name} ends, replaces or looks behind the interpreter")


def _call(node):
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == "__import__":
        yield _finding("hidden-import", node.lineno, REFUSE, "a module is imported by a computed name")
    if name == "getattr" and node.args and isinstance(node.args[0], ast.Name) and node.args[0].id in ("__builtins__", "builtins"):
        yield _finding("hidden-builtin", node.lineno, REFUSE, "a builtin is fetched by a computed name")
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) and node.func.value.id == "builtins" and node.func.attr in REACHES_BUILTINS:
        yield _finding("hidden-builtin", node.lineno, REFUSE, f"builtins.{node.func.attr}")


def _is_secret(value):
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and len(value.value) >= 6 and not value.value.isspace()


# bandit asks for the lines of each node, which takes a walk below it, for reports and comments that are not used here.
node_visitor.b_utils.linerange = lambda node: [getattr(node, "lineno", 0)]
META = meta_ast.BanditMetaAst()
BUILTINS = {name: checker.Builtin(name) for name in checker.Checker.builtIns}


class Module(checker.ModuleScope):
    """pyflakes makes the builtins anew for each text, which takes a third of its time."""

    def __init__(self):
        super().__init__()
        for each in BUILTINS.values():
            each.used = False
        self.update(BUILTINS)


checker.Checker.builtIns, checker.Checker._ast_node_scope[ast.Module] = frozenset(), Module
checker._collect_type_comments = lambda tree, tokens: {}     # it would look for their places in the whole tree, and is given no comments
TESTS = test_set.BanditTestSet(config.BanditConfig(), profile=None)


def _shells():
    """What a text must contain for one of bandit's refusing rules to apply: the name of a function that they know, or their keyword."""
    refusing = [test for test in TESTS.get_tests("Call") if BANDIT.get(test._test_id) == REFUSE]
    names = {name.rpartition(".")[2] for test in refusing for name in getattr(test, "_config", {}).get("shell", ())}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names | {'shell'})))})\b")


SHELLS = _shells()
