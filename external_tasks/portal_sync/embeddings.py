"""Texts as vectors: by a model that comes with the task, or by a service that speaks OpenAI's language.

The tasks that fill a vector store have the same copy of this file; tests/builtin/test_copies.py keeps the copies equal.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Protocol

import httpx
from retries import Refused, ask

LOCAL_MODEL = "wordllama-l2-supercat-256"
_BATCH = 256
_TEXT_LIMIT = 30_000
"""Characters of one text, below what embedding services take (8,192 tokens)."""


class Embedder(Protocol):
    """What makes vectors. `model` and `dimension` are checked against the collection."""

    model: str
    dimension: int

    def embed(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, in order."""
        ...


class LocalModel:
    """WordLlama: word vectors distilled from a language model, 16 MB that are part of its package. English, mostly."""

    model = LOCAL_MODEL
    dimension = 256

    def embed(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, in order."""
        return _wordllama().embed([text[:_TEXT_LIMIT] or " " for text in texts], norm=True).tolist()


@cache
def _wordllama() -> Any:
    """Loaded when there is something to embed: a run that changes nothing need not wait for it."""
    import wordllama

    # The package looks for its tokenizer in the wrong folder, unless told that it is a cache. Nothing is fetched.
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


class Endpoint:
    """`POST {url}/embeddings`, as OpenAI, Azure, Ollama, vLLM and LiteLLM answer it."""

    def __init__(self, url: str, model: str, key: str | None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.model = model
        self._client = httpx.Client(base_url=url.rstrip("/") + "/", headers=headers, timeout=120)
        self.dimension = len(self.embed(["dimension"])[0])

    def embed(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, in order."""
        vectors: list[list[float]] = []
        for start in range(0, len(texts), _BATCH):
            some = [text[:_TEXT_LIMIT] or " " for text in texts[start : start + _BATCH]]
            body = {"model": self.model, "input": some}
            answer = ask(self._client, "The embeddings service", "POST", "embeddings", json=body).json()
            found = sorted(answer.get("data") or [], key=lambda each: each["index"])
            if len(found) != len(some):
                raise Refused(f"The embeddings service sent {len(found)} vectors for {len(some)} texts.")
            vectors += [each["embedding"] for each in found]
        return vectors


def embedder(params: dict[str, Any]) -> Embedder:
    """The one that the settings of the task ask for."""
    url = params.get("embeddings_url")
    if not url:
        return LocalModel()
    return Endpoint(url, params.get("embeddings_model") or "text-embedding-3-small", params.get("embeddings_key"))
