"""The unit, as systemd reads it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from tests.deploy.files import DEPLOY

UNIT = DEPLOY / "systemd" / "insightmesh-tasks.service"
# Before version 254.
UNKNOWN = ("RestartSteps", "RestartMaxDelaySec")


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
class UnitTest(unittest.TestCase):
    def analyze(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """With a program and a user that every computer has."""
        with tempfile.TemporaryDirectory() as folder:
            unit = Path(folder) / UNIT.name
            text = UNIT.read_text().replace("/usr/local/bin/insightmesh-tasks", "/bin/true")
            unit.write_text(text.replace("=insightmesh\n", "=daemon\n"))
            command = ["systemd-analyze", *arguments, str(unit)]
            return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603

    def test_systemd_has_nothing_to_say_against_it(self) -> None:
        done = self.analyze("verify", "--man=no")
        complaints = [
            line for line in done.stderr.splitlines() if UNIT.name in line and not any(key in line for key in UNKNOWN)
        ]
        self.assertEqual((done.returncode, complaints), (0, []))

    def test_it_is_locked_down(self) -> None:
        done = self.analyze("security", "--offline=true", "--threshold=20")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
