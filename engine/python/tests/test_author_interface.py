"""What tasks import: BaseJob and TasksSettings."""

from __future__ import annotations

import asyncio
import unittest
from pathlib import Path
from unittest import mock

import support  # noqa: F401 - puts the folder of the Python side on the path

from config.settings import TasksSettings, use_run_values
from jobs.base_job import BaseJob


class BaseJobTest(unittest.TestCase):
    def test_a_job_keeps_settings_and_params(self) -> None:
        job = BaseJob(TasksSettings({}), a=1)
        self.assertEqual(job.params, {"a": 1})
        self.assertRegex(job.get_job_id(), r"^basejob_\d{8}_\d{6}$")

    def test_execute_awaits_the_method_of_the_old_service_and_does_not_swallow_its_errors(self) -> None:
        class OldJob(BaseJob):
            async def _execute_job(self) -> dict:
                raise ValueError("seen")

        with self.assertRaisesRegex(ValueError, "seen"):
            asyncio.run(OldJob(TasksSettings({})).execute())

    def test_validation_works_for_names_and_for_dicts(self) -> None:
        class CheckedJob(BaseJob):
            REQUIRED_PARAMS = ("a", {"name": "b"})

        self.assertTrue(CheckedJob(TasksSettings({}), a=1, b=None).validate_params())
        with self.assertRaisesRegex(ValueError, "Required parameter missing: b"):
            CheckedJob(TasksSettings({}), a=1).validate_params()

    def test_validation_finds_a_param_the_job_keeps_as_an_attribute(self) -> None:
        class OwnJob(BaseJob):
            REQUIRED_PARAMS = ("a",)

            def __init__(self, settings: TasksSettings, a: int) -> None:
                super().__init__(settings)
                self.a = a

        self.assertTrue(OwnJob(TasksSettings({}), a=1).validate_params())

    def test_what_is_asked_for_under_a_condition_may_be_missing(self) -> None:
        class AskedJob(BaseJob):
            REQUIRED_PARAMS = ({"name": "a", "depends_on": "b"},)

        self.assertTrue(AskedJob(TasksSettings({})).validate_params())


class OutsideOfARunTest(unittest.TestCase):
    """In an author's own tests the methods of BaseJob do no harm."""

    def test_progress_does_nothing(self) -> None:
        self.assertIsNone(BaseJob(TasksSettings({})).progress(float("nan"), "many", object()))

    def test_each_job_has_an_empty_checkpoint_of_its_own(self) -> None:
        first, second = BaseJob(TasksSettings({})), BaseJob(TasksSettings({}))
        first.checkpoint["a"] = {1}
        self.assertEqual((first.checkpoint, second.checkpoint), ({"a": {1}}, {}))
        second.checkpoint = {"b": 2}
        self.assertEqual(second.checkpoint, {"b": 2})

    def test_an_artifact_must_exist_and_is_not_copied(self) -> None:
        job = BaseJob(TasksSettings({}))
        self.assertEqual(job.artifact(__file__), Path(__file__))
        with self.assertRaisesRegex(FileNotFoundError, "/absent does not exist"):
            job.artifact("/absent")
        with self.assertRaisesRegex(ValueError, "is a folder"):
            job.artifact(Path(__file__).parent)
        self.assertIsNone(job.artifact_text("a.txt", "text"))


class TasksSettingsTest(unittest.TestCase):
    def test_defaults_are_those_of_the_earlier_service(self) -> None:
        settings = TasksSettings({})
        self.assertEqual((settings.port, settings.qdrant_host, settings.qdrant_port), (8081, "qdrant", 6333))
        self.assertIs(settings.scheduler_job_defaults_coalesce, True)
        self.assertIsNone(settings.slack_bot_token)

    def test_outside_of_a_run_the_environment_counts(self) -> None:
        env = {"QDRANT_PORT": "7", "SCHEDULER_JOB_DEFAULTS_COALESCE": "no", "PORTAL_URL": "", "TASK_DATABASE_URL": "x"}
        with mock.patch.dict("os.environ", env, clear=True):
            settings = TasksSettings()
        self.assertEqual((settings.qdrant_port, settings.scheduler_job_defaults_coalesce), (7, False))
        self.assertEqual((settings.portal_url, settings.task_database_url), ("https://portal.8thlight.com", "x"))

    def test_inside_a_run_the_values_of_the_run_count_and_the_servers_database_is_hidden(self) -> None:
        self.addCleanup(use_run_values, None)
        use_run_values({"portal_email": "a@b", "task_database_url": "mysql://x"})
        with mock.patch.dict("os.environ", {"QDRANT_PORT": "7"}):
            settings = TasksSettings(portal_url="http://test")
        self.assertEqual(
            (settings.portal_email, settings.portal_url, settings.qdrant_port), ("a@b", "http://test", 6333)
        )
        self.assertIsNone(settings.task_database_url)

    def test_a_value_of_the_wrong_kind_names_its_variable(self) -> None:
        for name, env in (("port", "FLASK_PORT"), ("scheduler_job_defaults_coalesce", "SCHEDULER_JOB_DEFAULTS_COAL")):
            with self.assertRaisesRegex(ValueError, env):
                TasksSettings({name: "many"})

    def test_settings_are_shown_without_secrets(self) -> None:
        shown = repr(
            TasksSettings(
                {
                    "slack_bot_token": "hidden",
                    "metrics_api_key": "hidden",
                    "portal_secret": "hidden",
                    "data_database_url": "mysql+pymysql://user:hid/d@en@db:3306/data?ssl_key=hidden",
                    "google_token_path": "/shown",
                }
            )
        )
        self.assertNotIn("hidden", shown)
        self.assertIn("'mysql+pymysql://user:***@db:3306/data?***'", shown)
        self.assertIn("google_token_path='/shown'", shown)


if __name__ == "__main__":
    unittest.main()
