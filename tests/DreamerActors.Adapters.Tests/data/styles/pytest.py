def roman(n):
    if not 0 < n < 4000:
        raise ValueError(f"{n} is out of range")
    result = ""
    for value, letters in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while n >= value:
            result += letters
            n -= value
    return result


class Cart:
    def __init__(self):
        self.items = {}

    def add(self, name, price, quantity=1):
        old = self.items.get(name, (price, 0))
        self.items[name] = (price, old[1] + quantity)

    def total(self):
        return sum(price * quantity for price, quantity in self.items.values())


# --- tests ---
import pytest

from solution import Cart, roman


@pytest.fixture
def cart():
    made = Cart()
    made.add("pen", 1.5, 2)
    yield made
    made.items.clear()


@pytest.mark.parametrize("n, expected", [(1, "I"), (4, "IV"), (9, "IX"), (1994, "MCMXCIV"), pytest.param(3999, "MMMCMXCIX", id="largest")])
def test_roman(n, expected):
    assert roman(n) == expected


@pytest.mark.parametrize("n", [0, -1, 4000])
def test_out_of_range(n):
    with pytest.raises(ValueError) as caught:
        roman(n)
    assert str(n) in str(caught.value)


def test_cart(cart):
    cart.add("pen", 1.5)
    assert cart.total() == pytest.approx(4.5)
    assert cart.items["pen"] == (1.5, 3)


class TestCart:
    def setup_method(self):
        self.cart = Cart()

    def test_empty(self):
        assert self.cart.total() == 0

    def test_one(self):
        self.cart.add("a", 2)
        assert self.cart.total() == 2


# --- wrong: (4, "IV") --> (4, "IIII")
