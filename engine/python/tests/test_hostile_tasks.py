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
    def test_f30_whatever_imitates_events_is_only_output(self) -> None:
        forged = '{"event":"result","result":{"forged":true}}'
        final = self.run_execute(f"""
        import subprocess
        forged = {forged!r}
        print(forged, flush=True)
        print(forged, file=sys.stderr)
        log.info(forged)
        self.progress(1, None, forged)
        os.write(3, forged.encode() + b"\\n")
        subprocess.run(["sh", "-c", 'echo "$0" >&3; echo "$0" >&4', forged], close_fds=False)
        return {{"forged": False}}
        """)
        self.assertEqual((final["result"], self.messages()), ({"forged": False}, [forged]))
        self.assertEqual(self.harness.stdout(), forged + "\n")
        self.assertTrue(self.harness.stderr().startswith(forged + "\n"))

    def test_f22_closing_descriptor_three_does_not_cut_the_line(self) -> None:
        self.assertEqual(self.run_execute("os.close(3); log.info('x'); return {}")["event"], "result")
        self.assertEqual(self.messages(), ["x"])

    def test_f22_closing_the_standard_streams_does_not_lose_the_result(self) -> None:
        final = self.run_execute("for fd in (0, 1, 2): os.close(fd)\nsys.stdout = None\nreturn {}")
        self.assertEqual(final["event"], "result")

    def test_f22_closing_every_descriptor_ends_without_a_final_event_and_not_as_success(self) -> None:
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

    def test_f16_ending_the_process_at_once_leaves_no_final_event(self) -> None:
        with HarnessProcess(self.run_request(self.write_execute("os._exit(0)"))) as harness:
            self.assertEqual((harness.all_events(), harness.wait()), ([], 0))

    def test_f21_a_thread_that_never_ends_does_not_hold_the_run_open(self) -> None:
        for start in (
            "threading.Thread(target=threading.Event().wait).start()",
            "asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)",
            "self.pool = __import__('concurrent.futures').futures.ThreadPoolExecutor(); "
            "self.pool.submit(threading.Event().wait)",
        ):
            self.assertEqual(self.run_execute(f"{start}; return {{}}")["event"], "result")
            self.assertEqual(self.run_execute(f"{start}; raise ValueError")["event"], "error")

    def test_f21_nothing_follows_the_final_event_although_a_thread_goes_on_reporting(self) -> None:
        final = self.run_execute("""
        def chatter():
            while True:
                log.info("still here")
                self.progress(1)
                self.checkpoint["time"] = __import__("time").monotonic()
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

    def test_f22_another_working_directory_and_changed_handlers_do_no_harm(self) -> None:
        final = self.run_execute("""
        os.chdir("/")
        logging.basicConfig(force=True, level=logging.DEBUG)
        raise ValueError("after all that")
        """)
        self.assertEqual((final["file"], final["message"]), ("job.py", "after all that"))

    def test_f22_a_task_that_deletes_its_working_folder_and_its_streams_still_has_a_result(self) -> None:
        final = self.run_execute(f"""
        import shutil
        os.chdir({str(self.folder)!r})
        shutil.rmtree(os.getcwd())
        os.environ.clear()
        sys.path.clear(); sys.stdout.close(); sys.stderr = None; sys.stdin = None
        logging.shutdown(); log.info("still heard")
        self.progress(1)
        return {{"records_processed": 1}}
        """)
        self.assertEqual(final["result"], {"records_processed": 1})
        self.assertEqual([event["event"] for event in self.logs], ["log", "progress"])

    def test_f22_an_exception_is_explained_although_modules_of_python_are_gone(self) -> None:
        final = self.run_execute("sys.path.clear(); sys.meta_path.clear(); raise ValueError('seen')")
        self.assertEqual((final["kind"], final["message"]), ("exception", "seen"))


class OddConstructorTest(TaskTest):
    def construct(self, constructor: str, **params: object) -> dict:
        source = f"class SampleJob:\n    {constructor}\n    def execute(self): return {{}}\n"
        final = self.run_task(self.write_task(source), **params)
        self.assertEqual((final["event"], final["kind"]), ("error", "init_error"))
        return final

    def test_f15_a_signature_that_does_not_fit_names_the_parameter(self) -> None:
        for constructor, params, part in (
            ("def __init__(self, settings, key): pass", {}, "missing a required argument: 'key'"),
            ("def __init__(self, settings, *, key): pass", {}, "missing a required"),
            ("def __init__(self, settings): pass", {"key": 1}, "unexpected keyword argument 'key'"),
            ("def __init__(self, settings, key, /): pass", {"key": 1}, "'key'"),
            ("def __init__(self): pass", {}, "too many positional arguments"),
            ("def __init__(self, key): pass", {"key": 1}, "multiple values for argument 'key'"),
            ("x = 1", {"key": 1}, "SampleJob"),
        ):
            final = self.construct(constructor, **params)
            self.assertIn(part, final["message"])
            self.assertEqual((final["exception"], final["traceback"].count("harness")), ("TypeError", 0))

    def test_f15_what_the_constructor_raises_is_told_with_its_line(self) -> None:
        for raised, exception, message in (
            ("raise ValueError('key is too short')", "ValueError", "key is too short"),
            ("settings.no_such_setting", "AttributeError", "no_such_setting"),
            ("{}['key']", "KeyError", "'key'"),
            ("raise KeyboardInterrupt", "KeyboardInterrupt", "KeyboardInterrupt"),
            ("raise SystemExit(2)", "SystemExit", "sys.exit(2) instead of constructing the job"),
        ):
            final = self.construct(f"def __init__(self, settings):\n        {raised}")
            self.assertEqual((final["exception"], final["file"], final["line"]), (exception, "job.py", 3))
            self.assertIn(message, final["message"])


if __name__ == "__main__":
    unittest.main()
