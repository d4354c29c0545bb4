class Node:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right


class LinkedList:
    def __init__(self, values=()):
        self.head = None
        for value in reversed(list(values)):
            self.head = Node(value, right=self.head)

    def reverse(self):
        before, node = None, self.head
        while node:
            node.right, before, node = before, node, node.right
        self.head = before

    def __iter__(self):
        node = self.head
        while node:
            yield node.value
            node = node.right


def insert(root, value):
    if root is None:
        return Node(value)
    if value < root.value:
        root.left = insert(root.left, value)
    else:
        root.right = insert(root.right, value)
    return root


def in_order(root):
    return [] if root is None else in_order(root.left) + [root.value] + in_order(root.right)


# --- tests ---
from solution import LinkedList, Node, in_order, insert


def test_list():
    numbers = LinkedList([1, 2, 3])
    assert list(numbers) == [1, 2, 3]
    numbers.reverse()
    assert list(numbers) == [3, 2, 1]
    assert numbers.head.value == 3
    assert numbers.head.right.right.right is None
    assert list(LinkedList()) == []


def test_tree():
    root = None
    for value in [5, 2, 8, 1, 9]:
        root = insert(root, value)
    assert in_order(root) == [1, 2, 5, 8, 9]
    assert root.left.value == 2
    assert root.right.left is None


def test_tree_made_by_hand():
    root = Node(2, Node(1), Node(3))
    assert in_order(root) == [1, 2, 3]
    root.left.left = Node(0)
    assert in_order(root) == [0, 1, 2, 3]


# --- wrong: value < root.value --> value > root.value
