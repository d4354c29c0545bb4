"""What the numbered assertions do at run time: count, alter the expected value of the active one, catch what agrees with everything."""
import operator

from guard.mirror import Handle, MirrorMeta

SIGNS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
         "is": operator.is_, "is not": operator.is_not, "in": lambda a, b: a in b, "not in": lambda a, b: a not in b}
STRANGE = "an altered value"


class Altered(Exception):
    """An exception type nobody raises."""


class AlteredType:
    """A type nothing is an instance of."""


def altered(value):
    """A value that differs from the expected one, of the same type where the type allows it."""
    kind = type(value)
    if isinstance(value, (Handle, MirrorMeta)):
        return STRANGE
    if kind is bool:
        return not value
    if kind is int or kind is complex:
        return value + 1
    if kind is float:
        return abs(value) * 1.5 + 1 if value - value == 0 else 0.5
    if kind is str:
        return value + "x"
    if kind in (bytes, bytearray):
        return value + b"x"
    if kind is list or kind is tuple:
        return value + kind((7919,))
    if kind is set or kind is frozenset:
        return value | {7919}
    if isinstance(value, dict):
        return {**value, STRANGE: 7919}
    if hasattr(value, "altered_value"):
        return value.altered_value(altered)
    return STRANGE


def unlikely(value):
    """A needle that no honest haystack of the same type holds."""
    kind = type(value)
    if kind is int:
        return value + 1000000007
    if kind is str:
        return value + "\x00x"
    if kind is bytes:
        return value + b"\x00x"
    if kind is tuple:
        return value + (STRANGE,)
    return STRANGE


class Sites:
    """One per tester. `active` is the number of the site to alter, or None."""

    def __init__(self, sites, star):
        self.sites, self.star_import = sites, star
        self.hits = [0] * len(sites)
        self.active, self.altered_at, self.last, self.place = None, None, None, None
        self.lies, self.unalterable, self.line = [], set(), None

    def star(self, namespace):
        self.star_import(namespace)

    def hit(self, number):
        self.hits[number] += 1
        self.line = self.sites[number].line
        if number == self.active:
            self.altered_at = number
            return True
        return False

    def why(self):
        return self.last

    # -- plain asserts ----------------------------------------------------------------------------------------------

    def true(self, number, value):
        if self.hit(number):
            return not value
        self.last = f"line {self.line}: {_show(value)} is not true"
        return value

    def compare(self, number, sign, left, right, swapped):
        if self.hit(number):
            left, right = self.alter(number, sign, left, right, swapped)
            return self.judged(sign, left, right)
        value = SIGNS[sign](left, right)
        if value is True:
            return True
        if value is not False and isinstance(value, Handle) and bool(value) and sign in ("==", "<=", ">="):
            if bool(SIGNS[sign](left, altered(right)) if not isinstance(right, Handle) else SIGNS[sign](altered(left), right)):
                self.lie("a comparison that is true for another value too")
        if not value:
            self.last = f"line {self.line}: {_show(left)} {sign} {_show(right)} does not hold"
        return value

    def judged(self, sign, left, right):
        return False if left is STRANGE and sign in ("<", "<=", ">", ">=") else SIGNS[sign](left, right)

    def near(self, number, first, second, swapped, or_equal, tolerance):
        if self.hit(number):
            first, second = (altered(first), second) if swapped else (first, altered(second))
        elif isinstance(first, Handle) != isinstance(second, Handle):
            plain = second if isinstance(first, Handle) else first
            if type(plain) in (int, float) and abs((first if plain is second else second) - altered(plain)) < tolerance:
                self.lie("a distance that is small to another value too")
        gap = abs(first - second)
        value = gap <= tolerance if or_equal else gap < tolerance
        if not value:
            self.last = f"line {self.line}: {_show(first)} is not within {_show(tolerance)} of {_show(second)}"
        return value

    # -- arguments of assertion calls -------------------------------------------------------------------------------

    def expected(self, number, sign, value):
        if not self.hit(number):
            return value
        if sign == "true":
            return not value
        if sign == "none":
            return STRANGE
        return None if sign == "not none" else altered(value)

    def pair(self, number, sign, left, right, swapped):
        return self.alter(number, sign, left, right, swapped) if self.hit(number) else (left, right)

    def alter(self, number, sign, left, right, swapped):
        """Operands for which an honest comparison does not hold."""
        if sign in ("==", "is"):
            return (altered(left), right) if swapped else (left, altered(right))
        if sign in ("!=", "is not", "<", ">"):
            return left, left
        if sign == "in":
            return unlikely(left), right
        if sign == "not in":
            return left, [left]
        if sign in ("<=", ">="):
            if type(left) in (int, float) and not isinstance(right, Handle):
                return left, left - 1 if sign == "<=" else left + 1
            self.unalterable.add(number)
            return left, right
        if sign == "type":
            return left, AlteredType
        if sign == "not type":
            return left, object
        return left, r"(?!)" if sign == "regex" else r"(?s:.*)"

    def raised(self, number, kinds):
        return Altered if self.hit(number) else kinds

    def caught(self, number, kinds):
        return Altered if self.hit(number) else kinds

    def touched(self, number, value):
        if self.hit(number):
            self.unalterable.add(number)
        return value

    # -- lies -------------------------------------------------------------------------------------------------------

    def lie(self, what):
        if len(self.lies) < 50:
            self.lies.append({"line": self.line, "test": self.place, "what": what})

    def compared(self, handle, name, other, result, again):
        """An operator of the candidate's object said "equal" or "contained": it must not say so of another value."""
        if name == "__contains__" and result is True:
            if _answer(again, unlikely(other)) is True:
                self.lie("a container that contains everything")
        elif name == "__eq__" and result is True or name == "__ne__" and result is False:
            if not isinstance(other, MirrorMeta) and _answer(again, altered(other)) is result:
                self.lie("an object that is equal to everything")
        return result


def _answer(again, value):
    """What it says of another value; to refuse such a value is honest."""
    try:
        return again(value)
    except Exception:
        return None


def _show(value):
    try:
        text = repr(value)
    except Exception as error:
        text = f"<{type(value).__name__}: {type(error).__name__}>"
    return text if len(text) <= 80 else text[:77] + "…"
