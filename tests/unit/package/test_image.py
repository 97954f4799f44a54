"""The image, as far as its recipe says: made from the wheel, in stages, for an ordinary user, without development."""

import re

from tests.support.texts import ROOT

_LINES = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
_INSTRUCTIONS = [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in _LINES if re.match(r"[A-Z]+ ", line)]
_STARTS = [number for number, (name, _) in enumerate(_INSTRUCTIONS) if name == "FROM"]
_BUILD, _FINAL = _INSTRUCTIONS[_STARTS[0] : _STARTS[1]], _INSTRUCTIONS[_STARTS[1] :]
_CONTEXT = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()


def _all(stage: list[tuple[str, str]], name: str) -> list[str]:
    return [text for one, text in stage if one == name]


def test_the_last_stage_has_only_what_was_installed_from_the_wheel() -> None:
    assert len(_STARTS) == 2
    assert _all(_FINAL, "COPY") == ["--from=build /opt/customer-import /opt/customer-import"]
    assert not _all(_FINAL, "ADD")
    [made] = [text for text in _all(_BUILD, "RUN") if "pip wheel" in text]
    assert "install --no-deps --no-index dist/*.whl" in made


def test_what_is_installed_is_pinned_with_hashes() -> None:
    installs = re.findall(r"pip install (.*?)(?: &&|$)", " ".join(_all(_BUILD, "RUN")))
    assert len(installs) == 3
    assert all("--require-hashes" in each or "--no-index" in each for each in installs)
    assert "--no-build-isolation" in " ".join(_all(_BUILD, "RUN"))


def test_it_runs_as_an_ordinary_user_that_owns_nothing_it_runs() -> None:
    assert _all(_FINAL, "USER") == ["10001:10001"]
    assert not any("--chown" in text for text in _all(_FINAL, "COPY"))


def test_its_base_is_named_by_version() -> None:
    [version] = _all(_INSTRUCTIONS, "ARG")[:1]
    assert re.fullmatch(r"PYTHON=3\.\d+\.\d+-slim-\w+", version)
    assert {text.split(" ")[0] for text in _all(_INSTRUCTIONS, "FROM")} == {"python:${PYTHON}"}


def test_it_says_what_it_is() -> None:
    labels = set(re.findall(r"org\.opencontainers\.image\.(\w+)=", " ".join(_all(_FINAL, "LABEL"))))
    assert labels >= {"title", "description", "version", "revision", "licenses"}


def test_nothing_of_development_reaches_the_builder() -> None:
    assert _CONTEXT[0] == "*"
    let_in = {line.removeprefix("!") for line in _CONTEXT if line.startswith("!")}
    assert let_in.isdisjoint({"stack", "tests", "bench", ".git", ".venv", "docs"})
    copied = {name for text in _all(_BUILD, "COPY") for name in text.split()[:-1]} - {"."}
    assert copied <= let_in
    packages = {"cli", "crm", "customer_import_client", "services", "shared"}
    assert let_in >= {"pyproject.toml", "README.md", "LICENSE", "requirements.in", *packages}
