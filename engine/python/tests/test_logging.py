"""Structured logging: what a task gives as `extra`."""

from __future__ import annotations

import json
import unittest

from support import TaskTest


class FieldsTest(TaskTest):
    def fields(self, call: str) -> dict | None:
        self.run_task(self.write_execute(f"{call}; return {{}}"))
        (event,) = self.events("log")
        return event.get("fields")

    def test_extra_becomes_fields(self) -> None:
        call = "log.info('Imported %s', 'a.csv', extra={'rows': 5, 'source': {'file': 'a.csv', 'parts': (1, 2)}})"
        self.assertEqual(self.fields(call), {"rows": 5, "source": {"file": "a.csv", "parts": [1, 2]}})

    def test_without_extra_there_are_none(self) -> None:
        for call in ("log.info('x')", "log.error('x', exc_info=True, stack_info=True)", "log.info('x', extra={})"):
            self.assertIsNone(self.fields(call))

    def test_an_adapter_gives_fields_too(self) -> None:
        self.assertEqual(self.fields("logging.LoggerAdapter(log, {'customer': 7}).info('x')"), {"customer": 7})

    def test_what_json_cannot_hold_is_shown_as_text(self) -> None:
        day = "__import__('datetime').date(2026, 3, 29)"
        call = f"log.info('x', extra={{'at': {day}, 'odd': {{1}}, 'nan': float('nan'), 'e': '\\ud800'}})"
        self.assertEqual(self.fields(call), {"at": "2026-03-29", "odd": "{1}", "nan": "nan", "e": "\ufffd"})

    def test_fields_are_few_and_small(self) -> None:
        fields = self.fields("log.info('x', extra={f'f{n}': n for n in range(100)})") or {}
        self.assertEqual(list(fields), [f"f{n}" for n in range(20)])
        fields = self.fields("log.info('x', extra={f'f{n}': 'x' * 10_000 for n in range(10)})") or {}
        self.assertLess(len(json.dumps(fields)), 2 * 1024)
        self.assertIn("characters left out", fields["f0"])
        fields = self.fields("log.info('x', extra={'rows': list(range(100_000)), 'after': 1})") or {}
        self.assertEqual((fields["rows"][:10], fields["after"]), ("[0, 1, 2, ", 1))

    def test_a_task_that_asks_for_debug_messages_gets_them(self) -> None:
        self.run_task(
            self.write_execute("log.debug('no'); logging.getLogger().setLevel('DEBUG'); log.debug('yes'); return {}")
        )
        self.assertEqual([event["message"] for event in self.events("log") if event["logger"] == "task"], ["yes"])


if __name__ == "__main__":
    unittest.main()
