"""Turns the examples of docstrings into tests: `from solution import …` and functions `test_*` with plain assertions."""
import ast
import builtins
import doctest
import re

from guard.closure import is_standard, read_names

MOST_TESTS = 40
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
PRINTERS = {"print", "pprint", "pp", "write", "writelines", "print_exc", "dis"}
BUILTINS = frozenset(dir(builtins))
REBUILT = {"set", "frozenset", "range", "bytearray", "dict", "slice"}


class Unusable(Exception):
    """An example that cannot become a part of a test."""


class Step:
    """One example: the statements it became, what it reads and binds, whether it asserts."""

    def __init__(self, statements, reads, binds, cases, uses_unittest=False, captures=False):
        self.statements, self.reads, self.binds, self.cases = statements, reads, binds, cases
        self.uses_unittest, self.captures = uses_unittest, captures

    def reads_first(self, name):
        """Whether a name that the step also binds is read before that, as in `x = x + 1`."""
        first = self.statements[0]
        return isinstance(first, ast.AugAssign) or isinstance(first, ast.Assign) and any(
            isinstance(node, ast.Name) and node.id == name for node in ast.walk(first.value))


class Namespace(ast.NodeTransformer):
    """Rewrites `package.name` to `name`: the solution is one module."""

    def __init__(self, aliases):
        self.aliases = set(aliases)

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id in self.aliases:
            return ast.copy_location(ast.Name(node.attr, node.ctx), node)
        return node


class Weaver:
    """Weaves the tests of one entity. `resolve(name)` answers "solution", an import statement, or None."""

    def __init__(self, entity, own_modules, resolve, printers):
        self.entity, self.own, self.resolve, self.printers = entity, own_modules, resolve, PRINTERS | printers
        self.imports, self.solution, self.tests, self.cases = {}, set(), [], []
        self.uses_unittest = self.captures = False

    def add(self, examples):
        """Adds the examples of one docstring, which share a namespace."""
        namespace, steps = Namespace(name for name in self.own if self.resolve(name) is None), []
        for example in examples:
            try:
                step = self._step(example, namespace)
            except (Unusable, SyntaxError, ValueError, RecursionError, MemoryError):
                step = None
            steps.append(step)
        for group in self._groups(steps):
            self._add_test(group)

    def text(self):
        if not self.tests:
            return ""
        slug = re.sub(r"\W|[^\x00-\x7f]", "_", self.entity).strip("_").lower() or "it"
        head = sorted(set(self.imports.values()))
        head += ["import contextlib", "import io"] if self.captures else []
        head += ["import unittest"] if self.uses_unittest else []
        head += [f"from solution import {', '.join(sorted(self.solution))}"]
        functions = []
        for number, body in enumerate(self.tests, 1):
            name = f"test_{slug}" if len(self.tests) == 1 else f"test_{slug}_{number}"
            empty = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
            function = ast.FunctionDef(name=name, args=empty, body=body, decorator_list=[], lineno=0)
            functions.append(ast.unparse(ast.fix_missing_locations(function)))
        text = "\n\n\n".join(["\n".join(dict.fromkeys(head)), *functions]) + "\n"
        compile(text, "test_solution", "exec", dont_inherit=True)
        return text

    def _step(self, example, namespace):
        tree = ast.parse(example.source)
        if example.options.get(doctest.SKIP) or not tree.body:
            raise Unusable
        kept = [node for node in tree.body if not self._import(node, namespace)]
        if not kept:
            return Step([], set(), set(), [])
        tree.body = kept
        tree = ast.fix_missing_locations(namespace.visit(tree))
        source = ast.unparse(tree)
        reads, binds = read_names(source), set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                binds.add(node.id)
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                reads.add(node.target.id)
        binds |= {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        return self._told(example, tree, source, reads, binds)

    def _told(self, example, tree, source, reads, binds):
        want = example.want.replace("<BLANKLINE>", "").rstrip("\n")
        shown = " ".join(source.split())[:120]
        if example.exc_msg is not None:
            error = self._exception(example.exc_msg)
            body = ast.parse(f"with unittest.TestCase().assertRaises({error}):\n    pass").body
            body[0].body = tree.body
            return Step(body, reads | {error}, binds, [f"`{shown}` raises {error}"], uses_unittest=True)
        if not want:
            return Step(tree.body, reads, binds, [])
        expression = tree.body[0].value if len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr) else None
        prints = expression is None or self._prints(expression, want)
        literal = None if prints else self._literal(want)
        vague = ADDRESS.search(want) or (example.options.get(doctest.ELLIPSIS) and "..." in want) or (
            literal is None and example.options.get(doctest.NORMALIZE_WHITESPACE))
        if vague:
            return Step(tree.body, reads, binds, [])
        case = [f"`{shown}` gives `{' '.join(want.split())[:80]}`"]
        if prints:
            body = ast.parse("printed = io.StringIO()\nwith contextlib.redirect_stdout(printed):\n    pass\n"
                             f"assert printed.getvalue() == {want + chr(10)!r}").body
            body[1].body = tree.body
            return Step(body, reads, binds | {"printed"}, case, captures=True)
        if literal is None:
            test = ast.Compare(ast.Call(ast.Name("repr", ast.Load()), [expression], []), [ast.Eq()], [ast.Constant(want)])
        else:
            single = isinstance(literal, ast.Constant) and (literal.value is None or isinstance(literal.value, bool))
            test = ast.Compare(expression, [ast.Is() if single else ast.Eq()], [literal])
        return Step([ast.Assert(test)], reads, binds, case)

    def _prints(self, expression, want):
        """Whether what is shown was printed, not the value's representation: by the function's name, else by its look."""
        function = expression.func if isinstance(expression, ast.Call) else None
        if (function.id if isinstance(function, ast.Name) else getattr(function, "attr", None)) in self.printers:
            return True
        try:
            shown = ast.parse(want.strip(), mode="eval").body
        except SyntaxError:
            return "<" not in want and function is not None
        return isinstance(shown, ast.Name) and shown.id not in {"nan", "inf"}

    @staticmethod
    def _literal(want):
        try:
            body = ast.parse(want.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        for node in ast.walk(body):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REBUILT and not node.keywords:
                continue
            if isinstance(node, ast.Name) and node.id in REBUILT:
                continue
            if isinstance(node, ast.Constant) and node.value is Ellipsis:
                return None
            if not isinstance(node, (ast.Constant, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.UnaryOp, ast.USub, ast.Load,
                                     ast.BinOp, ast.Add, ast.Sub)):
                return None
        return body

    def _exception(self, message):
        path = message.split(":")[0].strip()
        name = path.rpartition(".")[2]
        if not name.isidentifier():
            raise Unusable
        module = path.rpartition(".")[0]
        if module and module not in self.own and is_standard(module) and all(part.isidentifier() for part in module.split(".")):
            self.imports.setdefault(name, f"from {module} import {name}")
        return name

    def _import(self, node, namespace):
        """Whether the statement is an import that the head of the tests takes over."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in self.own:
                    namespace.aliases.add(alias.asname or alias.name)
                elif is_standard(alias.name):
                    text = f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
                    self.imports.setdefault(alias.asname or alias.name.partition(".")[0], text)
                else:
                    raise Unusable
            return True
        if not isinstance(node, ast.ImportFrom):
            return False
        own = (node.module or "") in self.own
        if node.level or not (own or is_standard(node.module or "")):
            raise Unusable
        for alias in node.names:
            if own and alias.asname not in (None, alias.name):
                raise Unusable
            if not own and alias.name != "*":
                text = f"from {node.module} import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
                self.imports.setdefault(alias.asname or alias.name, text)
        return True

    @staticmethod
    def _groups(steps):
        """Steps that share a binding belong to one test; a name bound anew begins a new life."""
        group = list(range(len(steps)))

        def find(index):
            while group[index] != index:
                index = group[index]
            return index
        current = {}
        for index, step in enumerate(steps):
            if step is None:
                continue
            for name in step.reads & current.keys():
                first, second = find(current[name]), find(index)
                group[max(first, second)] = min(first, second)
            current.update(dict.fromkeys(step.binds, index))
        groups = {}
        for index, step in enumerate(steps):
            if step is not None:
                groups.setdefault(find(index), []).append(step)
        return [groups[key] for key in sorted(groups)]

    def _add_test(self, group):
        if len(self.tests) >= MOST_TESTS or not any(step.cases for step in group):
            return
        local, solution, imports = set(), set(), {}
        bound_later = set().union(*(step.binds for step in group))
        for step in group:
            for name in sorted(step.reads - local):
                if name in self.imports:
                    found = self.imports[name]
                else:
                    found = self.resolve(name)
                if found is None and (name in BUILTINS or name in step.binds and not step.reads_first(name)):
                    continue
                if found is None or name in bound_later:
                    return
                if found == "solution":
                    solution.add(name)
                else:
                    imports[name] = found
            local |= step.binds
        if self.entity not in solution:
            return
        self.solution |= solution
        self.imports.update(imports)
        self.tests.append([statement for step in group for statement in step.statements])
        self.cases += [case for step in group for case in step.cases]
        self.uses_unittest |= any(step.uses_unittest for step in group)
        self.captures |= any(step.captures for step in group)
