"""Runs that end because somebody cancels them, or because the server dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

from support import PYTHON_DIR, HarnessProcess, TaskTest


class CancelTest(TaskTest):
    def cancel(self, body: str, head: str = "async def execute(self)") -> dict:
        harness = self.start(self.write_execute(body, head))
        harness.wait_for_log("ready")
        os.kill(harness.pid, signal.SIGTERM)
        *self.logs, final = harness.all_events()
        self.assertEqual(harness.wait(), 0)
        return final

    def assert_cancelled(self, final: dict, message: str = "The run was cancelled.") -> None:
        self.assertEqual((final["event"], final["kind"]), ("error", "cancelled"))
        self.assertEqual(final["message"], message)

    def test_a_waiting_coroutine_is_cancelled_and_cleans_up(self) -> None:
        final = self.cancel("""
        try:
            log.info("ready")
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            log.info("cleaned up")
        """)
        self.assert_cancelled(final)
        self.assertEqual((final["exception"], final["file"]), ("CancelledError", "job.py"))
        self.assertEqual(self.messages(), ["cleaned up"])

    def test_a_coroutine_that_blocks_without_await_is_cancelled_too(self) -> None:
        final = self.cancel("""
        try:
            log.info("ready")
            import time
            time.sleep(600)
        finally:
            await asyncio.sleep(0)
            log.info("cleaned up")
        """)
        self.assert_cancelled(final)
        self.assertEqual(self.messages(), ["cleaned up"])

    def test_a_coroutine_that_computes_for_ever_is_cancelled(self) -> None:
        self.assert_cancelled(self.cancel("log.info('ready')\nwhile True: pass"))

    def test_a_synchronous_execute_is_interrupted_and_cleans_up(self) -> None:
        final = self.cancel(
            """
        try:
            log.info("ready")
            threading.Event().wait()
        except Exception:
            log.info("must not be caught here")
        finally:
            log.info("cleaned up")
        """,
            "def execute(self)",
        )
        self.assert_cancelled(final)
        self.assertEqual(self.messages(), ["cleaned up"])

    def test_lines_stay_whole_when_the_signal_comes_in_the_middle_of_one(self) -> None:
        for head in ("async def execute(self)", "def execute(self)"):
            final = self.cancel("log.info('ready')\nwhile True: log.info('x' * 60_000)", head)
            self.assert_cancelled(final)

    def test_what_a_task_raises_while_stopping_is_told(self) -> None:
        final = self.cancel("""
        try:
            log.info("ready")
            await asyncio.Event().wait()
        finally:
            raise ValueError("could not close")
        """)
        self.assert_cancelled(
            final, "The run was cancelled. While stopping, the task raised ValueError: could not close"
        )

    def test_a_task_that_stops_early_and_returns_has_a_result(self) -> None:
        final = self.cancel("""
        try:
            log.info("ready")
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return {"records_processed": 2}
        """)
        self.assertEqual(final, {"event": "result", "result": {"records_processed": 2}})

    def test_a_second_signal_does_not_interrupt_the_cleaning_up(self) -> None:
        final = self.cancel("""
        try:
            log.info("ready")
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), 15)
            await asyncio.sleep(0)
            log.info("cleaned up")
        """)
        self.assert_cancelled(final)
        self.assertEqual(self.messages(), ["cleaned up"])

    def test_an_import_is_cancelled(self) -> None:
        harness = self.start(
            self.write_task("""\
        import logging, threading
        logging.info("ready")
        threading.Event().wait()
        """)
        )
        harness.wait_for_log("ready")
        os.kill(harness.pid, signal.SIGTERM)
        self.assert_cancelled(harness.all_events()[-1])


class ForkTest(unittest.TestCase):
    def test_a_signal_that_reaches_a_child_at_once_is_not_forgotten(self) -> None:
        """Or else whoever waits for a pool of processes it has just started and terminated waits for ever."""
        program = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGTERM))  # before the harness' own
from harness_parts.cancellation import Cancellation
from harness_parts.channel import EventChannel
cancellation = Cancellation(EventChannel(1))
cancellation.install()
child = os.fork() or os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), cancellation.requested)
os.kill(os.getpid(), signal.SIGTERM)
"""
        command = [sys.executable, "-I", "-B", "-c", program, str(PYTHON_DIR)]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60)  # noqa: S603 - our own interpreter
        self.assertEqual(answer.stdout, "-15 False\n")
        self.assertIn("RunCancelled", answer.stderr)  # and the parent still hears its own


class ServerDeathTest(TaskTest):
    def assert_group_dies(self, request: dict, fifo: Path) -> None:
        """The fifo ends when the last of the processes is gone that hold it open for writing."""
        with HarnessProcess(request) as harness, open(fifo, "rb", buffering=0) as held:
            self.assertEqual(held.read(2), b"up")
            harness.die_like_the_server()
            self.assertEqual(held.read(), b"")
            self.assertEqual(harness.wait(), -signal.SIGKILL)

    def source(self, fifo: Path, session: bool = False) -> str:
        return f"""\
import os, subprocess, threading
fifo = os.open({str(fifo)!r}, os.O_WRONLY)
held = str(os.dup2(fifo, 9))
started = ["sh", "-c", "printf up >&$0; sleep 600; sleep 600", held]
subprocess.Popen(started, pass_fds=[9], start_new_session={session})
threading.Event().wait()
"""

    def test_the_whole_group_dies_with_the_server_in_a_run(self) -> None:
        os.mkfifo(fifo := self.tasks / "fifo")
        self.assert_group_dies(self.run_request(self.write_execute(self.source(fifo))), fifo)

    def test_what_left_the_group_dies_with_the_server_too(self) -> None:
        os.mkfifo(fifo := self.tasks / "fifo")
        self.assert_group_dies(self.run_request(self.write_execute(self.source(fifo, session=True))), fifo)

    def test_the_whole_group_dies_with_the_server_in_a_describe(self) -> None:
        os.mkfifo(fifo := self.tasks / "fifo")
        self.assert_group_dies(self.describe_request(self.write_task(self.source(fifo))), fifo)


if __name__ == "__main__":
    unittest.main()
