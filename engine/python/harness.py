"""The program in which one task is described or run.

The server starts it as `python3 -I -B -u -X utf8 harness.py`, as the leader of a process group of its own:

    stdin   one line of JSON, the request; then held open for as long as the server lives
    fd 3    events for the server, one JSON object a line
    stdout, stderr   the task's own; the server keeps them as the log

Modules are imported where they are needed: what is imported here is paid for by every run.
"""

from __future__ import annotations

import os
import sys

# Isolated mode (-I) leaves the script's own folder out of the path.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from harness_parts import output
from harness_parts.channel import EventChannel
from harness_parts.liveness import kill_group_when_server_dies
from harness_parts.request import BadRequest, take_request

# Exit codes after sysexits.h. They only ever reach somebody who gets no final event.
EXIT_USAGE = 64
EXIT_SOFTWARE = 70


def main() -> int:
    """Answers one request and returns the exit code."""
    try:
        channel = EventChannel.claim()
        request, lifeline = take_request()
    except BadRequest as error:
        print(f"harness: {error}", file=sys.stderr)
        return EXIT_USAGE

    kill_group_when_server_dies(lifeline)
    output.buffer_by_line()

    if request["mode"] == "describe":
        from harness_parts.describe import describe

        final = describe(request)
    else:
        from harness_parts.run import run

        final = run(request, channel)

    output.flush()
    if channel.finish(final):
        return 0
    print(f"harness: the channel to the server is closed; lost: {final['event']}", file=sys.stderr)
    return EXIT_SOFTWARE


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
