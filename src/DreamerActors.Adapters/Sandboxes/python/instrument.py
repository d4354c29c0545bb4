"""Rewrites the tests: every assertion becomes a numbered site that counts itself and whose expected value can be altered."""
import _ast as A

GUARD = "__dreamer_sites__"
FLAGS = A.PyCF_ONLY_AST
SWAPPABLE = {A.Eq: "==", A.NotEq: "!=", A.Lt: "<", A.LtE: "<=", A.Gt: ">", A.GtE: ">=", A.Is: "is", A.IsNot: "is not", A.In: "in", A.NotIn: "not in"}
UNITTEST = {
    "assertEqual": "==", "assertEquals": "==", "assertListEqual": "==", "assertDictEqual": "==", "assertSetEqual": "==", "assertTupleEqual": "==",
    "assertSequenceEqual": "==", "assertMultiLineEqual": "==", "assertCountEqual": "==", "assertAlmostEqual": "==", "assertIs": "is",
    "assertNotEqual": "!=", "assertNotAlmostEqual": "!=", "assertIsNot": "is not", "assertIn": "in", "assertNotIn": "not in",
    "assertGreater": ">", "assertGreaterEqual": ">=", "assertLess": "<", "assertLessEqual": "<=", "assertRegex": "regex", "assertNotRegex": "not regex",
    "assertIsInstance": "type", "assertNotIsInstance": "not type",
}
UNARY = {"assertTrue": "true", "assertFalse": "true", "assertIsNone": "none", "assertIsNotNone": "not none"}
RAISES = ("assertRaises", "assertRaisesRegex", "raises")
CLOSE = ("isclose", "allclose", "compare_digest")
LOAD = A.Load()
LEAVES = {A.Constant, A.Name, A.Load, A.Store, A.alias, A.Pass}
BROAD = ("Exception", "BaseException", "AssertionError")


class Site:
    def __init__(self, number, line, kind, optional):
        self.number, self.line, self.kind, self.optional = number, line, kind, optional


class Instrumented:
    """Test code ready to run, and its sites."""

    def __init__(self, source):
        self.sites = []
        self.imports = []
        tree = compile(source, "test_solution.py", "exec", FLAGS, dont_inherit=True)
        tree = self.visit(tree)
        self.code = compile(tree, "test_solution.py", "exec", dont_inherit=True)

    def visit(self, node):
        kind = type(node)
        if kind in LEAVES:
            return node
        method = VISITORS.get(kind)
        return method(self, node) if method else self.inside(node)

    def inside(self, node):
        parts = node.__dict__
        for field in node._fields:
            value = parts.get(field)
            if type(value) is list:
                for place, part in enumerate(value):
                    if isinstance(part, A.AST):
                        value[place] = self.visit(part)
            elif isinstance(value, A.AST) and type(value) not in LEAVES:
                parts[field] = self.visit(value)
        return node

    # -- building ---------------------------------------------------------------------------------------------------

    def site(self, node, kind, optional=False):
        self.sites.append(Site(len(self.sites), node.lineno, kind, optional))
        return len(self.sites) - 1

    @staticmethod
    def call(node, method, *arguments):
        """`__dreamer_sites__.method(arguments…)`, in the place of a node; an argument is a node or a constant."""
        place = _place(node)
        target = A.Attribute(A.Name(GUARD, LOAD, **place), method, LOAD, **place)
        return A.Call(target, [each if isinstance(each, A.AST) else A.Constant(each, **place) for each in arguments], [], **place)

    # -- statements -------------------------------------------------------------------------------------------------

    def visit_Import(self, node):
        self.imports += [alias.name for alias in node.names]
        return node

    def visit_ImportFrom(self, node):
        self.imports.append(node.module or "")
        if node.module == "solution" and node.names[0].name == "*" and not node.level:
            place = _place(node)
            return A.Expr(self.call(node, "star", A.Call(A.Name("globals", LOAD, **place), [], [], **place)), **place)
        return node

    def visit_Assert(self, node):
        if isinstance(node.test, A.Constant) and not node.test.value:
            return self.inside(node)
        node.test = self.truth(node.test)
        if node.msg is not None:
            node.msg = self.visit(node.msg)
        else:
            node.msg = self.call(node, "why")
        return node

    def visit_ExceptHandler(self, node):
        names = [each.id for each in _flat(node.type) if isinstance(each, A.Name)]
        if node.type is not None and not any(name in BROAD for name in names):
            node.type = self.call(node.type, "caught", self.site(node, "except", optional=True), node.type)
        node.body = [self.visit(each) for each in node.body]
        return node

    # -- assertions -------------------------------------------------------------------------------------------------

    def truth(self, test):
        """The condition of an assertion."""
        if isinstance(test, A.BoolOp) and isinstance(test.op, A.And):
            test.values = [self.truth(each) for each in test.values]
            return test
        if isinstance(test, A.Compare) and len(test.ops) == 1:
            return self.compare(test)
        if isinstance(test, A.Call) and _called(test) in CLOSE and len(test.args) >= 2:
            number = self.site(test, "close")
            index = 0 if _computes(test.args[1]) and not _computes(test.args[0]) else 1
            self.inside(test)
            test.args[index] = self.call(test, "expected", number, "==", test.args[index])
            return test
        number = self.site(test, "truth")
        return self.call(test, "true", number, self.visit(test))

    def compare(self, test):
        left, right, sign = test.left, test.comparators[0], SWAPPABLE[type(test.ops[0])]
        near = _difference(left) if sign in ("<", "<=") else _difference(right) if sign in (">", ">=") else None
        if near is not None:
            number = self.site(test, "near")
            tolerance = right if sign in ("<", "<=") else left
            first, second = near.left, near.right
            swapped = _computes(second) and not _computes(first)
            return self.call(test, "near", number, self.visit(first), self.visit(second), swapped, sign[0] != sign, self.visit(tolerance))
        number = self.site(test, sign)
        swapped = sign in ("==", "!=", "is", "is not") and _computes(right) and not _computes(left)
        return self.call(test, "compare", number, sign, self.visit(left), self.visit(right), swapped)

    def visit_Call(self, node):
        name = _called(node)
        self.inside(node)
        if isinstance(node.func, A.Attribute) and name in UNITTEST and len(node.args) >= 2:
            number = self.site(node, name)
            sign = UNITTEST[name]
            swapped = sign in ("==", "is", "!=", "is not") and _computes(node.args[1]) and not _computes(node.args[0])
            pair = self.call(node, "pair", number, sign, node.args[0], node.args[1], swapped)
            node.args[:2] = [A.Starred(pair, LOAD, **_place(node))]
        elif isinstance(node.func, A.Attribute) and name in UNARY and node.args:
            node.args[0] = self.call(node, "expected", self.site(node, name), UNARY[name], node.args[0])
        elif name in RAISES and node.args:
            node.args[0] = self.call(node, "raised", self.site(node, name), node.args[0])
        elif isinstance(node.func, A.Attribute) and name.startswith("assert_") and _computes(node.func.value) is False:
            number = self.site(node, name)
            if node.args and not isinstance(node.args[0], A.Starred):
                node.args[0] = self.call(node, "expected", number, "==", node.args[0])
            else:
                node.func.value = self.call(node, "touched", number, node.func.value)
        elif isinstance(node.func, A.Attribute) and name.startswith("assert") and name[6:7].isupper():
            node.func.value = self.call(node, "touched", self.site(node, name), node.func.value)
        return node


VISITORS = {getattr(A, name[6:]): method for name, method in vars(Instrumented).items() if name.startswith("visit_")}


def _place(node):
    return {"lineno": node.lineno, "col_offset": node.col_offset, "end_lineno": node.end_lineno, "end_col_offset": node.end_col_offset}


def _called(node):
    if isinstance(node.func, A.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, A.Name) else ""


def _computes(node):
    """Whether an expression calls something (so it is the value under test rather than the expected one)."""
    left = [node]
    while left:
        each = left.pop()
        if isinstance(each, (A.Call, A.Await)) and not (isinstance(each, A.Call) and _called(each) in ("approx", "set", "list", "tuple", "dict", "Decimal", "Fraction", "frozenset", "float", "int", "sorted")):
            return True
        for field in each._fields:
            value = getattr(each, field, None)
            left.extend(part for part in (value if isinstance(value, list) else [value]) if isinstance(part, A.AST))
    return False


def _difference(node):
    """`A - B` of `abs(A - B)`, or None."""
    if isinstance(node, A.Call) and _called(node) in ("abs", "fabs") and len(node.args) == 1 and isinstance(node.args[0], A.BinOp) and isinstance(node.args[0].op, A.Sub):
        return node.args[0]
    return None


def _flat(node):
    return node.elts if isinstance(node, A.Tuple) else [node]
