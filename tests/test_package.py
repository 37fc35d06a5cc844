"""What is shipped: the contract's names, the assets, the pinned versions, and a README whose every example works."""

from __future__ import annotations

import importlib.metadata
import json
import re
import runpy
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import gradsim
from gradsim import resources

CHECKOUT = Path(__file__).resolve().parent.parent
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONSTRAINTS = {
    canonicalize_name(requirement.name): requirement
    for line in (CHECKOUT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for requirement in [Requirement(line)]
}


def readme_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("name", gradsim.__all__)
def test_every_public_name_can_be_fetched(name: str) -> None:
    assert getattr(gradsim, name) is not None
    assert name in dir(gradsim)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        _ = gradsim.simulat


def test_the_version_is_that_of_the_installed_package() -> None:
    assert importlib.metadata.version("gradsim") == gradsim.__version__


def test_both_programs_are_installed() -> None:
    scripts = importlib.metadata.distribution("gradsim").entry_points
    assert {script.name for script in scripts} == {"gradsim", "gradsim-window"}
    assert all(callable(script.load()) for script in scripts)


@pytest.mark.parametrize("family", ["Inter", "JetBrainsMono"])
def test_fonts_are_shipped_with_their_licence(family: str) -> None:
    fonts = [path for path in resources.asset_path("fonts").glob(f"{family}-*") if path.suffix in {".otf", ".ttf"}]
    assert {path.stem.partition("-")[2] for path in fonts} >= {"Regular", "Medium", "Bold"}
    licence = resources.asset_path("fonts", f"{family}-LICENSE.txt").read_text(encoding="utf-8")
    assert licence.startswith("Copyright")
    assert "SIL OPEN FONT LICENSE" in licence


def test_the_assets_stay_small() -> None:
    assert sum(path.stat().st_size for path in resources.asset_path().rglob("*")) < 3 * 2**20


def test_a_missing_asset_names_the_places_that_were_looked_at() -> None:
    with pytest.raises(FileNotFoundError, match=r"assets.fonts.Comic\.ttf or .*install it again"):
        resources.asset_path("fonts", "Comic.ttf")


def test_constraints_pin_everything_that_a_developer_installs() -> None:
    installed = {canonicalize_name(package.name) for package in importlib.metadata.distributions()}
    wanted = ["gradsim[dev]" if "ruff" in installed else "gradsim[test]"]
    seen: set[str] = set()
    while wanted:
        requirement = Requirement(wanted.pop())
        name = canonicalize_name(requirement.name)
        if name in seen and not requirement.extras:
            continue
        seen.add(name)
        for line in importlib.metadata.requires(name) or []:
            needed = Requirement(line)
            extras = requirement.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                wanted.append(str(needed))
    missing = seen - {"gradsim"} - set(CONSTRAINTS)
    assert len(seen) > len(PROJECT["dependencies"])
    assert not missing


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_constraints_are_exact_versions_without_addresses(name: str) -> None:
    assert CONSTRAINTS[name].url is None
    assert [specifier.operator for specifier in CONSTRAINTS[name].specifier] == ["=="]


@pytest.mark.parametrize("line", PROJECT["dependencies"])
def test_constraints_agree_with_the_dependencies(line: str) -> None:
    requirement = Requirement(line)
    (specifier,) = CONSTRAINTS[canonicalize_name(requirement.name)].specifier
    assert requirement.specifier.contains(specifier.version)


def test_the_readme_links_only_to_files_that_exist() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (CHECKOUT / link).exists()] == []


def test_the_readme_lists_every_command() -> None:
    from gradsim.cli import COMMANDS

    assert [name for name in COMMANDS if f"gradsim {name} " not in README] == []


def test_the_scene_and_the_program_of_the_readme_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (scene,) = readme_blocks("json")
    program = readme_blocks("python")[0]
    monkeypatch.chdir(tmp_path)
    Path("race.gradsim").write_text(scene, encoding="utf-8")
    Path("program.py").write_text(program, encoding="utf-8")
    runpy.run_path("program.py")
    printed = capsys.readouterr().out
    assert printed.startswith("(2, 501, 1, 2)")
    assert "minimum [3." in printed
    assert json.loads(scene)["title"] == "Beale"


def test_the_optimizer_of_the_readme_races(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, function, row = readme_blocks("python")
    module = tmp_path / "readme_optimizer.py"
    header = "from gradsim.core.optimizers.base import Optimizer, Rule\n\n"
    module.write_text(f"{header}{function}\n\nADDED = {row.strip().removesuffix(',')}\n", encoding="utf-8")
    added = runpy.run_path(str(module))["ADDED"]
    monkeypatch.setitem(gradsim.OPTIMIZERS, added.name, added)  # type: ignore[arg-type]
    (tmp_path / "race.gradsim").write_text(
        f'{{"surface": {{"kind": "formula", "formula": "x^2"}}, "optimizers": [{{"name": "{added.name}"}}],'
        ' "starts": {"kind": "points", "points": [[1.0]]}, "steps": 3}',
        encoding="utf-8",
    )
    run = gradsim.simulate(gradsim.load_scene(tmp_path / "race.gradsim"))
    # By hand, with g = 2x: v = 0.2, 0.3778, 0.5354642 and x falls by 0.005(g + v).
    assert run.positions[0, :, 0, 0].tolist() == pytest.approx([1.0, 0.989, 0.977221, 0.964771469])
