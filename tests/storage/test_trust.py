from __future__ import annotations

import pytest

from jupyter_hpo.storage.trust import is_ours, sign


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "trial-0001"
    path.write_bytes(b"objects" * 1000)
    return path


def test_what_was_signed_here_is_ours(file):
    assert not is_ours(file)
    sign(file)
    assert is_ours(file)


def test_a_changed_file_is_not_ours(file):
    sign(file)
    file.write_bytes(b"other")
    assert not is_ours(file)


def test_another_users_signature_is_not_ours(file, monkeypatch, tmp_path):
    sign(file)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "elsewhere"))
    assert not is_ours(file)


def test_the_key_is_for_its_owner_only(file, home):
    sign(file)
    assert (home / "jupyter_hpo" / "objects.key").stat().st_mode & 0o077 == 0


def test_signing_again_replaces_the_signature(file):
    sign(file)
    file.write_bytes(b"better")
    sign(file)
    assert is_ours(file)
