class AccountError(Exception):
    """Something is wrong with an account."""


class Overdrawn(AccountError):
    def __init__(self, missing):
        super().__init__(f"{missing} missing")
        self.missing = missing


def withdraw(balance, amount):
    if amount <= 0:
        raise ValueError("amount must be positive")
    if amount > balance:
        raise Overdrawn(amount - balance)
    return balance - amount


def parse(text):
    try:
        return int(text)
    except ValueError as error:
        raise AccountError("not a number") from error


# --- tests ---
import unittest

from solution import AccountError, Overdrawn, parse, withdraw


class WithdrawTest(unittest.TestCase):
    def test_enough(self):
        self.assertEqual(withdraw(10, 4), 6)

    def test_overdrawn(self):
        with self.assertRaises(Overdrawn) as caught:
            withdraw(10, 11)
        self.assertEqual(caught.exception.missing, 1)
        self.assertEqual(str(caught.exception), "1 missing")
        self.assertIsInstance(caught.exception, AccountError)

    def test_negative(self):
        with self.assertRaisesRegex(ValueError, "positive"):
            withdraw(10, 0)

    def test_cause(self):
        try:
            parse("x")
        except AccountError as error:
            self.assertIsInstance(error.__cause__, ValueError)
        else:
            self.fail("nothing was raised")
        self.assertEqual(parse("12"), 12)


# --- wrong: amount > balance --> amount > balance + 1
