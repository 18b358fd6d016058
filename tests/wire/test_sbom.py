"""What `src/sbom` writes (its tests compare with these files byte by byte) against the formats' own schemas and
validators, and its package URLs against the reference reader."""
import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

WRITTEN = Path(__file__).parents[2] / "src/sbom/testdata"
BILLS = ("everything", "nothing")


def purls():
    bill = json.loads((WRITTEN / "everything.cdx.json").read_text())
    components = [*bill["components"], bill["metadata"]["component"]]
    return [component["purl"] for component in components if "purl" in component]


@pytest.mark.parametrize("name", BILLS)
def test_cyclonedx_follows_its_schema(name):
    text = (WRITTEN / f"{name}.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(text) is None


@pytest.mark.parametrize("name", BILLS)
def test_spdx_is_valid(name):
    document = parse_file(str(WRITTEN / f"{name}.spdx.json"))
    assert [message.validation_message for message in validate_full_spdx_document(document)] == []


def test_purls_are_canonical():
    assert len(purls()) == 15
    for purl in purls():
        read = PackageURL.from_string(purl)
        # The reference writes a slash in a qualifier as it is; the specification asks for %2F.
        assert read.to_string().replace("%2F", "/") == purl.replace("%2F", "/")
