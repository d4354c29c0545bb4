"""Answers learnt by heart: what the tests asked and were told, held against the constants in the text of the solution.
No test can tell a table of its own questions from a solution. The text can: it holds question and answer of each call, and hardly anything else."""
from collections import Counter

from guard.mutate import without_effect

NUMBERS, TEXTS, CONTAINERS = (int, float, complex), (str, bytes), (list, tuple, set, frozenset, dict)
MOST_VALUES, MOST_BITS, LARGEST = 2000, 1 << 12, 1 << 20
SENTENCE, ALIKE, COMPARED = 3, 4, 200                        # words that make one; letters in a row that an answer has from its question, of so many


class Opaque(Exception):
    """Not plain data, or very much of it."""


def leaves(value):
    """The numbers and texts of a plain value. What there are few of tells nothing: truth, None, the empty text."""
    found, left, seen = [], [value], 0
    while left:
        each, seen = left.pop(), seen + 1
        kind = type(each)
        if seen > MOST_VALUES or kind is int and each.bit_length() > MOST_BITS:    # much longer ones Python does not spell
            raise Opaque
        if kind in NUMBERS or kind in TEXTS:
            found += [each] if kind in NUMBERS or each else []
        elif kind in CONTAINERS:
            left += [*each, *each.values()] if kind is dict else each
        elif each is not None and kind is not bool:
            raise Opaque
    return found


class Call:
    """A question that the tests put to a function, and its answer."""

    def __init__(self, name, given):
        self.asked, self.key = leaves(given), (name, repr(given))
        self.holds = any(type(each) in CONTAINERS for each in given[0])
        self.told, self.answer = [], None

    def hear(self, answer):
        self.told, self.answer = leaves(answer), repr(answer)

    def is_named(self):
        """Whether the answer is a word, as things get that have names."""
        return len(self.told) == 1 and type(self.told[0]) is str and not any(letter.isdigit() for letter in self.told[0])

    def is_made(self):
        """Whether a text was asked for that nobody lists with its like: a sentence, or one that the answer is made from."""
        texts = [each for each in self.asked if type(each) in TEXTS]
        return any(len(text.split()) >= SENTENCE or any(type(told) is type(text) and _alike(told, text) for told in self.told) for text in texts)


def _alike(told, text):
    told, text = told[:COMPARED].lower(), text[:COMPARED].lower()
    return any(told[place:place + ALIKE] in text for place in range(len(told) - ALIKE + 1))


def _is_open(calls):
    """Whether there is more to ask than anybody would list. Names of things, words that stand for something and numbers without a gap may be few, like months."""
    nameless = [call for call in calls if not call.is_named()]
    numbers = {each for call in nameless for each in call.asked if type(each) in NUMBERS}
    scattered = len(numbers) > 1 and (any(type(each) is not int for each in numbers) or max(numbers) - min(numbers) >= len(numbers))
    return scattered or any(call.is_made() for call in calls) or any(call.holds and len(call.asked) > 1 and not numbers for call in nameless)


class Heard:
    """What functions of the solution were asked in one run, and what they answered."""

    def __init__(self):
        self.calls, self.total, self.opaque = {}, 0, False

    def ask(self, name, given):
        """Noted before the call, which may change what it is given; None if that is not plain data."""
        self.total += 1
        try:
            return Call(name, given)
        except Opaque:
            self.opaque = True
            return None

    def tell(self, call, answer):
        """A call that raises is never told of: to refuse what makes no sense is no knowledge of answers."""
        try:
            call.hear(answer)
            self.calls[call.key] = call
        except Opaque:
            self.opaque = True

    def against(self, constants, uses):
        """How much of it stands in the text; None where the tests do more with the solution than to exchange plain data with its functions."""
        calls = [call for call in self.calls.values() if call.asked]
        if self.opaque or uses != self.total or not calls:
            return None
        left, listed, rest = Counter(value for value, is_data in constants if is_data), [], []
        for call in calls:
            words = {*call.asked, *call.told}
            if all(left[word] > 0 for word in words):
                left.subtract(words)
                listed.append(call)
            else:
                rest.append(call)
        known = {word for call in listed for word in call.asked + call.told}
        texts = {value for value, _ in constants}
        return {"calls": len(calls), "listed": len(listed), "answers": len({call.answer for call in listed}),
                "others": len({call.answer for call in rest}), "made": sum(1 for call in rest if not texts.issuperset(call.told)),
                "constants": len(constants), "strange": sum(1 for value, is_data in constants if not is_data or value not in known),
                "open": _is_open(listed)}


def constants(source):
    """The numbers and texts of a source, each with whether it is data: an entry, an answer, something to be equal to. What is reckoned with, compared in size or
    given to a function belongs to a rule. None are told of a source that holds more than a message could."""
    import ast
    tree = ast.parse(source)
    skipped, found, size, left = without_effect(tree), [], 0, [(tree, True)]
    while left:
        node, is_data = left.pop()
        if id(node) in skipped:
            continue
        negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant) and type(node.operand.value) in NUMBERS
        constant = node.operand if negative else node
        if not isinstance(constant, ast.Constant):
            left += [(child, not _reckons(node)) for child in ast.iter_child_nodes(node)]
        elif type(constant.value) in NUMBERS or type(constant.value) in TEXTS and constant.value:
            found.append((-constant.value if negative else constant.value, is_data))
            size += constant.value.__sizeof__()
        if size > LARGEST:
            return []
    return found


def _reckons(node):
    import ast
    return (isinstance(node, (ast.BinOp, ast.AugAssign, ast.Call, ast.keyword, ast.Subscript, ast.Slice))
            or isinstance(node, ast.Compare) and any(isinstance(operator, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)) for operator in node.ops))
