"""The conversation of the two interpreters: strictly alternating messages, the same on both sides, with what is allowed decided by `policy`."""
import types
import weakref
from _thread import RLock
from builtins import id

from guard import handles, looks, mirror, records, shares, wire
from guard.line import Line
from guard.wire import DEEPEST, Gone, Refused, TooLarge, Uncarried

MOST_EXPORTS = 200000
ATOMS = (type(None), bool, float, str)


class Peer:
    """One end. `policy` serves the other side's requests: `policy.serve(peer, operation, arguments)` returns a value. It may be made before its line is open."""

    def __init__(self, policy, parity):
        self.line, self.policy = Line(), policy
        self.exports, self.export_numbers, self.next_export = {}, {}, 1
        self.imports = {}
        self.classes, self.records, self.described = {}, {}, set()
        self.released, self.offered, self.news = [], set(), []
        self.shares = shares.Shares(parity)
        self.lock, self.depth, self.turn = RLock(), 0, 0
        self.side_notes, self.take_notes = (lambda: None), (lambda notes: None)

    # -- messages ---------------------------------------------------------------------------------------------------

    def request(self, operation, *values):
        """Asks the other side and serves what it asks meanwhile. Raises what it raised."""
        with self.lock:
            self.depth += 1
            try:
                self.send(operation, values)
                del values
                while True:
                    operation, arguments = self.receive()
                    if operation == "=":
                        return arguments[0]
                    if operation == "!":
                        raise arguments[0]
                    self.answer(operation, arguments)
            finally:
                self.depth -= 1

    def answer(self, operation, arguments):
        """Serves one request; whatever it raises crosses as an exception."""
        try:
            result, verb = self.policy.serve(self, operation, arguments), "="
        except (Gone, Refused):
            raise
        except BaseException as error:
            if isinstance(error, self.policy.not_to_cross):
                raise
            error.__traceback__ = None
            result, verb = error, "!"
        arguments.clear()
        try:
            self.send(verb, (result,))
        except (Uncarried, RecursionError, MemoryError) as error:
            self.send("!", (self.policy.uncarried(str(error)),))

    def send(self, operation, values):
        fresh, self.news = [], []
        try:
            encoded = [self.encode(value, 0, fresh) for value in values]
            del values
            for number in fresh:
                self.shares.settle(number)
            changed = [[number, [self.encode(part, 0, fresh) for part in parts]] for number, parts in self.shares.changed()]
        except BaseException:                                # nothing was sent, so the other side knows none of it
            for number in fresh:
                self.shares.forget(number)
            self.described.difference_update(self.news)
            raise
        for number in fresh:
            self.shares.settle(number)
        released, self.released = self.released, []
        tail = {}
        if changed:
            tail["changed"] = changed
        if released:
            tail["released"] = released
        if self.shares.entries:
            unheld = self.shares.forget_unheld()
            if unheld:
                tail["unheld"] = unheld
        notes = self.side_notes()
        if notes:
            tail["notes"] = notes
        data = wire.pack([self.turn, operation, encoded, tail] if tail else [self.turn, operation, encoded])
        self.turn += 1
        self.line.write(data)

    def receive(self):
        try:
            message = wire.unpack(self.line.read())
            turn, operation, encoded, tail = message if len(message) == 4 else (*message, {})
            if turn != self.turn:                            # two processes answer, for the other side forked
                raise Refused("a message out of turn")
            self.turn, filled = turn + 1, []
            arguments = [self.decode(part, 0, filled) for part in encoded]
            if tail:
                for number, parts in tail.get("changed", ()):
                    decoded = [self.decode(part, 0, filled) for part in parts]
                    if number in self.shares.entries:
                        shares.fill(self.shares.entries[number][0], decoded)
                        filled.append(number)
                for number in tail.get("released", ()):
                    self.export_numbers.pop(id(self.exports.pop(number, None)), None)
            for number in filled:
                self.shares.settle(number)
            if tail:
                for number in tail.get("unheld", ()):
                    self.shares.forget(number)
                if tail.get("notes"):
                    self.take_notes(tail["notes"])
            return operation, arguments
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError) as error:
            raise Refused(f"a garbled message: {type(error).__name__}: {error}"[:200]) from None

    # -- values out -------------------------------------------------------------------------------------------------

    def encode(self, value, depth, fresh):
        kind = type(value)
        if kind in ATOMS:
            return value
        if kind is int:
            return value if -wire.BIG_INT < value < wire.BIG_INT else wire.encode_plain(value)
        if depth > DEEPEST:
            raise TooLarge("the value is nested too deep")
        if kind is tuple or kind is frozenset:
            return ["T" if kind is tuple else "F", [self.encode(part, depth + 1, fresh) for part in value]]
        if kind in shares.NAMES:
            return self._encode_shared(value, kind, depth, fresh)
        if kind is range or kind is slice:
            return ["A", kind.__name__, [self.encode(part, depth + 1, fresh) for part in (value.start, value.stop, value.step)]]
        own = mirror.number_of(value, self)
        if own is not None:
            return own
        plain = wire.encode_plain(value)
        if plain is not None:
            return plain
        if isinstance(value, tuple) and records.is_record(kind):
            return ["P", self.encode(kind, depth + 1, fresh), [self.encode(part, depth + 1, fresh) for part in value]]
        named = wire.name_of(value) if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)) or kind.__module__ == "typing" else None
        if named:
            return ["N", *named]
        if isinstance(value, type):
            self.offered.add(id(value))
            return self.encode_class(value, depth, fresh)
        if isinstance(value, BaseException):
            return self._encode_exception(value, depth, fresh)
        number = self.export(value)
        if kind is types.FunctionType:
            return ["f", number, looks.describe_function(value)]
        if kind in handles.TAGS:
            return [handles.TAGS[kind], number]
        return ["H", number, self.encode_class(kind, depth, fresh)]

    def _encode_shared(self, value, kind, depth, fresh):
        number = self.shares.number(value)
        if number is not None:
            return ["R", number]
        number = self.shares.add(value)
        fresh.append(number)
        extra = None
        if kind is shares.deque:
            extra = value.maxlen
        elif kind is shares.defaultdict:
            extra = self.encode(value.default_factory, depth + 1, fresh)
        return ["M", number, shares.NAMES[kind], extra, [self.encode(part, depth + 1, fresh) for part in shares.parts_of(value)]]

    def export(self, value):
        number = self.export_numbers.get(id(value))
        if number is None:
            if len(self.exports) >= MOST_EXPORTS:
                raise TooLarge("too many objects are held at once")
            number, self.next_export = self.next_export, self.next_export + 1
            self.exports[number] = value
            self.export_numbers[id(value)] = number
        return number

    def encode_class(self, kind, depth, fresh):
        number = self.export(kind)
        if number in self.described:
            return ["K", number]
        self.described.add(number)
        self.news.append(number)
        bases = [self.encode(base, depth + 1, fresh) for base in kind.__mro__[1:] if looks.is_foreign(base)]
        return ["K", number, looks.describe_class(kind), bases]

    def _encode_exception(self, error, depth, fresh):
        arguments = []
        for part in error.args:
            try:
                arguments.append(self.encode(part, depth + 1, fresh))
            except (Uncarried, RecursionError):
                arguments.append(f"<{type(part).__name__}>")
        try:
            text = str(error)
        except Exception:
            text = type(error).__name__
        kind = type(error)
        cause = error.__cause__
        cause = self._encode_exception(cause, depth + 1, fresh) if cause is not None and depth < 8 else None
        named = wire.name_of(kind)
        return ["X", self.export(error), ["N", *named] if named else self.encode_class(kind, depth, fresh), arguments, text[:4000], cause]

    # -- values in --------------------------------------------------------------------------------------------------

    def decode(self, part, depth, filled):
        kind = type(part)
        if kind in ATOMS or kind is int:
            return part
        if kind is not list or depth > DEEPEST + 8:
            raise Refused("a value out of shape")
        tag = part[0]
        if tag == "T" or tag == "F":
            return (tuple if tag == "T" else frozenset)([self.decode(each, depth + 1, filled) for each in part[1]])
        if tag == "M":
            return self._decode_shared(part, depth, filled)
        if tag == "R":
            if part[1] not in self.shares.entries:
                raise Refused("an unknown container")
            return self.shares.entries[part[1]][0]
        if tag == "A":
            return (range if part[1] == "range" else slice)(*[self.decode(each, depth + 1, filled) for each in part[2]])
        if tag == "O":
            return self.exports[part[1]]
        if tag == "K":
            return self.decode_class(part, depth, filled)
        if tag == "P":
            return records.made_of(self.decode(part[1], depth + 1, filled), [self.decode(each, depth + 1, filled) for each in part[2]])
        if tag == "H":
            return self.imported(part[1], lambda: mirror.instance(self, part[1], self.decode_class(part[2], depth, filled)))
        if tag == "f":
            return self.imported(part[1], lambda: self.policy.function(self, part[1], part[2]))
        if tag in handles.BY_TAG:
            return self.imported(part[1], lambda: mirror.instance(self, part[1], handles.BY_TAG[tag]))
        if tag == "X":
            return self._decode_exception(part, depth, filled)
        return wire.decode_plain(part)

    def imported(self, number, make):
        found = self.held(number)
        if found is None:
            found = make()
            self.hold(number, found)
        return found

    def held(self, number):
        """The stand-in for an object of the other side, while somebody here uses it."""
        reference = self.imports.get(number)
        return reference and reference()

    def hold(self, number, found):
        """Remembers a stand-in. When it is gone, the other side hears of it with the next message."""
        def let_go(reference):
            if self.imports.get(number) is reference:
                del self.imports[number]
            self.released.append(number)
        self.imports[number] = weakref.ref(found, let_go)

    def _decode_shared(self, part, depth, filled):
        _, number, name, extra, members = part
        kind = shares.KINDS[name]
        if kind is shares.deque:
            value = kind(maxlen=extra)
        elif kind is shares.defaultdict:
            value = kind(self.decode(extra, depth + 1, filled))
        else:
            value = kind()
        self.shares.add(value, number)
        shares.fill(value, [self.decode(each, depth + 1, filled) for each in members])
        filled.append(number)
        return value

    def decode_class(self, part, depth, filled):
        number = part[1]
        if part[0] == "N":
            return wire.decode_plain(part)
        if number not in self.classes:
            bases = [self.decode(base, depth + 1, filled) for base in part[3]]
            self.classes[number] = (records if "fields" in part[2] else mirror).class_of(self, number, part[2], bases)
        return self.classes[number]

    def _decode_exception(self, part, depth, filled):
        _, number, kind, arguments, text, cause = part
        found = self.held(number)
        if found is None:
            kind = self.decode_class(kind, depth, filled)
            if not (isinstance(kind, type) and issubclass(kind, BaseException)):
                raise Refused("an exception that is none")
            found = mirror.exception(self, number, kind, [self.decode(each, depth + 1, filled) for each in arguments], text)
            found.__cause__ = self.decode(cause, depth + 1, filled) if cause else None
        return found
