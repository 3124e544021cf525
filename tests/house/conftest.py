"""A folder in which the tests of the house may start services of their own."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from events_platform.embedded.services import let_go
from tests.plugins.services import INNER


@pytest.fixture
def home():
    """A short folder that PostgreSQL's user may enter; a later run sweeps it if this one is killed."""
    folder = Path(tempfile.mkdtemp(prefix=INNER, dir=os.environ["PLENARY_HOME"]))
    folder.chmod(0o711)
    yield folder
    let_go(folder)
    shutil.rmtree(folder, ignore_errors=True)
