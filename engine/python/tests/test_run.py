"""Running a task: parameters in, logs and one final event out."""

from __future__ import annotations

import unittest

from support import IMPORTS, TaskTest


class RunTest(TaskTest):
    def assert_error(self, event: dict, kind: str, message: str) -> None:
        self.assertEqual((event["event"], event["kind"]), ("error", kind), event)
        self.assertIn(message, event["message"])

    def test_the_result_of_an_asynchronous_execute_is_reported(self) -> None:
        final = self.run_execute("await asyncio.sleep(0); return {'records_processed': 3}")
        self.assertEqual(final, {"event": "result", "result": {"records_processed": 3}})

    def test_the_result_of_a_synchronous_execute_is_reported(self) -> None:
        final = self.run_execute("return {'details': 'plain'}", "def execute(self)")
        self.assertEqual(final["result"], {"details": "plain"})

    def test_a_job_of_the_old_service_runs(self) -> None:
        final = self.run_execute("return {'a': self.params['a']}", "async def _execute_job(self)", a=1)
        self.assertEqual(final["result"], {"a": 1})

    def test_params_and_settings_reach_the_task(self) -> None:
        job_file = self.write_task(f"""\
{IMPORTS}from config.settings import TasksSettings
class SampleJob(BaseJob):
    def __init__(self, settings: TasksSettings, a, b=2):
        super().__init__(settings)
        self.seen = [a, b, settings.slack_bot_token, settings.task_database_url, TasksSettings().portal_secret]
    async def execute(self): return {{"seen": self.seen}}
""")
        settings = {"slack_bot_token": "xoxb", "task_database_url": "mysql://x", "portal_secret": "p", "unknown": 1}
        self.assertEqual(self.run_task(job_file, settings, a="ä")["result"]["seen"], ["ä", 2, "xoxb", None, "p"])

    def test_siblings_are_imported_plainly_and_with_a_dot(self) -> None:
        job_file = self.write_task(
            """\
        import helper
        from .helper import VALUE
        class SampleJob:
            def __init__(self, settings): pass
            def execute(self): return {"plain": helper.VALUE, "dotted": VALUE, "module": __name__}
        """,
            helper="VALUE = 5",
        )
        result = self.run_task(job_file)["result"]
        self.assertEqual(result, {"plain": 5, "dotted": 5, "module": "external_tasks.sample"})

    def test_an_edited_task_runs_as_edited_although_a_cached_file_has_the_same_time_and_size(self) -> None:
        import os
        import py_compile

        job_file = self.write_execute("return {'version': 1}")
        py_compile.compile(str(job_file))
        time = job_file.stat()
        job_file = self.write_execute("return {'version': 2}")
        os.utime(job_file, ns=(time.st_atime_ns, time.st_mtime_ns))
        self.assertEqual(self.run_task(job_file)["result"], {"version": 2})

    def test_log_records_are_sent_with_level_logger_and_time(self) -> None:
        self.run_execute("log.debug('no'); log.info('a %s', 'b'); log.warning('two\\nlines'); return {}")
        self.assertEqual(
            [(event["level"], event["logger"], event["message"]) for event in self.logs],
            [("INFO", "task", "a b"), ("WARNING", "task", "two\nlines")],
        )
        self.assertIsInstance(self.logs[0]["time"], float)

    def test_a_logged_exception_brings_its_traceback(self) -> None:
        self.run_execute("""
        try: 1 / 0
        except ZeroDivisionError as e: log.error(f"failed: {e}", exc_info=True)
        return {}
        """)
        self.assertTrue(self.messages()[0].startswith("failed: division by zero\nTraceback"))
        self.assertTrue(self.messages()[0].endswith("ZeroDivisionError: division by zero"))

    def test_a_wrong_log_call_does_not_fail_the_run(self) -> None:
        self.assertEqual(self.run_execute("log.info('%d', 'x'); return {}")["event"], "result")
        self.assertIn("not formatted", self.messages()[0])

    def test_an_exception_is_reported_with_the_line_of_the_author(self) -> None:
        final = self.run_execute("import json\njson.loads('{')")
        self.assert_error(final, "exception", "Expecting property name")
        self.assertEqual((final["exception"], final["file"], final["line"]), ("JSONDecodeError", "job.py", 7))
        self.assertTrue(final["traceback"].startswith("Traceback"))
        for internal in ("harness", "run_until_complete"):
            self.assertNotIn(internal, final["traceback"])

    def test_f20_exceptions_beyond_exception_are_reported(self) -> None:
        for raised in ("KeyboardInterrupt", "asyncio.CancelledError", "BaseException('odd')", "GeneratorExit"):
            for head in ("async def execute(self)", "def execute(self)"):
                final = self.run_execute(f"raise {raised}", head)
                self.assertEqual((final["event"], final["kind"], final["line"]), ("error", "exception", 6))

    def test_an_exception_that_has_no_text_does_no_harm(self) -> None:
        final = self.run_execute("""
        class Odd(Exception):
            def __str__(self): raise RuntimeError
        raise Odd
        """)
        self.assertEqual((final["kind"], final["message"]), ("exception", "Odd"))

    def test_f16_exit_is_reported_with_its_code(self) -> None:
        for code in ("0", "3", "", "'bye'"):
            for head in ("async def execute(self)", "def execute(self)"):
                self.assert_error(self.run_execute(f"sys.exit({code})", head), "exit", f"sys.exit({code})")

    def test_memory_that_runs_out_is_reported(self) -> None:
        final = self.run_execute("""
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
        held = []
        while True: held.append(bytearray(1 << 20))
        """)
        self.assertEqual((final["kind"], final["exception"]), ("exception", "MemoryError"))

    def test_the_success_wrapper_of_the_old_service_is_taken_off(self) -> None:
        final = self.run_execute("return {'status': 'success', 'job_id': 'x', 'result': {'records_processed': 1}}")
        self.assertEqual(final["result"], {"records_processed": 1})

    def test_a_result_with_a_key_result_of_its_own_is_left_alone(self) -> None:
        final = self.run_execute("return {'status': 'success', 'records_processed': 1, 'result': {}}")
        self.assertEqual(final["result"], {"status": "success", "records_processed": 1, "result": {}})

    def test_the_error_wrapper_of_the_old_service_is_an_error(self) -> None:
        final = self.run_execute("""
        return {"status": "error", "error": "no", "error_type": "ValueError", "error_context": {"stack_trace": "here"}}
        """)
        self.assert_error(final, "exception", "no")
        self.assertEqual((final["exception"], final["traceback"]), ("ValueError", "here"))

    def test_a_task_that_does_not_load_is_a_load_error_of_the_run(self) -> None:
        final = self.run_task(self.write_task("import no_such_module\n"))
        self.assert_error(final, "load_error", "no_such_module")
        self.assertEqual((final["load_kind"], final["missing"]), ("missing_module", "no_such_module"))
        self.assertEqual((final["file"], final["line"]), ("job.py", 1))

    def test_a_parameter_the_constructor_does_not_know_is_named(self) -> None:
        source = "class Job:\n    def __init__(self, settings): pass\n    def execute(self): return {}\n"
        self.assert_error(self.run_task(self.write_task(source), batch=1), "init_error", "'batch'")

    def test_an_exception_inside_the_constructor_keeps_its_own_message(self) -> None:
        source = "class Job:\n    def __init__(self, settings): int(None)\n    def execute(self): return {}\n"
        final = self.run_task(self.write_task(source))
        self.assert_error(final, "init_error", "int()")
        self.assertEqual(final["line"], 2)

    def test_leftover_asyncio_tasks_are_cancelled_and_clean_up(self) -> None:
        self.run_execute("""
        async def background():
            try: await asyncio.Event().wait()
            finally: log.info("cleaned up")
        self.kept = asyncio.ensure_future(background())
        await asyncio.sleep(0)
        return {}
        """)
        self.assertEqual(self.messages(), ["cleaned up"])

    def test_prints_are_the_tasks_own_and_unfinished_lines_are_not_lost(self) -> None:
        self.run_execute("print('line'); print('no line end', end=''); print('oops', file=sys.stderr); return {}")
        self.assertEqual((self.harness.stdout(), self.harness.stderr()), ("line\nno line end", "oops\n"))


if __name__ == "__main__":
    unittest.main()
