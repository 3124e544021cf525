"""A form of the desk writes what was changed in it: what others wrote into the row meanwhile stays."""

from collections.abc import Collection
from copy import deepcopy
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.http import Http404

Columns = dict[str, Any]


def columns_of(row: Model) -> Columns:
    """What stands in a row as it was read, by field. What was not read is left out."""
    deferred = row.get_deferred_fields()
    fields = (field for field in row._meta.concrete_fields if field.attname not in deferred)
    return {field.name: deepcopy(field.get_prep_value(getattr(row, field.attname))) for field in fields}


def changed_columns(row: Model, *, before: Columns | None, named: Collection[str] = ()) -> set[str]:
    """The fields of a row that are not as they were read, and those that are `named`."""
    now = columns_of(row)
    return {name for name in now if name in named or (before is not None and now[name] != before.get(name))}


@transaction.atomic
def write(row: Model, *, before: Columns | None, named: Collection[str] = ()) -> None:
    """Writes what was changed. A row that is gone stays gone: saved whole, it would be back."""
    changed = changed_columns(row, before=before, named=named)
    if not changed:
        return
    rows = type(row)._base_manager.filter(pk=row.pk)
    if not rows.select_for_update(no_key=True).values_list("pk", flat=True).first():
        raise Http404
    row.save(update_fields=changed)


class WritesItsLines:
    """A set of forms of one row each, whose changes are written like those of a form that stands alone."""

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.row_before = columns_of(form.instance) if form.instance.pk else None
        return form

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        saved = form.save(commit=False)
        if commit:
            write(saved, before=form.row_before, named=form.changed_data)
            form.save_m2m()
        return saved


def careful(formset: type) -> type:
    return type(formset.__name__, (WritesItsLines, formset), {})
