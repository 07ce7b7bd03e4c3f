"""The program in which one task is described, run, checked, or asked for the choices of a parameter.

The server starts it as `python3 -I -B -u -X utf8 harness.py`, as the leader of a process group of its own. Arguments,
if any, are limits (see `own_limits`).

    stdin   one line of JSON, the request; then held open for as long as the server lives
    fd 3    events for the server, one JSON object a line
    stdout, stderr   the task's own; the server keeps them as the log

A request has a `mode`, the task's `name` and `job_file`, and, to import from copies of the task's files, `code`:

    describe   -> described | load_error
    run        with run_id, folder, settings, params, checkpoint
               -> any number of log, reload, progress, artifact, checkpoint; then result | error
    options    with function, settings, params   -> options | error
    check      with folder, settings, params     -> checked | error

Modules are imported where they are needed: what is imported here is paid for by every run.
"""

from __future__ import annotations

import os
import sys
from typing import Any

# Isolated mode (-I) leaves the script's own folder out of the path.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from harness_parts import output
from harness_parts.channel import Event, EventChannel
from harness_parts.descriptors import close_strays
from harness_parts.liveness import kill_group_when_server_dies
from harness_parts.own_limits import apply_own_limits
from harness_parts.request import BadRequest, take_request

# Exit codes after sysexits.h. They only ever reach somebody who gets no final event.
EXIT_USAGE = 64
EXIT_SOFTWARE = 70


def main() -> int:
    """Answers one request and returns the exit code."""
    close_strays()
    apply_own_limits(sys.argv)
    try:
        channel = EventChannel.claim()
        request, lifeline = take_request()
    except BadRequest as error:
        print(f"harness: {error}", file=sys.stderr)
        return EXIT_USAGE

    kill_group_when_server_dies(lifeline)
    output.buffer_by_line()

    final = answer(request, channel)

    output.flush()
    if channel.finish(final):
        return 0
    print(f"harness: the channel to the server is closed; lost: {final['event']}", file=sys.stderr)
    return EXIT_SOFTWARE


def answer(request: dict[str, Any], channel: EventChannel) -> Event:
    """Does what the request asks for and returns the final event."""
    if request["mode"] == "run":
        from harness_parts.run import run

        return run(request, channel)
    if request["mode"] == "describe":
        from harness_parts.describe import describe

        return describe(request)
    if request["mode"] == "options":
        from harness_parts.options import options

        return options(request)
    from harness_parts.check import check

    return check(request)


def main_without_lingering() -> None:
    """Ends the process at once, so that a thread the task left behind cannot keep the run open."""
    code = EXIT_SOFTWARE
    try:
        code = main()
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        output.flush()
        os._exit(code)


if __name__ == "__main__":
    main_without_lingering()
elif __name__ == "__mp_main__":  # in a process that multiprocessing starts for a task
    from harness_parts.loading import import_as_announced

    import_as_announced()
