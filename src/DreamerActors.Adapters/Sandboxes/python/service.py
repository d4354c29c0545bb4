"""What one side does when the other asks. The candidate serves everything; the tester serves through `Guarded`."""
import sys
import types

from guard import handles, mirror, wire
from guard.looks import DUNDERS


class Steps:
    """Coroutines of this side that the other side awaits: each step lets the event loop run once."""

    def __init__(self):
        self.tasks, self.loop = {}, None

    def step(self, coroutine):
        import asyncio
        running = asyncio._get_running_loop()
        if self.loop is None and running is None:
            self.loop = asyncio.new_event_loop()
        loop = running or self.loop
        task = self.tasks.get(id(coroutine))
        if task is None:
            task = self.tasks[id(coroutine)] = loop.create_task(coroutine)
        if running is None:
            loop.call_later(0.001, loop.stop) if task._fut_waiter is not None else loop.call_soon(loop.stop)
            asyncio.set_event_loop(loop)
            loop.run_forever()
        if not task.done():
            return False, None
        del self.tasks[id(coroutine)]
        return True, task.result()

    def cancel(self, coroutine):
        task = self.tasks.pop(id(coroutine), None)
        task.cancel() if task is not None else coroutine.close()


async def _awaiting(value):
    return await value


class Service:
    """Serves operations on objects of this side."""

    not_to_cross = ()

    def __init__(self):
        self.steps = Steps()

    def serve(self, peer, operation, values):
        action = getattr(self, "do_" + operation, None)
        if action is None:
            raise wire.Refused(f"asked for {str(operation)[:40]}")
        return action(*values)

    def compared(self, peer, handle, name, other, result):
        return result

    def uncarried(self, reason):
        return wire.Uncarried(reason)

    def do_call(self, target, args, kwargs=types.MappingProxyType({})):
        return target(*args, **kwargs)

    def do_get(self, target, name):
        return getattr(target, name)

    def do_set(self, target, name, value):
        setattr(target, name, value)

    def do_del(self, target, name):
        delattr(target, name)

    def do_dunder(self, target, name, args):
        if name not in DUNDERS:
            raise wire.Refused("an unknown operator")
        return getattr(type(target), name)(target, *args)

    def do_method(self, kind, name, target, args, kwargs):
        own = getattr(target, "__dict__", None)
        if type(own) is dict and name in own and getattr(type(target), name, None) is getattr(kind, name):
            return own[name](*args, **kwargs)
        return getattr(kind, name)(target, *args, **kwargs) if type(target) is not kind else getattr(target, name)(*args, **kwargs)

    def do_iter(self, target):
        return iter(target)

    def do_len(self, target):
        return len(target)

    def do_in(self, target, value):
        return value in target

    def do_item(self, target, key):
        return target[key]

    def do_repr(self, target):
        return repr(target)

    def do_str(self, target):
        return str(target)

    def do_dir(self, target):
        return [name for name in dir(target)]

    def do_copy(self, target):
        import copy
        return copy.copy(target)

    def do_deepcopy(self, target):
        import copy
        return copy.deepcopy(target)

    def do_step(self, coroutine):
        return self.steps.step(coroutine)

    def do_cancel(self, coroutine):
        self.steps.cancel(coroutine)

    def do_awaited(self, target):
        return _awaiting(target)

    def do_signature(self, target):
        import inspect
        found = inspect.signature(target)
        plain = lambda value: value if value is inspect.Parameter.empty or isinstance(value, (int, float, str, bytes, type(None), tuple, type)) else str(value)
        hide = lambda value: None if value is inspect.Parameter.empty else (plain(value),)
        return [(p.name, int(p.kind), hide(p.default), hide(p.annotation)) for p in found.parameters.values()], hide(found.return_annotation)

    def do_subclass(self, name, bases, members):
        namespace = {}
        for key, kind, value in members:
            if kind == "property":
                value = property(*value)
            elif kind:
                value = {"staticmethod": staticmethod, "classmethod": classmethod}[kind](value)
            namespace[key] = value
        return types.new_class(name, bases, {}, lambda space: space.update(namespace))

    def function(self, peer, number, told):
        """A function of the other side as a real function: decorators, descriptors and `functools.wraps` expect one."""
        if told["async"]:
            async def callback(*args, **kwargs):
                return await peer.request("call", callback, args, kwargs)
        else:
            def callback(*args, **kwargs):
                return peer.request("call", callback, args, kwargs)
        callback.__name__, callback.__qualname__, callback.__doc__ = told["name"], told["qualname"], told["doc"]
        mirror.mark(callback, number)
        _sign(callback, told.get("parameters"))
        return callback


def _sign(callback, parameters):
    """The signature of the function it stands for; a solution that asks for it has `inspect` loaded."""
    inspect = sys.modules.get("inspect")
    if inspect is not None and type(parameters) is list:
        empty = inspect.Parameter.empty
        callback.__signature__ = inspect.Signature([
            inspect.Parameter(name, inspect._ParameterKind(kind), default=default[0] if default else empty) for name, kind, default in parameters])


HIDDEN = ("gi_", "cr_", "ag_", "f_", "tb_", "co_", "func_")


class Guarded(Service):
    """The tester's side: the candidate may use what the tests gave it, not look behind it."""

    def serve(self, peer, operation, values):
        if operation in ("get", "set", "del", "method"):
            name = values[1]
            if type(name) is not str or name.startswith("_") and name not in ("__name__", "__doc__", "__qualname__", "__module__", "__init__") or name.startswith(HIDDEN):
                raise AttributeError(str(name))
        elif operation not in ("call", "dunder", "iter", "len", "in", "item", "repr", "str", "step", "cancel", "awaited", "signature", "copy", "deepcopy", "dir"):
            raise wire.Refused(f"asked for {str(operation)[:40]}")
        target = values[0]
        if id(target) not in peer.export_numbers or operation == "call" and isinstance(target, type) and id(target) not in peer.offered:
            raise wire.Refused("used what the tests did not give it")
        if isinstance(target, (types.ModuleType, types.FrameType, types.CodeType, types.TracebackType)):
            raise wire.Refused("reached for the tests")
        result = super().serve(peer, operation, values)
        if isinstance(result, (types.ModuleType, types.FrameType, types.CodeType, types.TracebackType)):
            raise wire.Refused("reached for the tests")
        return result

    def function(self, peer, number, told):
        made = mirror.instance(peer, number, handles.Function)
        object.__setattr__(made, "_dreamer_told", {"name": str(told["name"]), "doc": told["doc"]})
        return made

    def signature(self, told):
        import inspect
        show = lambda value: inspect.Parameter.empty if value is None else value[0]
        parameters, result = told
        return inspect.Signature([inspect.Parameter(name, kind, default=show(default), annotation=show(note)) for name, kind, default, note in parameters],
                                 return_annotation=show(result))
