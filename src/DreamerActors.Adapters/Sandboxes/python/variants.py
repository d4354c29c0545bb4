"""Mutants of a solution as text: one place is changed, every other character stays, comments included."""
import ast
import json

from guard import mutate

PATIENCE = 3


def made(payload):
    """At most `most` mutants of `code`, the ones that say most first."""
    asked = json.loads(payload)
    source = asked["code"].encode("utf-8")
    found = []
    for mutant in mutate.choose(source, range(1, source.count(b"\n") + 2), PATIENCE * asked["most"]):
        text = _changed(source, mutant.number)
        if text is not None and len(found) < asked["most"]:
            found.append({"code": text, "what": f"line {mutant.line}: {mutant.what}"})
    return found


def _changed(source, number):
    """The text whose tree is exactly the changed tree; None where one piece of text cannot say it, as inside an f-string."""
    tree = ast.parse(source)
    node, _, _, apply = mutate.places(tree)[number]
    conditional = isinstance(node, (ast.If, ast.While))
    old = node.test if conditional else node
    start, end = (_offset(source, *place) for place in ((old.lineno, old.col_offset), (old.end_lineno, old.end_col_offset)))
    apply(node)
    wanted = ast.dump(tree)
    new = ast.unparse(node.test if conditional else node)
    for piece in (new, f"({new})"):
        try:
            text = (source[:start] + piece.encode("utf-8") + source[end:]).decode("utf-8")
            if ast.dump(ast.parse(text)) == wanted:
                return text
        except (SyntaxError, ValueError):
            pass
    return None


def _offset(source, line, column):
    """Lines as Python's parser counts them: a form feed or a vertical tab ends none."""
    start = 0
    for _ in range(line - 1):
        start = source.index(b"\n", start) + 1
    return start + column
