"""Stand-ins whose classes are known ahead: for coroutines, functions and modules of the other side."""
import types

from guard.mirror import NUMBER, PEER, Handle, peer_of


class Coroutine(Handle, mirrored=True):
    """A coroutine of the other side: each step lets that side's event loop run once."""

    __slots__ = ("_dreamer_steps",)
    _dreamer_nearest = types.CoroutineType

    def __await__(self):
        while True:
            done, value = peer_of(self).request("step", self)
            if done:
                return value
            yield

    def send(self, value):
        try:
            steps = object.__getattribute__(self, "_dreamer_steps")
        except AttributeError:
            steps = self.__await__()
            object.__setattr__(self, "_dreamer_steps", steps)
        return next(steps)

    def throw(self, kind, *rest):
        peer_of(self).request("cancel", self)
        raise kind

    def close(self):
        peer_of(self).request("cancel", self)


class Module(Handle, mirrored=True):
    """A module of the other side."""

    __slots__ = ()


class Function(Handle, mirrored=True):
    """A function of the other side."""

    __slots__ = ("_dreamer_told",)
    _dreamer_nearest = types.FunctionType

    def __call__(self, *args, **kwargs):
        return peer_of(self).request("call", self, args, *([kwargs] if kwargs else ()))

    def __get__(self, instance, owner=None):
        return self if instance is None else types.MethodType(self, instance)

    def __getattr__(self, name):
        if name == "__signature__":
            return peer_of(self).policy.signature(peer_of(self).request("signature", self))
        if name in (NUMBER, PEER):
            raise AttributeError(name)
        return peer_of(self).request("get", self, name)

    @property
    def __name__(self):
        return object.__getattribute__(self, "_dreamer_told")["name"]

    @property
    def __doc__(self):
        return object.__getattribute__(self, "_dreamer_told")["doc"]


TAGS = {types.CoroutineType: "c", types.ModuleType: "m"}
BY_TAG = {"c": Coroutine, "m": Module}
