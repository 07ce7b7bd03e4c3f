"""An embeddings service that answers as OpenAI's does, with the small model `tiny`."""

from __future__ import annotations

import json

from tests.builtin.service import Answer, Request, Service

KEY = "the key of an embeddings service that lives for a test"


class Embeddings(Service):
    """`POST /v1/embeddings`; answers out of order, which the `index` is for."""

    def answer(self, request: Request) -> Answer:
        asked = json.loads(request.body)
        if request.bearer != KEY or asked["model"] != "tiny":
            return Answer({"error": {"message": "unauthorized"}}, 401)
        found = [{"index": place, "embedding": [1.0, 0.5, len(text)]} for place, text in enumerate(asked["input"])]
        return Answer({"data": found[::-1]})
