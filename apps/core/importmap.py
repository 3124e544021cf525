"""The import map: each of our modules by its path, libraries by name, all under their hashed addresses."""

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from apps.core.packages import MODULES


@lru_cache(maxsize=1)
def text() -> str:
    """The JSON between the page's importmap tags; the same in every process of a release."""
    root = Path(settings.STATICFILES_DIRS[0])
    paths = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.js"))
    collected = getattr(staticfiles_storage, "hashed_files", None)
    # A release serves what was collected for it; a file that came into the folder since belongs to the next.
    ours = {f"plenary/{path}": path for path in paths if not collected or path in collected}
    imports = {name: staticfiles_storage.url(path) for name, path in (ours | MODULES).items()}
    # "<" is escaped so that no name could end the script element.
    return json.dumps({"imports": imports}, separators=(",", ":")).replace("<", "\\u003c")


class Tag:
    """The import map among the `js` of a desk page's Media, before the modules that import by it."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tag)

    def __hash__(self) -> int:
        return hash(Tag)

    def __html__(self) -> str:
        return f'<script type="importmap">{text()}</script>'


@lru_cache(maxsize=1)
def source() -> str:
    """The import map's hash as a source expression of the content security policy."""
    digest = hashlib.sha256(text().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
