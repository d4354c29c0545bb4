from abc import ABC, abstractmethod


class Shape(ABC):
    @abstractmethod
    def area(self):
        """The area."""

    def describe(self):
        return f"{type(self).__name__} of {self.area():.1f}"


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side ** 2


class Observer:
    def __init__(self):
        self.seen = []

    def notify(self, event):
        self.seen.append(self.translate(event))

    def translate(self, event):
        return event


# --- tests ---
import pytest

from solution import Observer, Shape, Square


class Circle(Shape):
    def area(self):
        return 3.0


class Loud(Observer):
    def translate(self, event):
        return super().translate(event).upper()


def test_abstract():
    with pytest.raises(TypeError):
        Shape()


def test_square():
    assert Square(3).area() == 9
    assert Square(3).describe() == "Square of 9.0"
    assert isinstance(Square(1), Shape)
    assert issubclass(Square, Shape)


def test_own_subclass():
    assert Circle().describe() == "Circle of 3.0"
    loud = Loud()
    loud.notify("hi")
    assert loud.seen == ["HI"]


# --- wrong: self.side ** 2 --> self.side * 4
