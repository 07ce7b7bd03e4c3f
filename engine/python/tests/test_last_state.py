"""What a run leaves behind, however it ends: its last reports, and its processes."""

from __future__ import annotations

import os
import signal
import unittest

from support import TaskTest


class LastStateTest(TaskTest):
    """However a run ends, what it reported last arrives before the final event."""

    LAST = "for number in range(5): self.progress(number); self.checkpoint['n'] = number\n"

    def assert_last_state(self) -> None:
        self.assertEqual(self.events("progress")[-1]["done"], 4)
        self.assertEqual(self.events("checkpoint")[-1]["values"], {"n": 4})

    def test_when_it_fails_or_returns_nonsense(self) -> None:
        for end in ("raise ValueError", "sys.exit(1)", "return None", "raise asyncio.CancelledError"):
            self.assertEqual(self.run_execute(self.LAST + end)["event"], "error")
            self.assert_last_state()

    def test_when_it_is_cancelled(self) -> None:
        for head, wait in (
            ("async def execute(self)", "await asyncio.Event().wait()"),
            ("def execute(self)", "threading.Event().wait()"),
        ):
            for cleanup in ("pass", "raise ValueError"):
                harness = self.start(
                    self.write_execute(
                        f"""
                try:
                    log.info("ready")
                    {wait}
                finally:
                    {self.LAST.strip()}
                    {cleanup}
                """,
                        head,
                    )
                )
                harness.wait_for_log("ready")
                os.kill(harness.pid, signal.SIGTERM)
                *self.logs, final = harness.all_events()
                self.assertEqual((final["kind"], harness.wait()), ("cancelled", 0))
                self.assert_last_state()

    def test_when_the_signal_comes_in_the_middle_of_a_report(self) -> None:
        for call in ("self.progress(number)", "self.checkpoint['n'] = number"):
            body = f"log.info('ready')\nfor number in __import__('itertools').count(1): {call}"
            harness = self.start(self.write_execute(body))
            harness.wait_for_log("ready")
            os.kill(harness.pid, signal.SIGTERM)
            self.assertEqual((harness.all_events()[-1]["kind"], harness.wait()), ("cancelled", 0))


class SubreaperTest(TaskTest):
    ORPHAN = """
    import subprocess
    script = "import os, sys, time; os.fork() and os._exit(0); os.setsid(); os.fork() and os._exit(0); "
    script += "print(os.getpid(), flush=True); sys.stdin.read(); print(os.getppid(), flush=True)"
    daemon = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pid = int(daemon.stdout.readline())
    daemon.wait()
    """

    @unittest.skipUnless(hasattr(os, "pidfd_open"), "Linux only")
    def test_f11_a_daemon_that_left_the_group_stays_a_child_of_the_harness(self) -> None:
        self.assert_result(
            self.ORPHAN
            + """
    daemon.stdin.close()
    parent = int(daemon.stdout.readline())
    return {"seen": [parent == os.getpid(), os.waitpid(pid, 0)[0] == pid]}
        """,
            [True, True],
        )

    def test_children_of_the_task_are_still_its_own_to_wait_for(self) -> None:
        self.assert_result(
            self.ORPHAN
            + """
    import multiprocessing
    code = subprocess.run([sys.executable, "-c", "raise SystemExit(3)"]).returncode
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "raise SystemExit(4)")
    with multiprocessing.get_context("fork").Pool(2) as pool: numbers = pool.map(abs, [-1])
    os.kill(pid, 9)
    return {"seen": [code, await process.wait(), numbers]}
        """,
            [3, 4, [1]],
        )


if __name__ == "__main__":
    unittest.main()
