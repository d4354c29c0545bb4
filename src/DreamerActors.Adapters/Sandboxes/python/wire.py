"""Plain data between the two interpreters: what crosses, how it is spelled, and its caps. Everything is rebuilt with exact builtin types."""
import sys
import _json

LARGEST_MESSAGE = 8 << 20
DEEPEST = 150
BIG_INT = 1 << 64
LARGEST_INT_DIGITS = 1 << 20

# Objects that exist alike on both sides and cross by name. The candidate may name none that acts on its caller's behalf.
NAMED = {
    "builtins": None, "math": None, "operator": None, "collections": None, "collections.abc": None, "decimal": None, "fractions": None,
    "datetime": None, "itertools": None, "functools": None, "string": None, "typing": None, "abc": None, "enum": None, "uuid": None,
    "statistics": None, "numbers": None, "dataclasses": None, "types": None, "pathlib": None, "json": ("dumps", "loads", "JSONDecodeError"),
    "json.decoder": ("JSONDecodeError",), "asyncio.exceptions": None, "time": ("sleep", "time"), "_operator": None, "concurrent.futures._base": ("TimeoutError",),
    "binascii": ("Error",), "struct": ("error",), "zlib": ("error", "crc32", "adler32"), "re": ("error",), "_collections_abc": None,
}
UNSAFE = {"eval", "exec", "open", "compile", "__import__", "input", "breakpoint", "globals", "locals", "vars", "getattr", "setattr", "delattr",
          "exit", "quit", "help", "print", "dir", "attrgetter", "methodcaller", "CodeType", "FunctionType", "memoryview", "new_class"}


class Gone(BaseException):
    """The other side ended or hung."""


class Refused(BaseException):
    """The other side sent what the protocol does not allow."""


class Uncarried(Exception):
    """A value or a style that two interpreters cannot share."""


class TooLarge(Uncarried):
    """A value beyond the caps of the wire."""


class _Plain:
    """What a JSON scanner asks its owner."""
    strict, object_hook, object_pairs_hook, parse_float, parse_int, memo = True, None, None, float, int, {}
    parse_constant = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}.__getitem__


def _not_plain(value):
    raise TypeError(f"a {type(value).__name__} has no spelling")


# The C halves of `json`: its package takes longer to import than the rest of an interpreter to start, and each call of it makes them anew.
_write = _json.make_encoder(None, _not_plain, _json.encode_basestring_ascii, None, ":", ",", False, False, True)
_read = _json.make_scanner(_Plain)


def pack(message):
    try:
        data = "".join(_write(message, 0)).encode("ascii")
    except RecursionError:
        raise TooLarge("the value is nested too deep") from None
    if len(data) > LARGEST_MESSAGE:
        raise TooLarge(f"the value takes {len(data)} bytes")
    return data


def unpack(data):
    try:
        text = data.decode("ascii")
        message, end = _read(text, 0)
    except (ValueError, RecursionError, StopIteration) as error:
        raise Refused(f"not a message: {type(error).__name__}") from None
    if end != len(text):
        raise Refused("more than a message")
    return message


def _attribute(module, name):
    found = sys.modules[module]
    for part in name.split("."):
        found = getattr(found, part)
    return found


def name_of(value):
    """(module, qualified name) if both sides have this very object by that name."""
    module = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None) or getattr(value, "_name", None)
    if type(module) is not str or type(name) is not str or module not in NAMED or module not in sys.modules or name in UNSAFE or name.startswith("_"):
        return None
    if NAMED[module] is not None and name not in NAMED[module]:
        return None
    try:
        return (module, name) if _attribute(module, name) is value else None
    except AttributeError:
        return None


def by_name(module, name):
    if type(module) is not str or type(name) is not str or module not in NAMED or name in UNSAFE or name.startswith("_") and module != "dataclasses":
        raise Refused(f"named {module!s}.{name!s}")
    if NAMED[module] is not None and name not in NAMED[module]:
        raise Refused(f"named {module}.{name}")
    __import__(module)
    try:
        return _attribute(module, name)
    except AttributeError:
        raise Refused(f"named {module}.{name}") from None


def _sentinel(value):
    fields = sys.modules.get("dataclasses")
    return fields and next((n for n in ("_FIELD", "_FIELD_CLASSVAR", "_FIELD_INITVAR", "MISSING") if getattr(fields, n, None) is value), None)


def _zone(value):
    return None if value is None else int(value.utcoffset(None).total_seconds() * 1000000)


def _datetime_parts(value):
    return [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond, _zone(value.tzinfo), value.fold]


def _time_parts(value):
    return [value.hour, value.minute, value.second, value.microsecond, _zone(value.tzinfo)]


# exact type by (module, name): how to take an immutable value of it apart
APART = {
    ("decimal", "Decimal"): str, ("fractions", "Fraction"): lambda v: [str(v.numerator), str(v.denominator)],
    ("datetime", "date"): lambda v: [v.year, v.month, v.day], ("datetime", "timedelta"): lambda v: [v.days, v.seconds, v.microseconds],
    ("datetime", "datetime"): _datetime_parts, ("datetime", "time"): _time_parts, ("datetime", "timezone"): _zone,
    ("uuid", "UUID"): lambda v: v.int.to_bytes(16, "big").hex(),
    ("pathlib", "PosixPath"): str, ("pathlib", "PurePosixPath"): str,
}


def _build(kind, parts):
    module, _, name = kind.rpartition(".")
    if module == "decimal":
        from decimal import Decimal
        return Decimal(parts)
    if module == "fractions":
        from fractions import Fraction
        return Fraction(int(parts[0]), int(parts[1]))
    if module == "uuid":
        from uuid import UUID
        return UUID(parts)
    if module == "pathlib":
        import pathlib
        return getattr(pathlib, name)(parts)
    import datetime
    zone = lambda us: None if us is None else datetime.timezone(datetime.timedelta(microseconds=us))
    if name == "datetime":
        return datetime.datetime(*parts[:7], zone(parts[7]), fold=parts[8])
    if name == "time":
        return datetime.time(*parts[:4], zone(parts[4]))
    return zone(parts) if name == "timezone" else getattr(datetime, name)(*parts)


def encode_plain(value):
    """The spelling of an immutable value that is no container, or None if it is not one."""
    kind = type(value)
    if kind is int:
        return ["I", hex(value)]
    if kind is bytes:
        return ["B", value.decode("latin-1")]
    if kind is complex:
        return ["C", value.real, value.imag]
    if value is Ellipsis or value is NotImplemented:
        return ["E", repr(value)]
    key = (kind.__module__, kind.__name__)
    if key in APART and name_of(kind):
        zone = getattr(value, "tzinfo", None) if key[0] == "datetime" else None
        if zone is None or type(zone).__name__ == "timezone":
            return ["V", ".".join(key), APART[key](value)]
    sentinel = _sentinel(value)
    return ["N", "dataclasses", sentinel] if sentinel else None


def decode_plain(parts):
    """The value of a spelling made by `encode_plain`; anything else is refused."""
    tag = parts[0]
    try:
        if tag == "I" and len(parts[1]) < LARGEST_INT_DIGITS:
            return int(parts[1], 16)
        if tag == "B":
            return parts[1].encode("latin-1")
        if tag == "C":
            return complex(float(parts[1]), float(parts[2]))
        if tag == "E":
            return NotImplemented if parts[1] == "NotImplemented" else Ellipsis
        if tag == "N":
            return by_name(parts[1], parts[2])
        if tag == "V" and tuple(parts[1].rsplit(".", 1)) in APART:
            return _build(parts[1], parts[2])
    except (ValueError, TypeError, IndexError, AttributeError, OverflowError, ArithmeticError) as error:
        raise Refused(f"a {tag!s} that is none: {type(error).__name__}") from None
    raise Refused(f"an unknown tag {str(tag)[:20]}")
