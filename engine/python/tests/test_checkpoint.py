"""`self.checkpoint`: values that the runs of a schedule hand on."""

from __future__ import annotations

import unittest

from support import TaskTest


class CheckpointTest(TaskTest):
    def test_a_run_reads_what_the_run_before_it_left(self) -> None:
        self.checkpoint = {"last_id": 41, "seen": ["a"]}
        self.assert_result("return {'seen': [dict(self.checkpoint), 'x' in self.checkpoint]}", [self.checkpoint, False])
        self.assertEqual(self.logs, [])

    def test_changes_are_sent_as_a_whole_and_the_last_before_the_end(self) -> None:
        self.checkpoint = {"kept": True}
        self.run_execute("""
        for number in range(1000): self.checkpoint["number"] = number
        del self.checkpoint["kept"]
        self.checkpoint.update(name="ä", pair=(1, 2))
        return {}
        """)
        sent = [event["values"] for event in self.events("checkpoint")]
        self.assertEqual(sent[0], {"kept": True, "number": 0})
        self.assertEqual(sent[-1], {"number": 999, "name": "ä", "pair": [1, 2]})
        self.assertLess(len(sent), 10)

    def test_a_change_that_had_to_wait_is_sent_while_the_task_goes_on(self) -> None:
        body = "self.checkpoint['a'] = 1; self.checkpoint['a'] = 2; await asyncio.Event().wait()"
        harness = self.start(self.write_execute(body))
        self.assertEqual([harness.next_event()["values"]["a"] for _ in range(2)], [1, 2])

    def test_a_change_that_changes_nothing_is_not_sent(self) -> None:
        self.checkpoint = {"a": [1]}
        self.run_execute("self.checkpoint['a'] = [1]; self.checkpoint['a'].append(2); return {}")
        self.assertEqual(self.events("checkpoint"), [])

    def test_the_map_works_like_a_dict(self) -> None:
        self.assert_result(
            """
        kept = self.checkpoint
        kept["n"] = 1
        kept.setdefault("list", []).append(1)
        seen = [kept.get("none", 0), kept.pop("n"), sorted(kept), len(kept), repr(kept), kept == {"list": []}]
        kept.clear()
        try: kept["gone"]
        except KeyError as error: seen.append(str(error))
        return {"seen": seen}
        """,
            [0, 1, ["list"], 1, "{'list': []}", True, "'gone'"],
        )

    def test_assigning_a_map_replaces_the_values(self) -> None:
        self.checkpoint = {"old": 1}
        self.run_execute("self.checkpoint = {'new': 2}; return {}")
        self.assertEqual(self.events("checkpoint"), [{"values": {"new": 2}}])

    def test_an_attribute_of_that_name_that_is_no_map_is_the_tasks_own(self) -> None:
        self.assert_result("self.checkpoint = '/model'; return {'seen': self.checkpoint}", "/model")

    def test_what_cannot_be_kept_is_refused_and_the_map_is_as_before(self) -> None:
        self.checkpoint = {"a": 1}
        expected = {
            "self.checkpoint['a'] = {1}": "TypeError: checkpoint['a'] is a set, which JSON cannot hold.",
            "self.checkpoint['b'] = [float('nan')]": "TypeError: checkpoint['b'][0] is nan, which JSON cannot hold.",
            "self.checkpoint[1] = 1": "TypeError: a key of the checkpoint must be a text, not an int",
            "self.checkpoint = {'a': b''}": "TypeError: checkpoint['a'] is a bytes, which JSON cannot hold.",
            "self.checkpoint['a'] = 'x' * 65_536": "ValueError: the checkpoint would take 65,544 bytes",
            "self.checkpoint['a'] = 'ä' * 32_768": "ValueError: the checkpoint would take 65,544 bytes",
            "del self.checkpoint['b']": "KeyError: 'b'",
        }
        final = self.run_execute(f"""
        errors = []
        for statement in {list(expected)!r}:
            try: exec(statement)
            except Exception as error: errors.append(f"{{type(error).__name__}}: {{error}}"[:50])
        return {{"kept": dict(self.checkpoint), "errors": errors}}
        """)
        self.assertEqual(final["result"], {"kept": {"a": 1}, "errors": [text[:50] for text in expected.values()]})
        self.assertEqual(self.logs, [])
        self.run_execute("self.checkpoint['a'] = 'x' * 65_500; return {}")
        self.assertEqual(len(self.events("checkpoint")[0]["values"]["a"]), 65_500)

    def test_threads_lose_none_of_each_others_changes(self) -> None:
        self.run_execute("""
        def work(letter):
            for number in range(100): self.checkpoint[f"{letter}{number}"] = number
        threads = [threading.Thread(target=work, args=(letter,)) for letter in "abcd"]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        return {}
        """)
        self.assertEqual(len(self.events("checkpoint")[-1]["values"]), 400)


if __name__ == "__main__":
    unittest.main()
