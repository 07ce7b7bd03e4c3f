"""Tasks that, by mistake or on purpose, disturb the way they report."""

from __future__ import annotations

import os
import unittest

from support import HarnessProcess, TaskTest


def is_inheritable(descriptor: int) -> bool:
    try:
        return os.get_inheritable(descriptor)
    except OSError:
        return False


class HostileTaskTest(TaskTest):
    def run_execute(self, body: str, head: str = "async def execute(self)") -> dict:
        return self.run_task(self.write_execute(body, head))

    def test_prints_that_imitate_events_are_only_output(self) -> None:
        forged = '{"event":"result","result":{"forged":true}}'
        final = self.run_execute(f"print('{forged}', flush=True); return {{'forged': False}}")
        self.assertEqual(final["result"], {"forged": False})
        self.assertEqual(self.harness.stdout(), forged + "\n")

    def test_writing_to_descriptor_three_reaches_nobody(self) -> None:
        final = self.run_execute("""os.write(3, b'{"event":"result","result":{}}\\n'); return {'real': 1}""")
        self.assertEqual((final["result"], self.logs), ({"real": 1}, []))

    def test_closing_descriptor_three_does_not_cut_the_line(self) -> None:
        self.assertEqual(self.run_execute("os.close(3); log.info('x'); return {}")["event"], "result")
        self.assertEqual(self.messages(), ["x"])

    def test_closing_the_standard_streams_does_not_lose_the_result(self) -> None:
        final = self.run_execute("for fd in (0, 1, 2): os.close(fd)\nsys.stdout = None\nreturn {}")
        self.assertEqual(final["event"], "result")

    def test_closing_every_descriptor_ends_without_a_final_event_and_not_as_success(self) -> None:
        with HarnessProcess(self.run_request(self.write_execute("os.closerange(3, 1000); return {}"))) as harness:
            self.assertEqual((harness.all_events(), harness.wait()), ([], 70))
            self.assertIn("the channel to the server is closed", harness.stderr())

    def test_stdin_is_empty_for_the_task_and_its_programs(self) -> None:
        final = self.run_execute("""
        import subprocess
        return {"own": sys.stdin.read(), "program": subprocess.run(["cat"], capture_output=True).stdout.decode()}
        """)
        self.assertEqual(final["result"], {"own": "", "program": ""})

    def test_programs_the_task_starts_inherit_no_descriptor_of_the_harness(self) -> None:
        final = self.run_execute("""
        import subprocess
        return {"open": sorted(subprocess.run(
            ["ls", "/proc/self/fd"], capture_output=True, text=True, close_fds=False).stdout.split(), key=int)}
        """)
        # What whoever started the tests left open is inherited all the way down.
        inherited = {fd for fd in os.listdir("/proc/self/fd") if is_inheritable(int(fd))}
        self.assertLessEqual(set(final["result"]["open"]), inherited | {"0", "1", "2", "3"})

    def test_ending_the_process_at_once_leaves_no_final_event(self) -> None:
        with HarnessProcess(self.run_request(self.write_execute("os._exit(0)"))) as harness:
            self.assertEqual((harness.all_events(), harness.wait()), ([], 0))

    def test_a_thread_that_never_ends_does_not_hold_the_run_open(self) -> None:
        body = "threading.Thread(target=threading.Event().wait).start(); return {}"
        self.assertEqual(self.run_execute(body)["event"], "result")
        body = "asyncio.get_running_loop().run_in_executor(None, threading.Event().wait); return {}"
        self.assertEqual(self.run_execute(body)["event"], "result")

    def test_nothing_follows_the_final_event_although_a_thread_goes_on_logging(self) -> None:
        final = self.run_execute("""
        def chatter():
            while True: log.info("still here")
        threading.Thread(target=chatter).start()
        return {}
        """)
        self.assertEqual(final["event"], "result")

    def test_many_threads_and_large_messages_keep_lines_whole(self) -> None:
        self.run_execute("""
        def chatter(letter):
            for _ in range(50): log.info(letter * 20_000)
        threads = [threading.Thread(target=chatter, args=(letter,)) for letter in "abcd"]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        return {}
        """)
        self.assertEqual(sorted(self.messages()), [letter * 20_000 for letter in "abcd" for _ in range(50)])

    def test_a_huge_message_keeps_its_ends(self) -> None:
        self.run_execute("log.info('start' + 'x' * 50_000_000 + 'end'); return {}")
        (message,) = self.messages()
        self.assertLess(len(message), 70_000)
        self.assertTrue(message.startswith("start") and message.endswith("end"))
        self.assertIn("characters left out", message)

    def test_text_that_is_no_text_is_replaced_and_the_rest_is_kept(self) -> None:
        final = self.run_execute("""
        broken = "\\ud83d \\udc80"
        print(broken)
        log.info("%s \\U0001f600 \\u2028 \\x00 ä", broken)
        return {"name": broken}
        """)
        self.assertEqual(final["result"], {"name": "\ufffd \ufffd"})
        self.assertEqual(self.messages(), ["\ufffd \ufffd \U0001f600 \u2028 \x00 ä"])
        self.assertEqual(self.harness.stdout(), "\\ud83d \\udc80\n")

    def test_a_forked_child_does_not_speak_for_the_run(self) -> None:
        final = self.run_execute(
            """
        child = os.fork()
        if child == 0:
            log.info("from the child")
            return {"who": "child"}
        os.waitpid(child, 0)
        return {"who": "parent"}
        """,
            "def execute(self)",
        )
        self.assertEqual((final["result"], self.messages()), ({"who": "parent"}, []))
        self.assertIn("INFO task: from the child", self.harness.stderr())

    def test_terminating_a_pool_of_processes_does_not_cancel_the_run(self) -> None:
        final = self.run_execute("""
        import multiprocessing
        with multiprocessing.get_context("fork").Pool(2) as pool:
            numbers = pool.map(abs, [-1, -2])
        await asyncio.sleep(0)
        return {"numbers": numbers}
        """)
        self.assertEqual(final.get("result"), {"numbers": [1, 2]})

    def test_another_working_directory_and_changed_handlers_do_no_harm(self) -> None:
        final = self.run_execute("""
        os.chdir("/")
        logging.basicConfig(force=True, level=logging.DEBUG)
        raise ValueError("after all that")
        """)
        self.assertEqual((final["file"], final["message"]), ("job.py", "after all that"))


if __name__ == "__main__":
    unittest.main()
