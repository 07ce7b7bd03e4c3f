"""The image, and Compose."""

from __future__ import annotations

import re
import subprocess
import sys
import unittest

import tomllib

from tests.deploy.files import DEPLOY, ROOT, contract_samples, objects

TEXT = (DEPLOY / "compose.yaml").read_text()
COMPOSE = objects(TEXT)[0]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()


class ImageTest(unittest.TestCase):
    def test_the_context_holds_what_is_built_and_nothing_private(self) -> None:
        lines = (ROOT / ".dockerignore").read_text().splitlines()
        self.assertIn("*", lines)
        kept = {line[1:] for line in lines if line.startswith("!")}
        members = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["members"]
        needed = {member.split("/")[0] for member in members} | {"Cargo.lock", "Makefile", "migrations", "scripts"}
        self.assertLessEqual(needed, kept)
        self.assertEqual([name for name in kept if not (ROOT / name).exists()], [])
        copied = re.findall(r"^COPY (?:--chmod=\S+ )?([^-\s]\S*) ", DOCKERFILE, re.MULTILINE)
        self.assertLessEqual(set(copied) - {"."}, kept)

    def test_rust_is_new_enough(self) -> None:
        wanted = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["rust-version"]
        self.assertIn(f"rust:{wanted}-", DOCKERFILE)

    def test_the_server_gets_the_signal_and_is_not_root(self) -> None:
        final = DOCKERFILE.split("\nFROM ")[-1]
        self.assertIn('ENTRYPOINT ["sh", "-c", "exec insightmesh-tasks ', final)
        self.assertRegex(final, r"\nUSER [1-9]\d*:[1-9]\d*\n")
        self.assertIn("HOST=0.0.0.0", final)


class ComposeTest(unittest.TestCase):
    def test_it_is_compose(self) -> None:
        command = ["check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(DEPLOY / "compose.yaml")]
        done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)  # noqa: S603
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_what_is_asked_for_is_in_the_example(self) -> None:
        asked = set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT))
        example = set(re.findall(r"^(\w+)=", (DEPLOY / ".env.example").read_text(), re.MULTILINE))
        self.assertEqual(asked, example)
        for name in re.findall(r"(?<!\$)\$\{(\w*PASSWORD\w*)(?!:\?)", TEXT):
            self.fail(f"{name} must be set")

    def test_it_is_what_the_contract_shows(self) -> None:
        override = contract_samples()[0]["services"]["tasks"]["volumes"][0].split(":")
        tasks = COMPOSE["services"]["tasks"]
        # An override takes the place of a volume with the same target.
        self.assertIn(override[1:], [volume.rsplit(":", 2)[-2:] for volume in tasks["volumes"]])
        self.assertRegex(
            tasks["environment"]["TASK_DATABASE_URL"], r"^mysql\+pymysql://.*@mysql:3306/insightmesh_task$"
        )
        self.assertRegex(
            tasks["environment"]["DATA_DATABASE_URL"], r"^mysql\+pymysql://.*@mysql:3306/insightmesh_data$"
        )
        self.assertEqual(tasks["container_name"], "insightmesh-tasks")

    def test_two_servers_share_what_they_must_and_nothing_else(self) -> None:
        one, two = (COMPOSE["services"][name] for name in ("tasks", "tasks-two"))
        self.assertEqual(one["environment"], two["environment"])
        self.assertEqual(one["secrets"], two["secrets"])
        shared = set(one["volumes"]) & set(two["volumes"])
        self.assertEqual({volume.rsplit(":/", 1)[-1] for volume in shared}, {"app/external_tasks:ro", "files"})
        self.assertEqual(one["environment"]["FILES_DIR"], "/files")
        self.assertIn(one["environment"]["SECRET_KEY_FILE"].rsplit("/", 1)[-1], COMPOSE["secrets"])

    def test_every_service_has_a_health_and_comes_back(self) -> None:
        for name, service in COMPOSE["services"].items():
            self.assertIn("healthcheck", service, name)
            self.assertEqual(service["restart"], "unless-stopped", name)
