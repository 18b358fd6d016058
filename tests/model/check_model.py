#!/usr/bin/env python3
"""Compares this server's catalogue with Amazon's description of ECR inside botocore.

Usage: berth dump-model | check_model.py      (needs: pip install botocore)

Every operation the server has must have exactly the members of the model, with its types, limits, patterns, enum
values and (for input) required flags. Operations the server does not have yet are counted, not failed.
"""
import json
import sys

import botocore
import botocore.session

NUMBERS = {"integer", "long"}


class Check:
    def __init__(self):
        self.problems = []

    def differ(self, path, what, ours, theirs):
        self.problems.append(f"{path}: {what} is {ours!r}, the model says {theirs!r}")

    def limits(self, path, ours, shape):
        metadata = shape.metadata
        for name in ("min", "max"):
            mine, model = ours.get(name), metadata.get(name)
            if name == "min" and shape.type_name not in NUMBERS:
                mine, model = mine or 0, model or 0  # no minimum is as good as none
            if mine != model:
                self.differ(path, name, mine, model)
        if ours.get("pattern") != metadata.get("pattern"):
            self.differ(path, "pattern", ours.get("pattern"), metadata.get("pattern"))

    def shape(self, path, ours, shape, is_input):
        kind = "number" if shape.type_name in NUMBERS else shape.type_name
        if ours["type"] != kind:
            self.differ(path, "type", ours["type"], kind)
        elif kind == "structure":
            self.structure(path, ours, shape, is_input)
        elif kind == "list":
            self.limits(path, ours, shape)
            self.shape(path + "[]", ours["member"], shape.member, is_input)
        elif kind == "map":
            self.shape(path + "{key}", ours["key"], shape.key, is_input)
            self.shape(path + "{value}", ours["value"], shape.value, is_input)
        elif kind == "string" and (ours.get("enum") or getattr(shape, "enum", None)):
            if sorted(ours.get("enum", [])) != sorted(shape.enum):
                self.differ(path, "enum", sorted(ours.get("enum", [])), sorted(shape.enum))
        elif kind in ("string", "number", "blob"):
            self.limits(path, ours, shape)

    def structure(self, path, ours, shape, is_input):
        members = ours["members"]
        if set(members) != set(shape.members):
            self.differ(path, "members", sorted(members), sorted(shape.members))
        for name in sorted(set(members) & set(shape.members)):
            here = f"{path}.{name}"
            required = name in shape.required_members
            if is_input and members[name]["required"] != required:
                self.differ(here, "required", members[name]["required"], required)
            self.shape(here, members[name], shape.members[name], is_input)

    def operation(self, name, ours, model):
        empty = {"type": "structure", "members": {}}
        for side, shape in (("input", model.input_shape), ("output", model.output_shape)):
            if shape is None:
                if ours[side] != empty:
                    self.differ(f"{name}.{side}", "shape", ours[side], None)
                continue
            self.shape(f"{name}.{side}", ours[side], shape, side == "input")


def main():
    ours = json.load(sys.stdin)
    service = botocore.session.get_session().get_service_model("ecr")
    check = Check()
    for name in sorted(ours):
        if name not in service.operation_names:
            check.problems.append(f"{name}: the model has no such operation")
            continue
        check.operation(name, ours[name], service.operation_model(name))
    for problem in check.problems:
        print(problem)
    missing = len(set(service.operation_names) - set(ours))
    print(f"{len(ours)} operations compared with botocore {botocore.__version__}, {len(check.problems)} differences, "
          f"{missing} operations not offered yet")
    return 1 if check.problems or not ours else 0


if __name__ == "__main__":
    sys.exit(main())
