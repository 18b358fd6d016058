"""The program's command line: words it does not know, help, completion as bash does it."""
import os
import subprocess

import pytest

from harness.server import BINARY


def berth(*words):
    return subprocess.run([os.path.abspath(BINARY), *words], text=True, capture_output=True, timeout=30)


@pytest.mark.parametrize("words, said", [
    (["nope"], "there is no command nope\n"), (["serv"], "there is no command serv; did you mean serve?"),
    (["--nope"], "there is no option --nope\n"), (["images", "pruge"], "there is no command pruge; did you mean purge?"),
    (["help", "serv"], "did you mean serve?"), (["lifecycle", "validate"], "name the file of the policy")])
def test_unknown_words_are_named(words, said):
    done = berth(*words)
    assert done.returncode == 2 and said in done.stderr, done.stderr


@pytest.mark.parametrize("command", [[], ["serve"], ["images", "restore"], ["lifecycle", "preview"]])
def test_help_is_help(command):
    assert berth("help", *command).stdout == berth(*command, "--help").stdout != ""


@pytest.mark.parametrize("line, offered", [
    ("berth completion ", {"bash", "zsh", "fish", "--help"}), ("berth images restore --on-tag-conflict ", {"fail", "move", "skip"}),
    ("berth images restore --on-tag-conflict = mo", {"move"}), ("berth life", {"lifecycle"}),
    ("berth images --h", {"--help"}), ("berth images p", {"purge"}), ("berth images restore pu", set()),
    ("berth lifecycle validate --policy-file ca", {"case.json"})])
def test_bash_completes(tmp_path, line, offered):
    (tmp_path / "case.json").write_text("{}")
    script = berth("completion", "bash").stdout
    words = line.split(" ")
    array = " ".join(f"'{word}'" for word in words)
    run = f"{script}\nCOMP_WORDS=({array}); COMP_CWORD={len(words) - 1}; _berth; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "-c", run], text=True, capture_output=True, cwd=tmp_path, timeout=30)
    assert set(done.stdout.split()) == offered, done.stdout + done.stderr
