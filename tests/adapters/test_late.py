from mapp_compliance.adapters.late import late


class Tool:
    made = 0

    def __init__(self) -> None:
        type(self).made += 1
        self.calls: list[int] = []

    def call(self, number: int) -> int:
        self.calls.append(number)
        return len(self.calls)


def test_it_is_made_once_when_something_of_it_is_asked_for() -> None:
    before = Tool.made
    tool = late(Tool)
    assert Tool.made == before
    assert [tool.call(1), tool.call(2)] == [1, 2]
    assert (Tool.made, tool.calls) == (before + 1, [1, 2])


def test_what_cannot_be_made_is_told_each_time() -> None:
    def broken() -> Tool:
        raise ValueError("no such library")

    tool = late(broken)
    told = []
    for _ in range(2):
        try:
            tool.call(1)
        except ValueError as err:
            told.append(str(err))
    assert told == ["no such library"] * 2
