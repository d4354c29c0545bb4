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


def _methods(kind):
    return [name for name, value in vars(kind).items() if isinstance(value, types.FunctionType) and (not name.startswith("_") or name in ("__call__", "__len__", "__getitem__", "__contains__", "__iter__", "__next__"))]


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
        setattr(kind, each, method)
