"""What is in deploy/, read as Docker, Compose, Kubernetes and an installer would read it."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).parents[2]
DEPLOY = PROJECT / "deploy"
PLANTS_CONFIG_MAP = {"KAFKA_BOOTSTRAP_SERVERS": "kafka-service:9092", "KAFKA_TOPIC": "chatbot-issue-events"}
"""The ConfigMap ``kafka-config``, as the plant has it."""


# --- Dockerfile


@dataclass(frozen=True)
class Instruction:
    """One instruction of the Dockerfile: its word and everything behind it."""

    word: str
    rest: str


@cache
def dockerfile() -> tuple[list[Instruction], list[Instruction]]:
    """The instructions of the two stages: the one that builds, the one that is shipped."""
    lines = [line for line in (DEPLOY / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    stages: list[list[Instruction]] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            stages.append([])
        if word:
            stages[-1].append(Instruction(word, rest.strip()))
    build, image = stages
    return build, image


def told(stage: list[Instruction], word: str) -> list[str]:
    """What stands behind every ``word`` of a stage."""
    return [instruction.rest for instruction in stage if instruction.word == word]


def image_environment() -> dict[str, str]:
    """What the image sets, but for its PATH."""
    _build, image = dockerfile()
    given = dict(part.split("=", 1) for line in told(image, "ENV") for part in shlex.split(line))
    given.pop("PATH")
    return given


# --- Compose


@cache
def compose() -> dict[str, Any]:
    """compose.yaml, its variables unset on the machine that starts it."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", (DEPLOY / "compose.yaml").read_text())
    return dict(yaml.safe_load(text))


def compose_environment() -> dict[str, str]:
    """The terminal's environment under Compose."""
    service = compose()["services"]["andon"]
    return image_environment() | {name: str(value or "") for name, value in service["environment"].items()}


# --- Kubernetes


@cache
def kubernetes() -> dict[str, Any]:
    """kubernetes.yaml's documents, by kind."""
    documents = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())
    return {document["kind"]: document for document in documents}


def pod() -> Any:
    return kubernetes()["StatefulSet"]["spec"]["template"]["spec"]


def container() -> Any:
    [only] = pod()["containers"]
    return only


def kubernetes_environment(number: int = 0) -> dict[str, str]:
    """The environment of the pod with this number, the plant's ConfigMap taken in."""
    given = image_environment()
    for source in container()["envFrom"]:
        assert source == {"configMapRef": {"name": "kafka-config"}}
        given |= PLANTS_CONFIG_MAP
    for variable in container()["env"]:
        given[variable["name"]] = variable["value"] if "value" in variable else _field(variable["valueFrom"], number)
    return given


def _field(source: Mapping[str, Any], number: int) -> str:
    assert source == {"fieldRef": {"fieldPath": "metadata.name"}}
    return f"{kubernetes()['StatefulSet']['metadata']['name']}-{number}"


# --- on this machine


def brought_here(given: Mapping[str, str], root: Path) -> dict[str, str]:
    """The same environment with the container's places under ``root``, the secrets' files written there."""
    here = {name: str(root / value.lstrip("/")) if value.startswith("/") else value for name, value in given.items()}
    for name, value in here.items():
        if name.endswith("_FILE"):
            Path(value).parent.mkdir(parents=True, exist_ok=True)
            Path(value).write_text("made-up-secret\n")
        elif name in ("HOME", "ANDON_DATA_DIR"):
            Path(value).mkdir(parents=True, exist_ok=True)
    return here


# --- pages


def pages() -> list[Path]:
    return sorted(DEPLOY.glob("*.md"))


def fenced(page: Path, language: str) -> Iterator[str]:
    """The page's blocks in ``language``."""
    yield from re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)


def variables(block: str) -> dict[str, str]:
    """What a shell has set after ``block``: its assignments, comments left out."""
    words = shlex.split(block, comments=True)
    return dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
