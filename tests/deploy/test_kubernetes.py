"""The manifests, the kustomization, and the chart beside them."""

from __future__ import annotations

import json
import shutil
import subprocess
import unittest
from typing import Any

import helm_python
import jsonschema
import kubernetes_validate

from tests.deploy.files import (
    CHART,
    DEPLOY,
    OF_OTHERS,
    Object,
    contract_samples,
    environment,
    graces,
    kinds,
    objects,
    plain,
    pods,
    settings,
)

FOLDER = DEPLOY / "kubernetes"
# The oldest that the chart allows and its schemas are at hand, and the newest.
VERSIONS = ("1.25", kubernetes_validate.latest_version())
# Values under which the chart makes what the manifests say.
SAME: Object = {
    "existingSecret": "insightmesh-tasks",
    "tasks": {"existingConfigMap": "custom-tasks"},
    "ingress": {"enabled": True},
}


def render(values: Object) -> list[Object]:
    with helm_python.Chart.load(CHART) as chart:
        files = chart.render(values, name="insightmesh-tasks", namespace="insightmesh-tasks")
    return [each for name, text in files.items() if name.endswith(".yaml") for each in objects(text)]


def manifests() -> list[Object]:
    return plain() + objects((FOLDER / "ingress" / "ingress.yaml").read_text())


def bare(found: list[Object]) -> dict[tuple[str, str], Object]:
    """Without what Helm or the kustomization adds."""
    for each in found:
        labels = each["metadata"]["labels"]
        for name in ("helm.sh/chart", "app.kubernetes.io/managed-by", "app.kubernetes.io/version"):
            labels.pop(name, None)
        if each["kind"] == "PersistentVolumeClaim":
            each["metadata"].pop("annotations", None)
    for pod in pods(found):
        for container in pod["initContainers"] + pod["containers"]:
            container["image"] = container["image"].split(":")[0]
            container.pop("imagePullPolicy", None)
    return kinds(found)


class ManifestTest(unittest.TestCase):
    def test_the_kustomization_lists_every_file(self) -> None:
        for folder in (FOLDER, FOLDER / "ingress"):
            listed = objects((folder / "kustomization.yaml").read_text())[0]["resources"]
            there = {path.name for path in folder.glob("*.yaml")} - {"kustomization.yaml"}
            self.assertEqual(set(listed), there)

    @unittest.skipUnless(shutil.which("kubectl"), "kubectl is not installed")
    def test_kustomize_takes_it(self) -> None:
        command = ["kubectl", "kustomize", str(FOLDER)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603
        self.assertEqual(set(kinds(objects(done.stdout))), set(kinds(plain())))

    def test_they_are_what_kubernetes_knows(self) -> None:
        for version in VERSIONS:
            for each in manifests():
                kubernetes_validate.validate(each, version, strict=True)

    def test_tasks_are_mounted_as_the_contract_shows(self) -> None:
        _, config_map, deployment = contract_samples()
        self.assertIn(("ConfigMap", config_map["metadata"]["name"]), kinds(plain()))
        shown = deployment["spec"]["template"]["spec"]
        for pod in pods(plain()):
            ours = pod["containers"][0]
            self.assertEqual(ours["name"], shown["containers"][0]["name"])
            self.assertIn(shown["containers"][0]["volumeMounts"][0], ours["volumeMounts"])
            self.assertIn(shown["volumes"][0], pod["volumes"])

    def test_pods_are_locked_down(self) -> None:
        for pod in [*pods(plain()), *pods(render(SAME))]:
            self.assertTrue(pod["securityContext"]["runAsNonRoot"])
            self.assertEqual(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault")
            for container in pod["initContainers"] + pod["containers"]:
                context = container["securityContext"]
                self.assertTrue(context["readOnlyRootFilesystem"])
                self.assertFalse(context["allowPrivilegeEscalation"])
                self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
                self.assertIn("memory", container["resources"]["limits"])

    def test_only_a_server_that_does_not_answer_is_restarted(self) -> None:
        for pod in pods(plain()):
            container = pod["containers"][0]
            paths = {probe: container[probe]["httpGet"]["path"] for probe in container if probe.endswith("Probe")}
            expected = {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
            self.assertEqual(paths, expected)


class ChartTest(unittest.TestCase):
    def test_it_makes_what_the_manifests_say(self) -> None:
        report = objects((FOLDER / "tasks.yaml").read_text())[1]["data"]
        values = {**SAME, "tasks": {**SAME["tasks"], "folders": {"report": report}}}
        expected = bare(manifests())
        for others in (
            ("Namespace", "insightmesh-tasks"),
            ("Secret", "insightmesh-tasks"),
            ("ConfigMap", "custom-tasks"),
        ):
            del expected[others]
        self.maxDiff = None
        self.assertEqual(bare(render(values)), expected)

    def test_everything_that_can_be_asked_for_is_valid(self) -> None:
        secret = {"taskDatabaseUrl": "mysql+pymysql://u:p@h/d", "dataDatabaseUrl": "x", "secretKey": "A" * 43 + "="}
        all_of_it: Object = {
            "secret": secret,
            "servers": {"all": 0, "web": 2, "scheduler": 1, "worker": 3},
            "imagePullSecrets": [{"name": "registry"}],
            "tasks": {"files": {"my_task.py": "x = 1\n"}, "folders": {"my_report": {"job.py": "x = 1\n"}}},
            "files": {"storageClassName": "nfs"},
            "env": {"MAX_CONCURRENT_RUNS": "4"},
            "envFrom": [{"secretRef": {"name": "of-tasks"}}],
            "shutdownGraceSeconds": 300,
            "service": {"type": "LoadBalancer"},
            "ingress": {"enabled": True, "className": "nginx"},
            "podAnnotations": {"a": "b"},
            "nodeSelector": {"a": "b"},
            "tolerations": [{"key": "a", "operator": "Exists"}],
            "affinity": {"nodeAffinity": {}},
        }
        claimed: Object = {**SAME, "tasks": {"existingClaim": "tasks"}, "files": {"existingClaim": "files"}}
        for values in (all_of_it, claimed):
            made = render(values)
            for each in made:
                for version in VERSIONS:
                    kubernetes_validate.validate(each, version, strict=True)
            for pod in pods(made):
                variables = environment(pod["containers"][0])
                self.assertEqual(set(variables) - set(settings()) - OF_OTHERS, set())
                self.assertGreater(pod["terminationGracePeriodSeconds"], 5 + graces(variables))
        counts = [each["spec"]["replicas"] for each in render(all_of_it) if each["kind"] == "Deployment"]
        self.assertEqual(sorted(counts), [1, 2, 3])

    def test_what_is_missing_or_wrong_is_refused(self) -> None:
        refused: list[tuple[Any, str]] = [
            ({}, "secret.taskDatabaseUrl is missing"),
            ({**SAME, "servers": {"all": 0}}, "one at least"),
            ({**SAME, "replicas": 3}, "replicas"),
            ({**SAME, "publicUrl": "tasks.example.com"}, "publicUrl"),
            ({"secret": {"taskDatabaseUrl": "sqlite:///a.db", "secretKey": "A" * 43 + "="}}, "taskDatabaseUrl"),
            ({**SAME, "tasks": {"existingClaim": "a", "existingConfigMap": "b"}}, "exclude"),
        ]
        for values, reason in refused:
            with self.assertRaisesRegex(helm_python.HelmError, reason):
                render(values)

    def test_its_schema_knows_every_value(self) -> None:
        schema = json.loads((CHART / "values.schema.json").read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        self.assertEqual(set(objects((CHART / "values.yaml").read_text())[0]) - set(schema["properties"]), set())
        self.assertEqual(helm_python.lint(CHART)["errors"], [])
