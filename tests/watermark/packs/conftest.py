"""Archives of every kind with one marked script in them."""

import tarfile

import pytest

from mapp_compliance.watermark import Package, PackageFile, SiteMap, lay_out, parse_package, survey
from tests.watermark.packs import boxes

KINDS = {
    "a.zip": boxes.zipped(),
    "stored.zip": boxes.zipped(method=0),
    "a.tar": boxes.tarred(),
    "gnu.tar": boxes.tarred(form=tarfile.GNU_FORMAT),
    "a.tar.gz": boxes.gzipped(boxes.tarred()),
}


@pytest.fixture(params=KINDS)
def package(request: pytest.FixtureRequest) -> Package:
    return parse_package(
        [
            PackageFile(request.param, KINDS[request.param]),
            PackageFile(f"{request.param}.marks.toml", boxes.MARKS),
        ]
    )


@pytest.fixture
def site_map(package: Package) -> SiteMap:
    return survey(package, lay_out(package, {}), bytes(32))
