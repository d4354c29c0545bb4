class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    __rmul__ = __mul__

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __eq__(self, other):
        return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)

    def __hash__(self):
        return hash((self.x, self.y))

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __abs__(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5

    def __getitem__(self, index):
        return (self.x, self.y)[index]

    def __len__(self):
        return 2

    def __contains__(self, value):
        return value in (self.x, self.y)

    def __bool__(self):
        return self.x != 0 or self.y != 0

    def __repr__(self):
        return f"Vector({self.x}, {self.y})"


# --- tests ---
from solution import Vector


def test_arithmetic():
    assert Vector(1, 2) + Vector(3, 4) == Vector(4, 6)
    assert Vector(1, 2) * 3 == Vector(3, 6)
    assert 2 * Vector(1, 2) == Vector(2, 4)
    assert -Vector(1, -2) == Vector(-1, 2)


def test_comparisons():
    assert Vector(1, 2) != Vector(2, 1)
    assert Vector(1, 0) < Vector(3, 4)
    assert abs(Vector(3, 4)) == 5.0
    assert sorted([Vector(3, 4), Vector(0, 1)])[0] == Vector(0, 1)


def test_container():
    assert Vector(5, 6)[1] == 6
    assert len(Vector(5, 6)) == 2
    assert list(Vector(5, 6)) == [5, 6]
    assert 6 in Vector(5, 6)
    assert 7 not in Vector(5, 6)
    assert not Vector(0, 0)
    assert bool(Vector(0, 1)) is True
    assert repr(Vector(1, 2)) == "Vector(1, 2)"
    assert len({Vector(1, 2), Vector(1, 2), Vector(2, 1)}) == 2


# --- wrong: self.x * factor, self.y * factor --> self.x * factor, self.y
