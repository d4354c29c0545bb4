"""What a module with classes remembers: the variables of the module and of its classes. A class made anew would be another class, so they are given back instead."""
import types

NOT_VARIABLES = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, classmethod, staticmethod, property,
                 types.GetSetDescriptorType, types.MemberDescriptorType)


class Memory:
    """Taken when the module has just been loaded. What cannot be copied cannot be given back: that raises."""

    def __init__(self, module):
        from copy import deepcopy                            # here, for only strict jobs of some modules come by
        classes = [each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__]
        self.owners = [module, *classes]
        self.copied = deepcopy
        self.begun = deepcopy([_variables(owner) for owner in self.owners])

    def give_back(self):
        for owner, begun in zip(self.owners, self.copied(self.begun)):
            now = _variables(owner)
            for name in now.keys() - begun.keys():
                delattr(owner, name)
            for name, value in begun.items():
                if name not in now or now[name] is not value:
                    setattr(owner, name, value)


def _variables(owner):
    return {name: value for name, value in vars(owner).items() if not name.startswith(("__", "_abc_")) and not isinstance(value, NOT_VARIABLES)}
