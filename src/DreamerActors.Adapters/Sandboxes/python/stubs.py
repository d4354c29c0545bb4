"""Stubs: a function of the solution answers without looking. Tests that still pass prove nothing about it."""
import types

VALUES = {"None": lambda args: None, "first argument": lambda args: args[0] if args else None, "0": lambda args: 0, "''": lambda args: "",
          "[]": lambda args: [], "True": lambda args: True}


def functions_of(module):
    """Names of what can be stubbed, functions by name and classes as `Name.*` (all public methods at once)."""
    found = []
    helpers = _helpers(module)
    for name, value in list(module.__dict__.items()):
        if getattr(value, "__module__", None) != module.__name__ or name.startswith("__") or name in helpers:
            continue
        if isinstance(value, types.FunctionType) or callable(value) and not isinstance(value, type):
            found.append(name)
        elif isinstance(value, type) and not issubclass(value, BaseException) and _methods(value):
            found.append(name + ".*")
    return found


def _helpers(module):
    """Names that another function of the solution uses. Stubbing such a helper changes its caller in step (an inverse stays an inverse, a root stays
    a root), so it is judged through its caller."""
    used = set()
    for name, value in list(module.__dict__.items()):
        for each in vars(value).values() if isinstance(value, type) else (value,):
            code = getattr(getattr(each, "__wrapped__", each), "__code__", None)
            if code is not None:
                used |= set(_names(code)) - {name}
    return used


def _names(code):
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


CALLED_BY_OPERATORS = ("__call__", "__len__", "__getitem__", "__contains__", "__iter__", "__next__")


def _methods(kind):
    """What a class itself does. What it leaves to its subclasses is judged there."""
    return [name for name, value in vars(kind).items()
            if isinstance(value, (types.FunctionType, classmethod, staticmethod)) and (not name.startswith("_") or name in CALLED_BY_OPERATORS) and not _is_left_open(value)]


def _is_left_open(method):
    function = getattr(method, "__func__", method)
    return getattr(function, "__isabstractmethod__", False) or "NotImplementedError" in getattr(getattr(function, "__code__", None), "co_names", ())


def place(module, name, value):
    """Replaces the function, or the class's methods, of a freshly loaded module."""
    answer = VALUES[value]

    def stub(*args, **kwargs):
        return answer(args or tuple(kwargs.values()))
    if not name.endswith(".*"):
        setattr(module, name, stub)
        return
    kind = getattr(module, name[:-2])

    def method(self, *args, **kwargs):
        return answer(args or tuple(kwargs.values()))
    for each in _methods(kind):
        own = vars(kind)[each]
        setattr(kind, each, staticmethod(stub) if isinstance(own, staticmethod) else classmethod(method) if isinstance(own, classmethod) else method)
