"""Media at the organisers' desk."""

from apps.media.admin.files import AssetAdmin
from apps.media.admin.folders import FolderAdmin
from apps.media.admin.shelf import ShelfFileAdmin
from apps.media.admin.streams import StreamAdmin

__all__ = [
    "AssetAdmin",
    "FolderAdmin",
    "ShelfFileAdmin",
    "StreamAdmin",
]
