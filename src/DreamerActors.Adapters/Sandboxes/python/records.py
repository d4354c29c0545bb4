"""Named tuples cross by value: each side has a class of its own for them, a real tuple, so that whatever takes tuples takes these."""
from guard.looks import is_record
from guard.mirror import CLASS_NUMBER, CLASS_PEER
from guard.wire import Refused

GENERATED = ("_make", "_replace", "_asdict")


class RecordMeta(type):
    """The class of these classes: what a named tuple does not have is asked of the other side."""

    def __getattr__(cls, name):
        if name.startswith("__") or CLASS_PEER not in cls.__dict__:
            raise AttributeError(name)
        return cls.__dict__[CLASS_PEER].request("get", cls, name)


def class_of(peer, number, told, bases):
    """This side's class for a named tuple of the other side."""
    import collections
    fields, defaults = told["fields"], told["defaults"]
    try:
        plain = collections.namedtuple("Record", fields, defaults=[value for _, value in defaults] or None)
    except (TypeError, ValueError) as error:
        raise Refused(f"no named tuple: {error}") from None
    base = next((each for each in bases if type(each) is RecordMeta and each._fields == plain._fields), plain)
    namespace = {name: _method(number, name) for name in told["methods"] if type(name) is str and name.isidentifier() and not name.startswith("__") and name not in GENERATED}
    namespace.update({"__slots__": (), "__module__": str(told["module"]), "__qualname__": str(told["qualname"]), "__doc__": told["doc"],
                      "__getattr__": _attribute, "__repr__": _shown("repr"), "__str__": _shown("str"), CLASS_NUMBER: number, CLASS_PEER: peer})
    made = RecordMeta(str(told["name"]), (base,), namespace)
    peer.records[number] = made
    return made


def made_of(kind, parts):
    if not isinstance(kind, type) or not is_record(kind) or len(kind._fields) != len(parts):
        raise Refused("a named tuple that is none")
    return tuple.__new__(kind, parts)


def _peer(value):
    return type(value).__dict__[CLASS_PEER]


def _method(number, name):
    def method(self, *args, **kwargs):
        peer = _peer(self)
        return peer.request("method", peer.records[number], name, self, args, kwargs)
    method.__name__ = name
    return method


def _attribute(self, name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _peer(self).request("get", self, name)


def _shown(operation):
    def show(self):
        return _peer(self).request(operation, self)
    return show
