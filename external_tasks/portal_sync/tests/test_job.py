"""Tests of Portal Sync that need no portal: `insightmesh-tasks task check portal_sync`."""

import unittest

from job import PortalSyncJob
from portal import record

from config.settings import TasksSettings


class RecordTest(unittest.TestCase):
    def test_experts_are_found_by_what_they_know_best(self) -> None:
        skills = [
            {"skill": "Rust", "category": "Technical", "level": "4"},
            {"skill": "Go", "category": "Technical", "level": 1},
        ]
        told = record({"metric_id": 7, "name": "Ada", "profile": {"skills": skills}})
        self.assertEqual(told.id, "7")
        self.assertIn("Expert in: Rust\n", told.text + "\n")
        self.assertIn("Technical skills: Go, Rust", told.text)

    def test_the_order_of_skills_is_no_change(self) -> None:
        skills = [{"skill": "Rust", "category": "T"}, {"skill": "Go", "category": "T"}]
        one = record({"metric_id": "7", "name": "Ada", "profile": {"skills": skills}})
        other = record({"metric_id": "7", "name": "Ada", "profile": {"skills": skills[::-1]}})
        self.assertEqual(one.hash, other.hash)

    def test_somebody_without_an_id_is_refused(self) -> None:
        for told in ({"name": "Ada"}, {"metric_id": None, "name": "Ada"}):
            with self.assertRaises(ValueError):
                record(told)


class SettingsTest(unittest.TestCase):
    def test_without_a_secret_it_says_which(self) -> None:
        with self.assertRaisesRegex(ValueError, "^Portal secret"):
            PortalSyncJob(TasksSettings({}))


if __name__ == "__main__":
    unittest.main()
