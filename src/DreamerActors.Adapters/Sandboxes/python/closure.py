"""A module of its own for one definition: the definition with everything of its package that it needs, in its original words."""
import ast
import builtins
import functools
import symtable
import sys

LARGEST = 60_000
BUILTINS = frozenset(dir(builtins)) | {"__name__", "__doc__", "__file__", "__debug__", "__builtins__", "__annotations__"}
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class GivenUp(Exception):
    """The definition cannot stand alone; the message says why."""


def is_standard(module):
    return module.partition(".")[0] in sys.stdlib_module_names


def bound_names(node):
    """Names that a statement binds in the scope it stands in."""
    if isinstance(node, DEFINITIONS):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names} - {"*"}
    names = set()
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        names.add(node.id)
    if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        names.add(node.name)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, DEFINITIONS) or not isinstance(child, SCOPES):
            names |= bound_names(child)
    return names


def read_names(text):
    """Names that a text looks up in the module's scope."""
    def visit(table):
        for symbol in table.get_symbols():
            module_level = table.get_type() == "module"
            if symbol.is_referenced() and (module_level or symbol.is_global()):
                yield symbol.get_name()
        for child in table.get_children():
            yield from visit(child)
    return set(visit(symtable.symtable(text, "text", "exec")))


def quoted_names(node):
    """Names in annotations that are written as strings."""
    names = set()
    for part in ast.walk(node):
        for annotation in (getattr(part, "annotation", None), getattr(part, "returns", None)):
            for quoted in ast.walk(annotation) if annotation else ():
                if isinstance(quoted, ast.Constant) and isinstance(quoted.value, str):
                    try:
                        inner = ast.parse(quoted.value.strip(), mode="eval")
                    except (SyntaxError, ValueError):
                        continue
                    names |= {name.id for name in ast.walk(inner) if isinstance(name, ast.Name)}
    return names


def root_of(node):
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def changed_names(node):
    """Names whose objects a statement changes without binding them: `x.y = 1`, `x.update(…)`, `@x.register`."""
    targets = []
    for part in ast.walk(node) if isinstance(node, (ast.If, ast.For, ast.With, ast.Try)) else [node]:
        if isinstance(part, ast.Assign):
            targets += part.targets
        elif isinstance(part, (ast.AugAssign, ast.AnnAssign)):
            targets.append(part.target)
        elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
            targets.append(part.value.func)
        elif isinstance(part, (ast.FunctionDef, ast.ClassDef)) and part is node:
            targets += [decorator.func if isinstance(decorator, ast.Call) else decorator for decorator in part.decorator_list]
    return {root_of(target) for target in targets if isinstance(target, (ast.Attribute, ast.Subscript))} - {None}


class Unit:
    """One statement of a module."""

    def __init__(self, module, index, node, text):
        self.module, self.index, self.node, self.text = module, index, node, text
        self.binds = bound_names(node)
        self.is_import = isinstance(node, (ast.Import, ast.ImportFrom))

    @functools.cached_property
    def reads(self):
        return read_names(self.text) | (quoted_names(self.node) & self.module.binders.keys())

    @functools.cached_property
    def inner_imports(self):
        """What it imports inside itself, unless a `try` is ready for its absence; an empty name for its own package."""
        parts = list(ast.walk(self.node))
        guarded = {id(inner) for part in parts if isinstance(part, ast.Try) for inner in ast.walk(part)}
        named = []
        for part in parts:
            if isinstance(part, ast.ImportFrom) and part.level:
                named.append("")
            elif isinstance(part, ast.ImportFrom) and id(part) not in guarded:
                named.append(part.module)
            elif isinstance(part, ast.Import) and id(part) not in guarded:
                named += [alias.name for alias in part.names]
        return named

    @property
    def only_accelerates(self):
        """`try: from _heapq import *`: a C twin of what the module defines in Python."""
        return isinstance(self.node, ast.Try) and all(
            isinstance(part, ast.ImportFrom) and (part.module or "").startswith("_") for part in self.node.body)


class Module:
    """A parsed file."""

    def __init__(self, name, source, is_package):
        self.name = name
        self.package = name if is_package else name.rpartition(".")[0]
        source = source.replace("\r\n", "\n").replace("\r", "\n")
        self.tree = ast.parse(source)
        self.futures, self.units, self.stars = [], [], []
        self.binders, self.changers = {}, {}
        lines, body = source.split("\n"), self.tree.body
        for index, node in enumerate(body):
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                self.futures += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                self.stars.append(node)
            else:
                self._add(Unit(self, index, node, self._text(source, lines, body, index)))

    @staticmethod
    def _text(source, lines, body, index):
        node = body[index]
        first = min([node.lineno, *(part.lineno for part in getattr(node, "decorator_list", []))])
        shared = (index and body[index - 1].end_lineno == first) or (
            index + 1 < len(body) and body[index + 1].lineno == node.end_lineno)
        return ast.get_source_segment(source, node) if shared else "\n".join(lines[first - 1:node.end_lineno])

    def _add(self, unit):
        if is_main_guard(unit.node):
            return
        self.units.append(unit)
        for name in unit.binds:
            self.binders.setdefault(name, []).append(unit)
        for name in changed_names(unit.node) - unit.binds - {"__all__"}:
            self.changers.setdefault(name, []).append(unit)

    def absolute(self, node):
        """The module that a `from … import` names."""
        if not node.level:
            return node.module or ""
        parts = self.package.split(".") if self.package else []
        if node.level > len(parts):
            raise GivenUp(f"imports from outside its package ({'.' * node.level}{node.module or ''})")
        base = parts[:len(parts) - node.level + 1]
        return ".".join(base + ([node.module] if node.module else []))


def is_main_guard(node):
    return isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and root_of(node.test.left) == "__name__"


class Closure:
    """Collects what some names of a module need, then writes it down."""

    def __init__(self, modules):
        self.modules = modules
        self.seen, self.included, self.owner = set(), {}, {}
        self.plain, self.members, self.aliases = {}, {}, {}
        self.after = {}

    def need(self, module, name):
        if (module.name, name) in self.seen:
            return
        self.seen.add((module.name, name))
        self.after.setdefault(module.name, [])
        units = module.binders.get(name)
        if not units:
            self._need_unbound(module, name)
            return
        if not all(unit.is_import for unit in units):
            if self.owner.setdefault(name, module.name) != module.name:
                raise GivenUp(f"needs two different definitions of {name}")
            if any(isinstance(unit.node, DEFINITIONS) for unit in units):
                units = [unit for unit in units if not unit.only_accelerates]
            units = units + module.changers.get(name, [])
        for unit in units:
            if unit.is_import:
                self._need_import(module, unit, name)
            else:
                self._include(module, unit)

    def _need_unbound(self, module, name):
        for star in module.stars:
            target = module.absolute(star)
            if target in self.modules and name in self.modules[target].binders:
                self._need_from(module, target, name)
                return
        if name in BUILTINS:
            return
        standard = [star for star in module.stars if is_standard(module.absolute(star))]
        if not standard:
            raise GivenUp(f"needs {name}, which its module does not define")
        for star in standard:
            self.members.setdefault(module.absolute(star), {})["*"] = "*"

    def _include(self, module, unit):
        if (module.name, unit.index) in self.included:
            return
        self.included[module.name, unit.index] = unit.text
        for target in unit.inner_imports:
            self._check(target)
        for name in sorted(unit.reads):
            self.need(module, name)

    def _need_import(self, module, unit, name):
        node = unit.node
        for alias in node.names:
            if (alias.asname or alias.name.partition(".")[0]) != name:
                continue
            if isinstance(node, ast.Import):
                self._check(alias.name)
                self.plain[alias.name, alias.asname] = None
                continue
            target = module.absolute(node)
            if target in self.modules and not is_standard(target):
                self._need_from(module, target, alias.name)
                if name != alias.name:
                    self.aliases[module.name, unit.index, name] = f"{name} = {alias.name}"
            else:
                self._check(target)
                self.members.setdefault(target, {})[name] = alias.name

    def _need_from(self, module, target, name):
        if target == module.name or name not in self.modules[target].binders and not self.modules[target].stars:
            raise GivenUp(f"uses the module {target}.{name} as a whole")
        self.after[module.name].append(target)
        self.need(self.modules[target], name)

    @staticmethod
    def _check(target):
        if not target or not is_standard(target):
            raise GivenUp(f"needs {target or 'its package'}, which is not in the standard library")

    def libraries(self):
        names = {target for target, _ in self.plain} | set(self.members)
        return sorted({name.partition(".")[0] for name in names})

    def names(self):
        """What the written module defines by itself."""
        return set(self.owner)

    def text(self):
        futures = sorted({future for name in self.after for future in self.modules[name].futures})
        head = [f"from __future__ import {', '.join(futures)}"] if futures else []
        imports = sorted(f"import {target}" + (f" as {alias}" if alias else "") for target, alias in self.plain)
        for target, members in sorted(self.members.items()):
            if members.pop("*", None):
                imports.append(f"from {target} import *")
            parts = sorted(name if name == original else f"{original} as {name}" for name, original in members.items())
            if parts:
                imports.append(f"from {target} import {', '.join(parts)}")
        blocks = ["\n".join(part) for part in (head, imports) if part]
        for name in self._order():
            numbered = {index: text for (owner, index), text in self.included.items() if owner == name}
            for (owner, index, _), text in self.aliases.items():
                if owner == name:
                    numbered[index] = f"{numbered[index]}\n{text}" if index in numbered else text
            blocks += [numbered[index].rstrip() for index in sorted(numbered)]
        text = "\n\n\n".join(blocks) + "\n"
        if len(text) > LARGEST:
            raise GivenUp(f"needs {len(text)} characters of code, more than {LARGEST}")
        compile(text, "solution", "exec", dont_inherit=True)
        return text

    def _order(self):
        """Modules, each after those it takes definitions from."""
        done = []

        def visit(name, above):
            if name in done or name in above:
                return
            for target in self.after.get(name, []):
                visit(target, above | {name})
            done.append(name)
        for name in self.after:
            visit(name, frozenset())
        return done
