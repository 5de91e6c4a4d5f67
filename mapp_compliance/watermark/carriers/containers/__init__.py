"""Archives: ZIP, TAR and gzip, whose members carry marks of their own."""

from mapp_compliance.watermark.carriers.containers.gzips import (
    is_gzip,
    open_gzip,
    pack_gzip,
    pack_tar_gzip,
)
from mapp_compliance.watermark.carriers.containers.tars import is_tar, open_tar, pack_tar
from mapp_compliance.watermark.carriers.containers.zips import is_zip, open_zip, pack_zip

__all__ = [
    "is_gzip",
    "is_tar",
    "is_zip",
    "open_gzip",
    "open_tar",
    "open_zip",
    "pack_gzip",
    "pack_tar",
    "pack_tar_gzip",
    "pack_zip",
]
