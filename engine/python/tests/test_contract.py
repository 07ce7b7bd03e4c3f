"""The sample task of the contract works as it stands there."""

from __future__ import annotations

import unittest

from support import REPOSITORY, TaskTest

SAMPLE = REPOSITORY / "external_tasks" / "my_task" / "job.py"
CONTRACT = REPOSITORY / "docs" / "contract" / "external_tasks-README.md"


class ContractTest(TaskTest):
    def test_the_sample_task_is_byte_for_byte_the_one_in_the_contract(self) -> None:
        section = CONTRACT.read_bytes().partition(b"### 2. Create `job.py`")[2]
        block = section.partition(b"```python\n")[2].partition(b"```")[0]
        self.assertEqual(SAMPLE.read_bytes(), block)

    def test_the_sample_task_is_described_without_warnings(self) -> None:
        event = self.describe(SAMPLE)
        self.assertEqual(event["event"], "described")
        self.assertEqual(event["class_name"], "MyTaskJob")
        self.assertEqual(event["job_name"], "My Custom Task")
        self.assertEqual(event["job_description"], "Does something useful on a schedule")
        self.assertEqual(event["doc"], "My Custom Task - Description of what this task does.")
        self.assertEqual([param["name"] for param in event["required_params"]], ["api_key"])
        self.assertEqual(event["optional_params"][0]["default"], 100)
        self.assertEqual((event["param_groups"], event["warnings"]), ([], []))

    def test_the_sample_task_runs_and_counts_its_records(self) -> None:
        final = self.run_task(SAMPLE, api_key="secret", batch_size=7)
        self.assertEqual(final["event"], "result")
        self.assertEqual(final["result"]["records_processed"], 7)
        self.assertEqual(self.messages(), ["Starting my custom task (batch_size=7)"])

    def test_a_run_of_the_sample_without_its_key_names_the_key(self) -> None:
        final = self.run_task(SAMPLE)
        self.assertEqual((final["event"], final["kind"]), ("error", "init_error"))
        self.assertIn("'api_key'", final["message"])


if __name__ == "__main__":
    unittest.main()
