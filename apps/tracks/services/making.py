"""Makes new rows of an import: in memory, not yet written."""

from collections.abc import Callable, Sequence
from typing import Any

from apps.events.models import Event
from apps.tracks.models import Track
from apps.tracks.services import slugs


class Maker:
    """Makes rows in memory, with addresses that are not taken and the next places in the order."""

    def __init__(
        self, model: Any, event: Event, rows: Sequence[Any], dress: Callable[[Track], None] | None = None
    ) -> None:
        self.model = model
        self.event = event
        self.slugs = slugs.Slugs((row.slug for row in rows), most=model._meta.get_field("slug").max_length)
        self.guids = {row.guid for row in rows}
        self.count = 1 + max((getattr(row, "position", 0) for row in rows), default=-1)
        self.dress = dress

    def __call__(self, part: Any) -> Any:
        name = str(getattr(part, "title", None) or getattr(part, "name", ""))
        slug = self.slugs.new(name, str(self.model._meta.model_name))
        row = self.model(event=self.event, slug=slug, source=part.source_id)
        row.imported = {"guid": str(part.guid)} if part.guid else {}
        if part.guid and part.guid not in self.guids:
            row.guid = part.guid
        if hasattr(row, "position"):
            row.position = self.count
        self.count += 1
        if self.dress:
            self.dress(row)
        return row
