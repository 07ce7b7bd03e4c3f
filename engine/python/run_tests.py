"""Runs the tests that an author wrote for a task: `python3 -I -B -X utf8 run_tests.py <folder of the task>`.

Tests are `tests/test*.py`, for unittest. They import the task as `job` (`from job import MyTaskJob`) and get the very
module that a run would import. In place of a run's settings, `TasksSettings()` reads the environment.

The exit code is 0 when all pass, 1 when one fails or the task does not load, 5 when there is none, 64 for a wrong call.
"""

from __future__ import annotations

import os
import sys
import unittest

# Isolated mode (-I) leaves the script's own folder out of the path.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from harness_parts.loading import import_job_file, load_failure

EXIT_FAILED = 1
EXIT_NO_TESTS = 5
EXIT_USAGE = 64


def main(arguments: list[str]) -> int:
    """Runs the tests of the one task that is named, and returns the exit code."""
    if len(arguments) != 1:
        print("usage: run_tests.py <folder of the task>", file=sys.stderr)
        return EXIT_USAGE
    folder = os.path.abspath(arguments[0])
    tests = os.path.join(folder, "tests")
    if not os.path.isdir(tests):
        print(f"There are no tests: {tests} is no folder.", file=sys.stderr)
        return EXIT_NO_TESTS
    if not _load(folder):
        return EXIT_FAILED

    # With an __init__.py the tests are a package, whose files may import each other with a dot.
    top = folder if os.path.isfile(os.path.join(tests, "__init__.py")) else tests
    found = unittest.defaultTestLoader.discover(tests, top_level_dir=top)
    if found.countTestCases() == 0:
        print(f"There are no tests: {tests} has no file test*.py with a unittest.TestCase.", file=sys.stderr)
        return EXIT_NO_TESTS
    return 0 if unittest.TextTestRunner().run(found).wasSuccessful() else EXIT_FAILED


def _load(folder: str) -> bool:
    job_file = os.path.join(folder, "job.py")
    try:
        sys.modules["job"] = import_job_file(os.path.basename(folder), job_file)
    except BaseException as error:
        why = load_failure(error, job_file)
        place = f" ({why['file']}, line {why['line']})" if why["line"] else ""
        print(f"The task does not load: {why['message']}{place}\n{why['traceback']}", file=sys.stderr)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
