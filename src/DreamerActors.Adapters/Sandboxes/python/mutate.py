"""Small mutants of the solution, chosen from its content alone: the same source always gets the same ones."""
from guard.entropy import random

TEXT = 3


class Mutant:
    """One change at one place: `number` counts the places of the tree in a fixed walk."""

    def __init__(self, number, line, what, rank):
        self.number, self.line, self.what, self.rank = number, line, what, rank

    def compile(self, source):
        import ast
        tree = ast.parse(source)
        for number, (node, _, _, apply) in enumerate(places(tree)):
            if number == self.number:
                apply(node)
                break
        return compile(ast.fix_missing_locations(tree), "solution.py", "exec", dont_inherit=True)


def lines_of(code):
    """Lines that hold code inside functions and classes and at top level, of a compiled module."""
    import dis
    lines, left = set(), [code]
    while left:
        each = left.pop()
        lines.update(line for _, line in dis.findlinestarts(each) if line)
        left.extend(part for part in each.co_consts if hasattr(part, "co_code"))
    return lines


def choose(source, covered, most):
    """At most `most` mutants on covered lines: logic first, numbers next, texts last; drawn by a seed from the source."""
    import ast
    import zlib
    found = [Mutant(number, node.lineno, what, rank) for number, (node, what, rank, _) in enumerate(places(ast.parse(source)))]
    found = [each for each in found if each.line in covered]
    if all(each.rank == TEXT for each in found):                # a changed text alone may well mean the same
        return []
    random.Random(zlib.crc32(source)).shuffle(found)
    found.sort(key=lambda each: each.rank)
    chosen, lines = [], set()
    for each in found:                                       # spread over lines before a line gets a second one
        if (each.line, each.rank) not in lines:
            lines.add((each.line, each.rank))
            chosen.append(each)
    chosen += [each for each in found if each not in chosen]
    return chosen[:most]


def places(tree):
    """Every place a mutant can change, in a fixed order: (node, what, rank, how)."""
    import ast
    swaps = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
             ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
             ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
             ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And}
    skipped = without_effect(tree)
    found = []

    def swap(field, index=None):
        def apply(node):
            old = getattr(node, field)
            if index is None:
                setattr(node, field, swaps[type(old)]())
            else:
                old[index] = swaps[type(old[index])]()
        return apply

    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        kind = type(node)
        if kind in (ast.BinOp, ast.AugAssign, ast.BoolOp) and type(node.op) in swaps:
            found.append((node, f"{type(node.op).__name__} to {swaps[type(node.op)].__name__}", 0, swap("op")))
        elif kind is ast.Compare and type(node.ops[0]) in swaps:
            found.append((node, f"{type(node.ops[0]).__name__} to {swaps[type(node.ops[0])].__name__}", 0, swap("ops", 0)))
        elif kind is ast.Return and node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            found.append((node, "return None", 0, lambda each: setattr(each, "value", ast.Constant(None))))
        elif kind in (ast.If, ast.While) and not isinstance(node.test, (ast.Compare, ast.BoolOp, ast.Constant)):
            found.append((node, "condition negated", 0, lambda each: setattr(each, "test", ast.UnaryOp(ast.Not(), each.test))))
        elif kind is ast.UnaryOp and isinstance(node.op, ast.Not):
            found.append((node, "not removed", 0, lambda each: setattr(each, "operand", ast.UnaryOp(ast.Not(), each.operand))))
        elif kind is ast.Constant and type(node.value) is bool:
            found.append((node, "boolean flipped", 1, lambda each: setattr(each, "value", not each.value)))
        elif kind is ast.Constant and type(node.value) in (int, float):
            found.append((node, f"{node.value!r:.20} plus 1", 2, lambda each: setattr(each, "value", each.value + 1)))
        elif kind is ast.Constant and type(node.value) is str:
            found.append((node, "text changed", TEXT, lambda each: setattr(each, "value", each.value + "x")))
    return found


def without_effect(tree):
    """Docstrings, lone expressions, annotations, `__all__`, the parts of f-strings: changing them proves nothing."""
    import ast
    skipped = set()

    def skip(node):
        skipped.update(id(part) for part in ast.walk(node)) if node is not None else None
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skip(node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            skip(node.returns)
        elif isinstance(node, ast.arg):
            skip(node.annotation)
        elif isinstance(node, ast.AnnAssign):
            skip(node.annotation)
        elif isinstance(node, ast.Raise):
            skip(node.exc)
        elif isinstance(node, ast.JoinedStr):
            skipped.update(id(part) for part in ast.walk(node) if isinstance(part, ast.Constant) and type(part.value) is str)
        elif isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets):
            skip(node)
    return skipped
