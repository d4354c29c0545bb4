"""What a class or function of this side looks like to the other: its operators, its methods, the library class it resembles."""
import types

from guard import wire

ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift", "divmod")
COMPARISONS = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__")
DUNDERS = frozenset(
    [f"__{pre}{name}__" for name in ARITHMETIC for pre in ("", "r", "i") if name != "divmod" or pre != "i"] + list(COMPARISONS)
    + [f"__{name}__" for name in (
        "call", "len", "iter", "next", "getitem", "setitem", "delitem", "enter", "exit", "hash", "bool", "format", "int", "float", "index",
        "complex", "neg", "pos", "abs", "invert", "aenter", "aexit", "aiter", "anext", "await", "reversed", "missing", "bytes", "round",
        "trunc", "floor", "ceil", "length_hint", "fspath", "get", "set", "delete", "set_name", "class_getitem")])

# Types without a name among the builtins that tests ask for by `isinstance`.
_RUNTIME = {getattr(types, name): ("types", name) for name in ("GeneratorType", "AsyncGeneratorType", "MethodType", "BuiltinFunctionType", "MappingProxyType")}
MOST_FIELDS = 200
# What a named tuple may not do its own way if its instances are to be taken for the tuples they look like.
AS_TUPLES = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__iter__", "__len__", "__getitem__", "__contains__", "__add__",
             "__mul__", "__rmul__", "__getattribute__")
PLAIN = (int, float, str, bool, type(None))


def is_foreign(kind):
    return wire.name_of(kind) is None


def _own(kind, name):
    return any(name in base.__dict__ for base in kind.__mro__ if base is not object)


def is_record(kind):
    """Whether a class is a named tuple in all that matters here, and was made by one of the library's two ways."""
    fields = getattr(kind, "_fields", None)
    if not issubclass(kind, tuple) or type(fields) is not tuple or len(fields) > MOST_FIELDS or not all(type(each) is str for each in fields):
        return False
    made = getattr(kind.__new__, "__globals__", {}).get("__name__")
    defaults = getattr(kind, "_field_defaults", None)
    return (type(made) is str and made.startswith("namedtuple_") and type(defaults) is dict and all(type(each) in PLAIN for each in defaults.values())
            and all(getattr(kind, name) is getattr(tuple, name) for name in AS_TUPLES))


def describe_class(kind):
    nearest = _RUNTIME.get(kind) or next((wire.name_of(base) for base in kind.__mro__ if wire.name_of(base)), None)
    methods = [name for name, value in _members(kind) if type(value) is types.FunctionType and (name not in DUNDERS or name == "__init__")]
    fields = {"fields": list(kind._fields), "defaults": list(kind._field_defaults.items())} if is_record(kind) else {}
    return {**fields, "name": kind.__name__, "qualname": kind.__qualname__, "module": str(kind.__module__), "doc": kind.__doc__ if isinstance(kind.__doc__, str) else None,
            "dunders": [name for name in sorted(DUNDERS) if _own(kind, name)], "methods": methods[:400], "nearest": list(nearest) if nearest else None,
            "unhashable": getattr(kind, "__hash__", None) is None}


def _members(kind):
    seen = {}
    for base in reversed(kind.__mro__):
        if is_foreign(base):
            seen.update(base.__dict__)
    return seen.items()


def describe_function(value):
    code = value.__code__
    return {"name": value.__name__, "qualname": value.__qualname__, "doc": value.__doc__ if isinstance(value.__doc__, str) else None,
            "async": bool(code.co_flags & 0x80), "arity": code.co_argcount, "parameters": _parameters(value, code)}


def _parameters(function, code):
    """Names, kinds and defaults as `inspect.signature` would tell them, without that large module; annotations are left out."""
    positional, names = code.co_argcount, list(code.co_varnames)
    defaults = function.__defaults__ or ()
    told = []
    for place, name in enumerate(names[:positional]):
        default = place - positional + len(defaults)
        told.append([name, 0 if place < code.co_posonlyargcount else 1, _default(defaults[default]) if default >= 0 else None])
    rest = positional + code.co_kwonlyargcount
    if code.co_flags & 0x04:
        told.append([names[rest], 2, None])
        rest += 1
    for name in names[positional:positional + code.co_kwonlyargcount]:
        own = function.__kwdefaults__ or {}
        told.append([name, 3, _default(own[name]) if name in own else None])
    if code.co_flags & 0x08:
        told.append([names[rest], 4, None])
    return told


def _default(value):
    return [value if type(value) in (int, float, str, bool, type(None)) and (type(value) is not int or abs(value) < 1 << 53) else repr(type(value))]
