"""What cannot be done as it was asked for."""


class Refusal(Exception):
    status = 2

    def __init__(self, found, expected):
        super().__init__(f"found {found}, expected {expected}")
