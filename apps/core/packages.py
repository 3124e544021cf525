"""Front-end libraries as static files: exactly the files of `node_modules` that pages use, under `npm/`."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core import checks
from django.core.files.storage import FileSystemStorage

FILES = (
    "@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-*-wght-normal.woff2",
    "@fontsource-variable/inter/files/inter-*-wght-normal.woff2",
    "hls.js/dist/hls.min.mjs",
)
MODULES = {"hls.js": "npm/hls.min.mjs"}
"""What a page's script may import by name."""


class PackageFinder(BaseFinder):
    """Serves each file of FILES as `npm/<its name>`."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        root = Path(settings.NODE_MODULES)
        self.paths = {f"npm/{path.name}": path for pattern in FILES for path in sorted(root.glob(pattern))}

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        if self.paths:
            return []
        return [checks.Warning("The front-end libraries are missing.", hint="Run `make setup`.", id="core.W001")]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = self.paths.get(path)
        if find_all:
            return [str(found)] if found else []
        return str(found) if found else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in self.paths.values():
            if matches_patterns(path.name, list(ignore_patterns or [])):
                continue
            storage = FileSystemStorage(location=str(path.parent))
            storage.prefix = "npm"  # type: ignore[attr-defined]
            yield path.name, storage
