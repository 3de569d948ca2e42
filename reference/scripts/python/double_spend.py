"""Claimed by a blog post: a balance that two threads check and then reduce can become negative.

Two threads withdraw 80 from a balance of 100, as the post writes it: `if balance >= amount: balance -= amount`. In a
second variant there is a wait of a tenth of a millisecond between the check and the reduction, as a request to a database
would be. Each round has a fresh account and two fresh threads.
"""
import json
import threading
import time

ROUNDS = 2000
THREADS = 2
WAIT_S = 0.0001


class Account:
    def __init__(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        if self.balance >= amount:
            self.balance -= amount


class AccountThatWaits(Account):
    def withdraw(self, amount):
        if self.balance >= amount:
            time.sleep(WAIT_S)
            self.balance -= amount


def is_overdrawn(kind):
    account = kind(100)
    threads = [threading.Thread(target=account.withdraw, args=(80,)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return account.balance < 0


def overdrawn(kind):
    return sum(is_overdrawn(kind) for _ in range(ROUNDS))


def main():
    as_written, with_a_wait = overdrawn(Account), overdrawn(AccountThatWaits)
    print(json.dumps({
        "figures": {"negative_as_written": as_written, "negative_with_a_wait": with_a_wait, "rounds": ROUNDS},
        "evidence": [
            f"As written, the balance was negative after {as_written} of {ROUNDS} rounds.",
            f"With a wait of 0.1 ms in the gap it was negative after {with_a_wait} of {ROUNDS} rounds.",
        ],
        "units_created": 2 * THREADS * ROUNDS,
    }))


if __name__ == "__main__":
    main()
