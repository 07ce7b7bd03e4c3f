"""What the tests beside this read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "insightmesh-tasks"
CONTRACT = ROOT / "docs" / "contract" / "external_tasks-README.md"

# Not the server's own: programs in it know these.
OF_OTHERS = {"HOME", "NO_COLOR"}

Object = dict[str, Any]


def objects(text: str) -> list[Object]:
    """The objects in a file of YAML."""
    return [each for each in yaml.safe_load_all(text) if each]


def kinds(found: list[Object]) -> dict[tuple[str, str], Object]:
    """Objects by their kind and name."""
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def settings() -> dict[str, str]:
    """The server's variables and their defaults; a test of the server compares the table with its code."""
    table = re.search(r"\| variable \| default \|.*?\n\n", (ROOT / "README.md").read_text(), re.DOTALL)
    known: dict[str, str] = {}
    for row in table.group().strip().splitlines()[2:]:
        names, defaults = row.split("|")[1:3]
        names, defaults = re.findall(r"`(\w+)`", names), re.findall(r"`([^`]*)`", defaults)
        known.update(zip(names, defaults + [""] * len(names)))
    return known


def graces(environment: dict[str, str]) -> int:
    """The most seconds that a server with this environment takes to stop."""
    names = ("SHUTDOWN_GRACE_SECONDS", "STOP_GRACE_SECONDS")
    return sum(int(environment.get(name, settings()[name])) for name in names)


def environment(container: Object) -> dict[str, str]:
    """The variables of a container; what comes from a Secret is empty."""
    return {each["name"]: each.get("value", "") for each in container.get("env", [])}


def pods(found: list[Object]) -> Iterator[Object]:
    """The pods that these objects make."""
    return (each["spec"]["template"]["spec"] for each in found if each["kind"] == "Deployment")


def contract_samples() -> list[Object]:
    """The samples in YAML of the contract, in their order: Compose, a ConfigMap, a Deployment."""
    blocks = re.findall(r"```yaml\n(.*?)```", CONTRACT.read_text(), re.DOTALL)
    return [each for block in blocks for each in objects(block)]


def plain() -> list[Object]:
    """The objects that the kustomization lists."""
    folder = DEPLOY / "kubernetes"
    listed = objects((folder / "kustomization.yaml").read_text())[0]["resources"]
    return [each for file in listed for each in objects((folder / file).read_text())]
