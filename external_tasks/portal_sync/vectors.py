"""The vector store: Qdrant on a server, or embedded in a folder of this computer.

The tasks that fill a vector store have the same copy of this file; tests/builtin/test_copies.py keeps the copies equal.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from database import data_folder, in_chunks
from embeddings import Embedder
from retries import BUSY, Busy, Refused, RefusedItem, until_answered

if TYPE_CHECKING:
    from collections.abc import Callable

    from qdrant_client import QdrantClient

Result = TypeVar("Result")
_POINTS = 100
"""Points in one question."""
_LOCK_SECONDS = 30
"""Another run may have the embedded store open."""

_PARAMS = [
    {
        "name": "qdrant_url",
        "label": "Address of Qdrant",
        "type": "url",
        "description": "Left empty, vectors are kept in the data folder, which suits up to 20,000 of them.",
        "placeholder": "http://qdrant:6333",
        "group": "Vector store",
        "advanced": True,
    },
    {
        "name": "qdrant_key",
        "label": "Key of Qdrant",
        "type": "credential",
        "group": "Vector store",
        "advanced": True,
        "depends_on": "qdrant_url",
    },
    {
        "name": "collection",
        "label": "Collection",
        "pattern": {"regex": "[A-Za-z0-9_-]{1,100}", "message": "Letters, digits, - and _"},
        "description": "Made if it is not there. All its vectors must come from one embedding model.",
        "group": "Vector store",
        "advanced": True,
    },
    {
        "name": "embeddings_url",
        "label": "Address of the embeddings service",
        "type": "url",
        "description": "Anything that answers as OpenAI does. Left empty, a small model is used that comes with the "
        "task: it finds related English words, where a service finds meaning in any language.",
        "placeholder": "https://api.openai.com/v1",
        "group": "Vector store",
        "advanced": True,
    },
    {
        "name": "embeddings_model",
        "label": "Embedding model",
        "default": "text-embedding-3-small",
        "group": "Vector store",
        "advanced": True,
        "depends_on": "embeddings_url",
    },
    {
        "name": "embeddings_key",
        "label": "Key of the embeddings service",
        "type": "credential",
        "group": "Vector store",
        "advanced": True,
        "depends_on": "embeddings_url",
    },
    {
        "name": "data_folder",
        "label": "Data folder",
        "description": "Full path of a folder that stays, for embedded vectors, and for tables when the server has no "
        "DATA_DATABASE_URL.",
        "placeholder": "/srv/insightmesh-data",
        "advanced": True,
    },
]


def vector_params(collection: str) -> list[dict[str, Any]]:
    """What a task adds to its parameters. Each has a collection of its own: the embedded store takes one at a time."""
    return [{**each, "default": collection} if each["name"] == "collection" else each for each in _PARAMS]


class Vectors:
    """One collection, filled by one embedding model."""

    def __init__(self, client: QdrantClient, place: str, collection: str, embedder: Embedder) -> None:
        self.embedder = embedder
        self.collection = collection
        self.place = f"{place} {collection}"
        """Tells this store from others; tables note it, so that another store is filled from the start."""
        self._client = client
        if self._ask(lambda: client.collection_exists(collection)):
            self._compare()

    def __enter__(self) -> Vectors:
        """Closes the store when the work is done, so that the next run may open it."""
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def prepare(self) -> bool:
        """Makes the collection if it is not there, and says whether it did: then what tables note about it is past."""
        from qdrant_client import models

        if self._ask(lambda: self._client.collection_exists(self.collection)):
            return False
        size = models.VectorParams(size=self.embedder.dimension, distance=models.Distance.COSINE)
        made_with = {"embedding_model": self.embedder.model}
        self._ask(lambda: self._client.create_collection(self.collection, vectors_config=size, metadata=made_with))
        return True

    def put(self, ids: Sequence[str], texts: Sequence[str], payloads: Sequence[dict[str, Any]]) -> None:
        """Embeds the texts and stores them, with themselves in the payload. What has the same id is replaced."""
        from qdrant_client import models

        for places in in_chunks(range(len(ids)), _POINTS):
            vectors = self.embedder.embed([texts[place] for place in places])
            points = [
                models.PointStruct(id=ids[place], vector=vector, payload={**payloads[place], "text": texts[place]})
                for place, vector in zip(places, vectors)
            ]
            self._ask(lambda points=points: self._client.upsert(self.collection, points, wait=True))

    def set_payload(self, ids: Sequence[str], payload: dict[str, Any]) -> None:
        """Changes what is known about points whose text is the same."""
        for some in in_chunks(ids, _POINTS):
            self._ask(lambda some=some: self._client.set_payload(self.collection, payload, list(some), wait=True))

    def remove(self, ids: Sequence[str]) -> None:
        """Deletes points; those that are not there are none the worse."""
        if not ids or not self._ask(lambda: self._client.collection_exists(self.collection)):
            return
        for some in in_chunks(ids, _POINTS):
            self._ask(lambda some=some: self._client.delete(self.collection, list(some), wait=True))

    def find(self, text: str, source: str, limit: int = 3) -> list[tuple[float, dict[str, Any]]]:
        """The nearest texts of this source, best first: how near (1 is the same), and the payload."""
        from qdrant_client import models

        if not self._ask(lambda: self._client.collection_exists(self.collection)):
            return []
        of_source = models.FieldCondition(key="source", match=models.MatchValue(value=source))
        vector = self.embedder.embed([text])[0]
        found = self._ask(
            lambda: self._client.query_points(
                self.collection, query=vector, query_filter=models.Filter(must=[of_source]), limit=limit
            )
        )
        return [(point.score, point.payload or {}) for point in found.points]

    def _compare(self) -> None:
        config = self._ask(lambda: self._client.get_collection(self.collection)).config
        size = getattr(config.params.vectors, "size", None)
        made_with = (config.metadata or {}).get("embedding_model", self.embedder.model)
        if size != self.embedder.dimension or made_with != self.embedder.model:
            raise ValueError(
                f"Collection: {self.collection} holds vectors of {size} numbers by {made_with}, but those by "
                f"{self.embedder.model} have {self.embedder.dimension}. Choose another collection, or the same model."
            )

    @staticmethod
    def _ask(question: Callable[[], Result]) -> Result:
        from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

        def once() -> Result:
            try:
                return question()
            except ResponseHandlingException as error:
                raise Busy(f"Qdrant cannot be reached ({type(error.source).__name__})") from None
            except UnexpectedResponse as error:
                if error.status_code in BUSY:
                    raise Busy(f"Qdrant answered with status {error.status_code}") from None
                if error.status_code in (400, 413, 422):
                    raise RefusedItem(f"Qdrant does not take what was sent (status {error.status_code})") from None
                raise Refused(f"Qdrant answered with status {error.status_code}: {error.reason_phrase}") from None

        return until_answered(once)


def open_vectors(params: dict[str, Any], embedder: Embedder) -> Vectors:
    """The store that the settings ask for. Use it with `with`."""
    url = params.get("qdrant_url")
    collection = params["collection"]
    client = _on_server(url, params.get("qdrant_key")) if url else _embedded(params.get("data_folder"), collection)
    try:
        return Vectors(client, (url or "embedded").rstrip("/"), collection, embedder)
    except BaseException:
        client.close()
        raise


def _on_server(url: str, key: str | None) -> QdrantClient:
    from qdrant_client import QdrantClient

    return QdrantClient(url=url, api_key=key, timeout=60, check_compatibility=False)


def _embedded(folder: str | None, collection: str) -> QdrantClient:
    """Waits while another run has it open: one program at a time."""
    from qdrant_client import QdrantClient

    path = str(data_folder(folder) / "vectors" / collection)
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            return QdrantClient(path=path)
        except RuntimeError as error:
            if time.monotonic() > deadline:
                raise Refused("Another run has the embedded vector store open. Try again when it has ended.") from error
            time.sleep(0.5)
