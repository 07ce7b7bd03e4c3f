"""Measures how much memory a run of Google Drive Ingestion takes, for so many files:

INSIGHTMESH_BINARY=… python -m tests.builtin.memory 500 2000 4000
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time

from tests.builtin.drive import Drive, mixed
from tests.builtin.product import TASKS


def measure(files: int) -> str:
    """A first run and one without changes, each by `task run`; the largest process of all is the task's."""
    drive = Drive()
    drive.add(*mixed(files))
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DATA_DIR": f"{folder}/server", "EXTERNAL_TASKS_PATH": str(TASKS)}
        settings = {
            "google_credential": drive.service_account(),
            "folder_id": "root",
            "drive_url": f"{drive.url}/drive/v3/",
            "data_folder": folder,
        }
        command = [os.environ["INSIGHTMESH_BINARY"], "task", "run", "gdrive_ingest"]
        command += [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
        # The packages first, so that what installs them is not what is measured.
        subprocess.run([*command, "--check"], env=environment, check=True, capture_output=True)  # noqa: S603
        began = time.monotonic()
        subprocess.run(command, env=environment, check=True, capture_output=True)  # noqa: S603
        took = time.monotonic() - began
    drive.stop()
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return f"{files} files: {took:.0f} s, {largest} MB at most"


if __name__ == "__main__":
    if len(sys.argv) == 2:
        print(measure(int(sys.argv[1])), flush=True)
    else:  # each in a process of its own, since the system keeps the largest figure of all
        for count in sys.argv[1:]:
            subprocess.run([sys.executable, "-m", "tests.builtin.memory", count], check=True)  # noqa: S603
