"""The Dockerfile without Docker: what it copies is there, and its steps, run by hand, give a working andon."""

import fnmatch
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.deploy.files import PROJECT, brought_here, dockerfile, image_environment, told

WANTED = ("core/locale/ko/andon.mo", "core/playbooks/press.toml", "tui/styles/floor.tcss")


def sources() -> list[tuple[list[str], str]]:
    """What is copied from the project: sources, destination."""
    build, _image = dockerfile()
    return [(words[:-1], words[-1]) for words in (rest.split() for rest in told(build, "COPY"))]


def test_what_is_copied_is_there_and_reaches_the_builder() -> None:
    ignored = (PROJECT / ".dockerignore").read_text().splitlines()
    let_through = [line[1:] for line in ignored if line.startswith("!")]
    for names, _destination in sources():
        for name in names:
            assert (PROJECT / name).exists(), name
            assert any(fnmatch.fnmatch(name, pattern) for pattern in let_through), name


def test_the_image_is_no_root_and_keeps_its_data_in_a_volume() -> None:
    build, image = dockerfile()
    [user] = told(image, "USER")
    number = user.partition(":")[0]
    assert number.isdigit()
    assert int(number) > 0
    assert f"--uid {number} " in " ".join(told(image, "RUN"))
    data = image_environment()["ANDON_DATA_DIR"]
    assert told(image, "VOLUME") == [data]
    assert re.search(rf"install -d -m 0700 -o andon -g andon {data}\b", " ".join(told(image, "RUN")))
    assert told(image, "ENTRYPOINT") == ['["andon"]']
    assert told(image, "HEALTHCHECK")[0].endswith("CMD andon health || exit 1")
    assert told(build, "FROM")[0].split()[0] == told(image, "FROM")[0]


def test_its_steps_give_a_working_andon(tmp_path: Path) -> None:
    _build_by_hand(tmp_path)
    here = _image_environment_here(tmp_path)
    shown = _run(["andon", "--help"], here)
    assert shown.returncode == 0, shown.stderr
    assert "andon" in shown.stdout
    health = _run(["andon", "health"], here)
    assert health.returncode == 1
    assert str(tmp_path / "data") in health.stderr
    doctor = _run(["andon", "doctor", "--json"], here)
    assert doctor.returncode == 1, "no broker is set"
    assert '"ok": false' in doctor.stdout
    installed = tmp_path / "opt/andon"
    [packages] = installed.glob("lib/python3*/site-packages")
    for name in WANTED:
        assert (packages / name).is_file(), name
    logins = "import aws_msk_iam_sasl_signer, azure.identity.aio, google.auth.transport.requests"
    assert _run(["python", "-c", logins], here).returncode == 0
    assert _run(["python", "-m", "pip", "check"], here).returncode == 0


def _build_by_hand(root: Path) -> None:
    """The build stage's steps in an empty folder: its COPYs, then each RUN with the image's places under ``root``.

    An empty virtual environment stands in for the base image, the machine's pip cache for the network.
    """
    build, _image = dockerfile()
    work = root / told(build, "WORKDIR")[0].lstrip("/")
    for names, destination in sources():
        for name in names:
            _copy(PROJECT / name, work / destination, name)
    base = root / "base"
    subprocess.run([sys.executable, "-m", "venv", str(base)], check=True)
    path = {"PATH": f"{base / 'bin'}:/usr/bin:/bin", "HOME": str(root / "builder")}
    cache = subprocess.run([sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=True)
    given = {**_machine(), **path, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_CACHE_DIR": cache.stdout.strip()}
    for step in told(build, "RUN"):
        here = re.sub(r"(?<![\w.])/(wheels|opt|src)\b", rf"{root}/\1", step)
        done = subprocess.run(["sh", "-c", here], cwd=work, env=given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"


def _copy(source: Path, folder: Path, name: str) -> None:
    if source.is_dir():
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, folder / name)


def _image_environment_here(root: Path) -> dict[str, str]:
    _build, image = dockerfile()
    path = re.search(r"PATH=(\S+)", " ".join(told(image, "ENV")))
    assert path is not None
    added = path[1].removesuffix(":$PATH")
    return brought_here(image_environment(), root) | {"PATH": f"{root}{added}:/usr/bin:/bin", "ANDON_LANG": "en"}


def _machine() -> dict[str, str]:
    """What a machine needs to reach its package index; nothing of this Python's."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


def _run(command: list[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    program = shutil.which(command[0], path=environment["PATH"])
    assert program is not None
    return subprocess.run(
        [program, *command[1:]], env=environment, cwd=environment["HOME"], capture_output=True, text=True, check=False
    )
