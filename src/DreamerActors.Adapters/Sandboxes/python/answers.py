"""What models answered, read by Python's own parser: which reading of a reply is a module, and whether test code is worth its name."""
import ast
import json
import re
import sys

from guard import findings

ASSERTING = re.compile(r"^(assert[A-Z_]\w*|raises|fail)$")
MOST_NAMES = 50


def installed(data):
    """The modules that code in the sandbox can import."""
    return {"modules": sorted(sys.stdlib_module_names)}


def choose(data):
    """The first reading that is a module: its blocks joined, what a later block defines anew taken from there, usage examples left out."""
    problem = "there is no code in the answer"
    for blocks in json.loads(data):
        parsed = []
        for block in blocks:
            tree, error = _parse(block)
            if tree is None:
                problem = f"the code does not parse: {error}"
            else:
                parsed.append((block, tree))
        kept, defined = [], set()
        for block, tree in reversed(parsed):
            new = _defined(tree) - defined
            if new and not _imports_solution(tree):
                kept.insert(0, block.strip("\n"))
                defined |= new
        if kept:
            return {"code": "\n\n\n".join(kept) + "\n", "problem": None}
        if parsed:
            problem = "the code defines nothing"
    return {"code": None, "problem": problem}


def tests(data):
    """What is wrong with test code, and a stub of everything that it imports from the solution: names without behaviour."""
    text = data.decode("utf-8")
    tree, error = _parse(text)
    if tree is None:
        return {"errors": [f"it does not parse: {error}"], "stub": ""}
    wanted, errors = [], []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "solution":
            wanted += [alias.name for alias in node.names]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "solution":
            wanted.append(node.attr)
        errors += [f"it imports {name}, which is not installed" for name in _foreign(node)]
    if not wanted or "*" in wanted:
        errors.append("it must import what it tests by name: from solution import ...")
    errors += [f"it defines {name}, which it should import from the solution" for name in sorted(_defined(tree) & set(wanted))]
    cases = list(_cases(tree))
    if not cases:
        errors.append("it has no function test_...")
    errors += [f"{case.name} has no assertion" for case in cases if not any(_asserts(node) for node in ast.walk(case))]
    errors += [f"line {found['line']}: {found['message']}" for found in findings.inspect(data)["findings"] if found["rule"].startswith("Undefined")]
    names = [name for name in dict.fromkeys(wanted) if name.isidentifier()][:MOST_NAMES]
    return {"errors": [error[:300] for error in errors], "stub": "\n\n".join(_stub(name) for name in names) + "\n"}


def _parse(text):
    try:
        return ast.parse(text), None
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return None, f"{type(error).__name__}: {error}"[:200]


def _defined(tree):
    names = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                names |= {each.id for each in ast.walk(target) if isinstance(each, ast.Name)}
    return names


def _imports_solution(tree):
    return any(isinstance(node, ast.ImportFrom) and node.module == "solution" or isinstance(node, ast.Import) and any(alias.name == "solution" for alias in node.names)
               for node in ast.walk(tree))


def _foreign(node):
    modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    known = {"solution", "pytest"} | sys.stdlib_module_names
    return [module for module in modules if module.split(".")[0] not in known]


def _cases(tree):
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from (each for each in node.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and each.name.startswith("test"))


def _asserts(node):
    if isinstance(node, ast.Assert):
        return True
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
    return bool(ASSERTING.match(name)) or name.startswith(("check", "_check", "verify", "assert"))


def _stub(name):
    if name.isupper():
        return f"{name} = None"
    if name[0].isupper():
        return f"class {name}(Exception):\n    def __init__(self, *args, **kwargs):\n        self.given = args"
    return f"def {name}(*args, **kwargs):\n    return None"
