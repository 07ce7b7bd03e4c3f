"""`self.progress`, and what is sent of it."""

from __future__ import annotations

import json
import logging
import os
import unittest
from decimal import Decimal
from fractions import Fraction

from support import TaskTest

from harness_parts.channel import EventChannel
from harness_parts.progress import Progress


class ProgressTest(TaskTest):
    def test_progress_is_sent_with_total_and_text(self) -> None:
        self.run_execute("self.progress(1, 4, 'Reading\\n rows'); return {}")
        self.assertEqual(self.events("progress"), [{"done": 1, "total": 4, "text": "Reading rows"}])

    def test_a_flood_is_thinned_out_and_ends_with_the_last_state(self) -> None:
        self.run_execute("""
        import time
        start, calls = time.monotonic(), 0
        while time.monotonic() < start + 0.5:
            calls += 1
            self.progress(calls)
        log.info("%s %s", calls, time.monotonic() - start)
        return {}
        """)
        calls, seconds = self.messages()[0].split()
        sent = self.events("progress")
        self.assertEqual((sent[0]["done"], sent[-1]["done"]), (1, int(calls)))
        self.assertLessEqual(len(sent), float(seconds) / 0.1 + 2)
        self.assertGreater(int(calls), 100)

    def test_a_state_that_had_to_wait_is_sent_while_the_task_goes_on(self) -> None:
        harness = self.start(self.write_execute("self.progress(1); self.progress(2); await asyncio.Event().wait()"))
        self.assertEqual([harness.next_event()["done"] for _ in range(2)], [1, 2])

    def test_any_thread_may_report(self) -> None:
        self.run_execute("""
        def work(number):
            for step in range(200): self.progress(step, 200, str(number))
        await asyncio.gather(*(asyncio.get_running_loop().run_in_executor(None, work, n) for n in range(4)))
        self.progress(200, 200)
        return {}
        """)
        self.assertEqual(self.events("progress")[-1], {"done": 200, "total": 200, "text": None})

    def report(self, *arguments: object) -> tuple[list, int]:
        """What is sent of one report, made twice in this process, as (done, total), and how many warnings there are."""
        read, write = os.pipe()
        channel = EventChannel(write)
        with self.assertLogs("progress") as logs:
            logging.getLogger("progress").info("so that there is one")
            progress = Progress(channel)
            progress.report(*arguments)
            progress.report(*arguments)
            progress.flush()
        os.close(write)
        with os.fdopen(read) as lines:
            sent = [json.loads(line) for line in lines]
        return [(event["done"], event["total"]) for event in sent], len(logs.records) - 1

    def test_nonsense_is_corrected_with_one_warning_and_never_raises(self) -> None:
        nan, infinity = float("nan"), float("inf")
        for (done, total), expected in {
            (-1, None): (0, None),
            (-3, 4): (0, 4),
            (5, 4): (4, 4),
            (2, -4): (2, None),
            (2, nan): (2, None),
            (2, "many"): (2, None),
            (nan, None): None,
            (-infinity, 3): None,
            ("three", None): None,
            (None, None): None,
            (True, None): None,
            (object(), object()): None,
            (10**400, None): None,
        }.items():
            sent, warnings = self.report(done, total, None)
            self.assertEqual((sent, warnings), ([expected] * 2 if expected else [], 1), (done, total))

    def test_sensible_values_of_any_kind_are_no_nonsense(self) -> None:
        for (done, total), expected in {
            (0, 0): (0, None),
            (1.5, 3): (1.5, 3),
            (2.0, None): (2, None),
            (Decimal("0.5"), Fraction(3, 2)): (0.5, 1.5),
        }.items():
            self.assertEqual(self.report(done, total, None), ([expected] * 2, 0))

    def test_nonsense_does_not_fail_a_run(self) -> None:
        self.assertEqual(self.run_execute("self.progress('three', self, self); return {}")["event"], "result")
        self.assertIn("makes no sense", self.messages()[0])

    def test_a_text_that_is_none_does_no_harm(self) -> None:
        self.run_execute("""
        class Odd:
            def __str__(self): raise RuntimeError
        self.progress(1, 2, Odd())
        self.progress(2, 2, 'x' * 1_000)
        return {}
        """)
        self.assertEqual([len(event["text"] or "") for event in self.events("progress")], [0, 200])

    def test_a_job_that_does_not_call_super_and_one_that_has_a_progress_of_its_own_work(self) -> None:
        self.run_task(
            self.write_task("""\
        from jobs.base_job import BaseJob
        class Job(BaseJob):
            def __init__(self, settings): self.artifact = "own"
            async def execute(self):
                self.progress(1)
                self.checkpoint["a"] = self.artifact
                return {}
        """)
        )
        self.assertEqual([event["event"] for event in self.logs], ["progress", "checkpoint"])

    def test_a_forked_child_and_nothing_after_the_end_report(self) -> None:
        self.run_execute(
            """
        self.progress(1)
        child = os.fork()
        if child == 0:
            self.progress(50)
            self.checkpoint["child"] = True
            os._exit(0)
        os.waitpid(child, 0)
        return {}
        """,
            "def execute(self)",
        )
        self.assertEqual([event["event"] for event in self.logs], ["progress"])


if __name__ == "__main__":
    unittest.main()
