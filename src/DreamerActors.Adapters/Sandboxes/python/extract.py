"""Reads Python sources for what can be remembered: documented definitions, their examples as tests, and code that stands alone."""
import ast
import doctest
import json
import re

from guard.closure import DEFINITIONS, Closure, GivenUp, Module, is_standard
from guard.weave import Weaver

TOO_DEEP = (RecursionError, MemoryError)
LONGEST_DOC = 8_000


def extract(data):
    """JSON bytes {"files": [{"path", "module", "source"}]} → {"files": [{"path", "error", "doc", "imports", "entities"}]}.

    A document has {"blocks": […], "text"} instead of a source: its code blocks and its beginning.
    """
    files = json.loads(data)["files"]
    modules, errors = {}, {}
    for file in files:
        try:
            is_package = file["path"].endswith("__init__.py")
            source = file["source"] if "blocks" not in file else written_down(file["blocks"])
            modules[file["module"]] = Module(file["module"], source, is_package)
        except (SyntaxError, ValueError) as error:
            errors[file["path"]] = f"it does not parse: {error}"
        except TOO_DEEP:
            errors[file["path"]] = "it is nested too deeply"
    return {"files": [read_file(file, modules, errors.get(file["path"])) for file in files]}


def read_file(file, modules, error):
    told = {"path": file["path"], "error": error, "doc": "", "imports": [], "entities": []}
    if error is not None:
        return told
    module = modules[file["module"]]
    try:
        told["doc"] = file.get("text", ast.get_docstring(module.tree) or "")[:LONGEST_DOC]
        told["imports"] = sorted(imported(module))
        named = {node.name: node for node in module.tree.body if isinstance(node, DEFINITIONS)}
        shared = examples_of(module.tree)
        documented = {name: examples_of(node) + about(name, shared) for name, node in named.items()}
        documented = {name: docstrings for name, docstrings in documented.items() if docstrings}
        told["entities"] = [entity(module, modules, named[name], documented) for name in documented]
    except TOO_DEEP:
        told["error"] = "it is nested too deeply"
    return told


def written_down(blocks):
    """The code blocks of a document as one module: its examples become the docstring; blocks that are no Python are left out."""
    examples, code = [], []
    for block in blocks:
        try:
            if block.lstrip().startswith(">>>"):
                doctest.DocTestParser().get_examples(block)
                examples.append(block)
            else:
                ast.parse(block)
                code.append(block)
        except (SyntaxError, ValueError, *TOO_DEEP):
            continue
    return "\n\n\n".join([repr("\n\n".join(examples)), *code]) + "\n"


def imported(module):
    for unit in module.units:
        if isinstance(unit.node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in unit.node.names)
        elif isinstance(unit.node, ast.ImportFrom) and not unit.node.level:
            yield unit.node.module.partition(".")[0]


def examples_of(node):
    """The examples of a definition, one list per docstring: its own, then its methods'."""
    nodes = [node]
    if isinstance(node, ast.ClassDef):
        nodes += [part for part in node.body if isinstance(part, DEFINITIONS)]
    found = []
    for part in nodes:
        try:
            found.append(doctest.DocTestParser().get_examples(ast.get_docstring(part) or ""))
        except ValueError:
            continue
    return [examples for examples in found if examples]


def about(name, docstrings):
    """The examples of the module's own docstring, if one of them names the definition."""
    return [examples for examples in docstrings if any(
        word.search(example.source) for word in [re.compile(rf"\b{name}\b")] for example in examples)]


def entity(module, modules, node, documented):
    docstrings = documented[node.name]
    unit = module.binders[node.name][-1]
    told = {
        "name": node.name,
        "kind": "Class" if isinstance(node, ast.ClassDef) else "Function",
        "signature": signature(node),
        "doc": (ast.get_docstring(node) or "")[:LONGEST_DOC],
        "examples": [{"code": example.source.rstrip("\n"), "expected": example.want.rstrip("\n")}
                     for examples in docstrings for example in examples][:100],
        "uses": sorted(name for name in unit.reads if name in documented and name != node.name),
        "libraries": [], "source": None, "test_code": None, "test_cases": [], "refused": None,
    }
    try:
        remember(told, module, modules, docstrings)
    except GivenUp as reason:
        told["refused"] = str(reason)
    except (SyntaxError, ValueError) as error:
        told["refused"] = f"it cannot be written as a module of its own: {error}"
    except TOO_DEEP:
        told["refused"] = "it is nested too deeply"
    return told


def remember(told, module, modules, docstrings):
    name = told["name"]
    Closure(modules).need(module, name)
    siblings = [other for other in modules.values() if other is not module and related(other, module)]
    banned = set()

    def home(wanted):
        return next((place for place in [module, *siblings] if wanted in place.binders or
                     (place is module and wanted == name)), None)

    def resolve(wanted):
        place = home(wanted)
        if place is None or wanted in banned:
            return None
        units = place.binders[wanted]
        node = units[-1].node
        if units[-1].is_import:
            text = standard_import(place, node, wanted)
            if text:
                return text
        try:
            Closure(modules).need(place, wanted)
        except GivenUp:
            return None
        return "solution"

    weaver = Weaver(name, own_modules(module), resolve, {name} if only_prints(module.binders[name][-1].node) else set())
    for examples in docstrings:
        weaver.add(examples)
    tests = weaver.text()
    if not tests:
        raise GivenUp("none of its examples can be written as a test of its own")
    closure = Closure(modules)
    for wanted in [name, *sorted(weaver.solution - {name})]:
        closure.need(home(wanted), wanted)
    told["libraries"] = closure.libraries()
    told["source"] = closure.text()
    told["test_code"], told["test_cases"] = tests, weaver.cases


def only_prints(node):
    """Whether a function prints and never returns a value."""
    parts = list(ast.walk(node))
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(part, ast.Call) and getattr(part.func, "id", None) == "print" for part in parts) and not any(
        isinstance(part, (ast.Yield, ast.YieldFrom)) or isinstance(part, ast.Return) and part.value for part in parts)


def standard_import(module, node, name):
    for alias in node.names:
        if (alias.asname or alias.name.partition(".")[0]) != name:
            continue
        renamed = f" as {alias.asname}" if alias.asname else ""
        if isinstance(node, ast.Import):
            return f"import {alias.name}{renamed}" if is_standard(alias.name) else None
        if not node.level and is_standard(node.module):
            return f"from {node.module} import {alias.name}{renamed}"
    return None


def related(other, module):
    return bool(module.package) and other.name.partition(".")[0] == module.name.partition(".")[0]


def own_modules(module):
    """Every name under which the documentation may import the module's definitions."""
    parts = module.name.split(".")
    return {".".join(parts[:length]) for length in range(1, len(parts) + 1)} | {parts[-1]}


def signature(node):
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        return f"class {node.name}({bases})" if bases else f"class {node.name}"
    prefix = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    return f"{prefix} {node.name}({ast.unparse(node.args)})"[:500]
