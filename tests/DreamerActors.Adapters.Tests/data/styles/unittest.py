class Stack:
    def __init__(self):
        self._items = []

    def push(self, item):
        self._items.append(item)
        return self

    def pop(self):
        if not self._items:
            raise IndexError("empty stack")
        return self._items.pop()

    def peek(self):
        return self._items[-1] if self._items else None

    @property
    def size(self):
        return len(self._items)

    @classmethod
    def of(cls, *items):
        stack = cls()
        for item in items:
            stack.push(item)
        return stack

    @staticmethod
    def kind():
        return "lifo"


# --- tests ---
import unittest

from solution import Stack


class StackTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.values = [1, 2, 3]

    def setUp(self):
        self.stack = Stack.of(*self.values)

    def tearDown(self):
        self.stack = None

    def test_pop(self):
        self.assertEqual([self.stack.pop() for _ in self.values], [3, 2, 1])
        with self.assertRaises(IndexError):
            self.stack.pop()

    def test_peek(self):
        self.assertEqual(self.stack.peek(), 3)
        self.assertIsNone(Stack().peek())

    def test_size(self):
        self.assertEqual(self.stack.push(4).size, 4)
        with self.assertRaises(AttributeError):
            self.stack.size = 1

    def test_subtests(self):
        for n in range(3):
            with self.subTest(n=n):
                self.assertEqual(Stack.of(*range(n)).size, n)

    def test_kind(self):
        self.assertEqual(Stack.kind(), "lifo")
        self.assertIn("o", Stack.kind())
        self.assertListEqual(self.stack._items, [1, 2, 3])
        self.assertAlmostEqual(Stack.of(0.1 + 0.2).pop(), 0.3)


if __name__ == "__main__":
    unittest.main()


# --- wrong: self._items[-1] if --> self._items[0] if
