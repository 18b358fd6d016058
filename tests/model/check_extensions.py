#!/usr/bin/env python3
"""Holds docs/extensions.md against the operations that Berth's own service declares.

Usage: berth dump-model --service berth | check_extensions.py docs/extensions.md

Every operation has a section of its name that names each of its members; what lies deeper, and the values of enums, may
be told of anywhere on the page. A section of a name that is no operation is a mistake as well.
"""
import json
import re
import sys


def words(shape):
    """Member names and enum values, at every depth."""
    yield from shape.get("enum", [])
    for name, member in shape.get("members", {}).items():
        yield name
        yield from words(member)
    for inner in ("member", "key", "value"):
        if inner in shape:
            yield from words(shape[inner])


def main():
    operations = json.load(sys.stdin)
    text = re.sub(r"^```.*?^```$", "", open(sys.argv[1], encoding="utf-8").read(), flags=re.MULTILINE | re.DOTALL)
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))
    problems = [f"{name}: a section, but no operation" for name in sections if name not in operations]
    anywhere = set(re.findall(r"`([^`]+)`", text))
    for name, shapes in operations.items():
        if name not in sections:
            problems.append(f"{name}: no section")
            continue
        own = set(re.findall(r"`([^`]+)`", sections[name]))
        for side in ("input", "output"):
            problems += [f"{name}.{side}: `{word}` is not told of" for word in words(shapes[side])
                         if word not in (own if word in shapes[side]["members"] else anywhere)]
    for problem in problems:
        print(problem)
    print(f"{len(operations)} operations of our own documented, {len(problems)} differences")
    return 1 if problems or not operations else 0


if __name__ == "__main__":
    sys.exit(main())
