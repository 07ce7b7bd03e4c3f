"""F29 and its like: what `execute` returns, and what becomes of it."""

from __future__ import annotations

import unittest
from collections import OrderedDict
from datetime import date, datetime
from decimal import Decimal

from support import TaskTest

from harness_parts.result import result_event


class ResultTest(TaskTest):
    def returned(self, expression: str, head: str = "async def execute(self)") -> dict:
        return self.run_task(self.write_execute(f"return {expression}", head))

    def test_f29_what_is_no_dict_of_json_is_invalid_and_names_the_part(self) -> None:
        infinity = float("inf")
        for returned, message in (
            (None, "The task returned nothing; execute must return a dict."),
            ("done", "The task returned a str; execute must return a dict."),
            ([1], "The task returned a list; execute must return a dict."),
            (True, "The task returned a bool; execute must return a dict."),
            ({"ratio": infinity - infinity}, "result['ratio'] is nan, which JSON cannot hold."),
            ({"ratio": -infinity}, "result['ratio'] is -inf, which JSON cannot hold."),
            ({"a": [1, {"b": {1}}]}, "result['a'][1]['b'] is a set, which JSON cannot hold."),
            ({"a": b"secret"}, "result['a'] is a bytes, which JSON cannot hold."),
            ({"day": date.today()}, "result['day'] is a date, which JSON cannot hold."),
            ({"at": datetime.now()}, "result['at'] is a datetime, which JSON cannot hold."),
            ({"sum": Decimal(1)}, "result['sum'] is a Decimal, which JSON cannot hold."),
            ({"o": object()}, "result['o'] is an object, which JSON cannot hold."),
            ({(1, 2): 3}, "A key of result is a tuple; JSON has only text as keys."),
        ):
            final = result_event(returned)
            self.assertEqual((final["event"], final["kind"], final["message"]), ("error", "invalid_result", message))
        for expression in ("None", "'done'", "{'a': b'secret'}", "{'ratio': float('nan')}"):
            self.assertEqual(self.returned(expression)["kind"], "invalid_result")

    def test_f29_what_contains_itself_is_invalid(self) -> None:
        self.assertIn("Circular reference", self.returned("(lambda d: d.update(d=d) or d)({})")["message"])
        deep = self.returned("{'a': __import__('functools').reduce(lambda inner, _: [inner], range(100_000), [])}")
        self.assertEqual(deep["kind"], "invalid_result")

    def test_f29_odd_but_possible_values_are_passed_on(self) -> None:
        for returned, expected in (
            ({"n": 10**30, "m": -1, "b": True, "f": 1e300}, {"n": 10**30, "m": -1, "b": True, "f": 1e300}),
            ({1: "a", None: "b", False: "c"}, {"1": "a", "null": "b", "false": "c"}),
            ({"pair": (1, 2)}, {"pair": [1, 2]}),
            ({}, {}),
            (OrderedDict(a=1), {"a": 1}),
        ):
            self.assertEqual(result_event(returned), {"event": "result", "result": expected})
        self.assertEqual(self.returned("{'n': 10 ** 30}")["result"], {"n": 10**30})

    def test_f29_numbers_of_numpy_are_numbers(self) -> None:
        final = self.run_task(
            self.write_execute("""
        class Count:  # as numpy.int64: not an int, but countable
            def __index__(self): return 3
        class Scalar:  # as numpy.float32 and numpy.bool_
            dtype = "float32"
            def __init__(self, value): self.value = value
            def item(self): return self.value
        return {"records_processed": Count(), "details": {"mean": Scalar(0.5), "ok": [Scalar(True)]}}
        """)
        )
        self.assertEqual(final["result"], {"records_processed": 3, "details": {"mean": 0.5, "ok": [True]}})

    def test_f29_beside_numbers_of_numpy_the_culprit_is_still_named(self) -> None:
        head = "async def execute(self, Count=type('Count', (), {'__index__': lambda self: 3}))"
        final = self.returned("{'count': Count(), 'a': b'x'}", head)
        self.assertEqual(final["message"], "result['a'] is a bytes, which JSON cannot hold.")

    def test_f29_huge_details_give_way_to_a_note_and_the_counts_are_kept(self) -> None:
        final = self.returned("{'records_processed': 3, 'details': 'x' * 50_000_000, 'rows': ['y' * 1000] * 5000}")
        self.assertEqual(
            final["result"],
            {
                "records_processed": 3,
                "details": "(not kept: 50000002 bytes; a result may have 64 KiB)",
                "rows": "(not kept: 5020000 bytes; a result may have 64 KiB)",
            },
        )

    def test_f29_countless_small_entries_are_invalid(self) -> None:
        final = self.returned("{str(number): 0 for number in range(1_000_000)}")
        self.assertIn("more than the 4,194,304 that are accepted", final["message"])

    def test_f20_execute_may_return_whatever_can_be_awaited(self) -> None:
        body = """
        async def work(): return {"a": 1}
        class Later:
            def __await__(self): return work().__await__()
        return """
        for awaitable in ("work()", "Later()"):
            final = self.run_task(self.write_execute(body + awaitable, "def execute(self)"))
            self.assertEqual(final.get("result"), {"a": 1})

    def test_f20_what_was_not_awaited_or_yields_says_so(self) -> None:
        for expression, part in {
            "asyncio.sleep(0)": "a coroutine; execute must return a dict. Was an `await` forgotten?",
            "asyncio.ensure_future(asyncio.sleep(0))": "Was an `await` forgotten?",
            "(number for number in ())": "a generator; execute must return a dict. A function that contains `yield`",
        }.items():
            final = self.returned(expression)
            self.assertEqual(final["kind"], "invalid_result")
            self.assertIn(part, final["message"])
        for head in ("async def execute(self)", "def execute(self)"):
            final = self.run_task(self.write_execute("yield {}", head))
            self.assertEqual(final["kind"], "invalid_result")
            self.assertIn("A function that contains `yield` returns nothing else.", final["message"])


if __name__ == "__main__":
    unittest.main()
