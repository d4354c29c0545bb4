class User:
    next_id = 1
    by_name = {}

    def __init__(self, name):
        self.name, self.id = name, User.next_id
        User.next_id += 1
        User.by_name[name] = self

    @classmethod
    def named(cls, name):
        return cls.by_name.get(name)


class Settings:
    _only = None

    def __new__(cls):
        if cls._only is None:
            cls._only = super().__new__(cls)
            cls._only.values = {}
        return cls._only

    def put(self, key, value):
        self.values[key] = value
        return len(self.values)


# --- tests ---
from solution import Settings, User


def test_ids_go_on():
    first, second = User("ann"), User("bob")
    assert second.id == first.id + 1
    assert User.next_id == second.id + 1


def test_users_are_found():
    ann = User("ann")
    assert User.named("ann") is ann
    assert User.named("nobody") is None
    assert len(User.by_name) <= 3


def test_settings_are_the_same_everywhere():
    assert Settings() is Settings()
    assert Settings().put("colour", "blue") == 1
    assert Settings().put("size", 3) == 2
# --- wrong: User.next_id += 1 --> User.next_id += 2
