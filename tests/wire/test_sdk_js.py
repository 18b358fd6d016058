"""@aws-sdk/client-ecr, the generated client for JavaScript."""
import json
from pathlib import Path

from harness.clients import CLIENTS


def test_flows(server, place):
    place.environment |= {"ENDPOINT": server.url, "NODE_PATH": str(CLIENTS / "node" / "node_modules")}
    lines = place.run(CLIENTS / "bin" / "node", Path(__file__).with_name("sdk.cjs")).splitlines()
    results = {one["name"]: one["problem"] for one in map(json.loads, lines)}
    assert set(results) == {"identity", "repository", "image", "partError", "token", "deletion"}
    problems = {name: problem for name, problem in results.items() if problem}
    assert not problems, "\n".join(f"{name}: {problem}" for name, problem in problems.items())
