"""Variables, times and passwords, across all files of deploy/."""

from __future__ import annotations

import re
import unittest

from tests.deploy.files import DEPLOY, OF_OTHERS, environment, graces, objects, plain, pods, settings

UNIT = (DEPLOY / "systemd" / "insightmesh-tasks.service").read_text()
COMPOSE = objects((DEPLOY / "compose.yaml").read_text())[0]
FILES = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file() and path.name not in (".env", "secret.key")]
PLACEHOLDER = re.compile(r"\$\{?\w+|PASSWORD|password|pass|…")


def unit_environment() -> dict[str, str]:
    lines = re.findall(r"^Environment=(.*)$", UNIT, re.MULTILINE)
    return dict(pair.split("=", 1) for line in lines for pair in line.split())


def unit_setting(name: str) -> str:
    return re.search(rf"^{name}=(.*)$", UNIT, re.MULTILINE).group(1)


class SettingsTest(unittest.TestCase):
    def assert_known(self, names: set[str], where: str) -> None:
        self.assertTrue(names, where)
        self.assertEqual(names - set(settings()) - OF_OTHERS, set(), where)

    def test_the_readme_was_understood(self) -> None:
        self.assertEqual(settings()["STOP_GRACE_SECONDS"], "10")
        self.assertEqual(settings()["HOST"], "127.0.0.1")
        self.assertGreater(len(settings()), 20)

    def test_every_variable_is_one_that_the_server_knows(self) -> None:
        dockerfile = re.search(r"^ENV (.*?[^\\])$", (DEPLOY / "Dockerfile").read_text(), re.DOTALL | re.MULTILINE)
        self.assert_known(set(re.findall(r"(\w+)=", dockerfile.group(1))), "Dockerfile")
        for name in ("tasks", "tasks-two"):
            self.assert_known(set(COMPOSE["services"][name]["environment"]), name)
        for pod in pods(plain()):
            self.assert_known(set(environment(pod["containers"][0])), "kubernetes")
        self.assert_known(set(unit_environment()), "systemd")
        example = (DEPLOY / "systemd" / "insightmesh-tasks.env.example").read_text()
        self.assert_known(set(re.findall(r"^#?(\w+)=", example, re.MULTILINE)), "env.example")

    def test_stopping_gets_more_time_than_it_may_take(self) -> None:
        for name in ("tasks", "tasks-two"):
            service = COMPOSE["services"][name]
            self.assertGreater(int(service["stop_grace_period"].removesuffix("s")), graces(service["environment"]))
        for pod in pods(plain()):
            container = pod["containers"][0]
            first = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
            self.assertGreater(pod["terminationGracePeriodSeconds"], first + graces(environment(container)))
        self.assertGreater(int(unit_setting("TimeoutStopSec")), graces(unit_environment()))
        # A second signal would cut the waiting short; the server is to get the only one.
        self.assertEqual(unit_setting("KillMode"), "mixed")

    def test_no_file_holds_a_password(self) -> None:
        for path in FILES:
            text = path.read_text()
            for password in re.findall(r"://[^\s:/@]+:([^@\s]+)@", text):
                self.assertRegex(password, PLACEHOLDER, path)
            self.assertIsNone(re.search(r"\b[A-Za-z0-9+/]{43}=", text), f"{path} holds a key")
        example = (DEPLOY / ".env.example").read_text()
        for name, value in re.findall(r"^(\w*PASSWORD\w*)=(.*)$", example, re.MULTILINE):
            self.assertEqual(value, "", name)

    def test_every_line_fits(self) -> None:
        for path in FILES:
            too_long = [line for line in path.read_text().splitlines() if len(line) > 120]
            self.assertEqual(too_long, [], path)
