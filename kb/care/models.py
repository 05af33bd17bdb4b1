"""Which model a library uses: look at the choice, and change it in one step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from kb import (
    EMBEDDED_MODEL,
    MODEL_FILE,
    InputError,
    ModelError,
    NotFoundError,
    Progress,
    Settings,
    StoreError,
    index,
    replace_file,
    silent,
    stored_model,
)
from kb.model import MULTILINGUAL_MODEL, Encoder, ModelId, check_model, load_encoder, model_source
from kb.store import Store


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The model that a library uses, and by whose word: "KB_MODEL", "library" or "default".

    `served` names the model of the index that is served ("" for words only or an empty library) and `agrees`
    says whether that is the chosen one; `check` is what is known of the model's files.
    """

    model: str
    name: str
    by: str
    served: str
    agrees: bool
    check: str


@dataclass(frozen=True, slots=True)
class Switched:
    """What a change of model did: the model's id, its dimension, passages, and the generation served now.

    `is_overruled` says that KB_MODEL names another one, which wins where it is set.
    """

    model: str
    id: str
    dim: int
    passages: int
    generation: str
    is_overruled: bool = False


def choice(settings: Settings) -> ModelChoice:
    """Look which model is used; nothing is loaded."""
    own = (settings.data / MODEL_FILE).is_file()
    by = "KB_MODEL" if settings.is_model_fixed else "library" if own else "default"
    name = model_source(settings).name
    served = ""
    try:
        with Store.open(settings.data, readonly=True) as store:
            served = index.open_served(store).manifest.model
    except NotFoundError:
        pass  # an empty library
    agrees = bool(served) and ModelId.parse(served).name == name
    return ModelChoice(settings.model, name, by, served, agrees, check_model(settings).text)


def use(
    settings: Settings, model: str, progress: Progress = silent, load: index.lazy.Load = load_encoder
) -> Switched:
    """Use a model from now on: `embedded`, `multilingual`, a folder, or a hub name, which is downloaded.

    It is loaded and tried first; then every passage is embedded beside the index that is served, and choice
    and index change together. Until then, and if anything fails, all stays as it was.

    Raises:
        InputError: no model is named.
        ModelError: it cannot be loaded or is no embedding model.
        NotFoundError: there is no library yet.
        GenerationError: the index cannot be written.
        StoreError: the choice cannot be written.
    """
    wanted = _checked_name(model)
    Store.open(settings.data, readonly=True).close()  # so that no empty library is made
    progress("model", 0, 1, f"loading {wanted}")
    encoder = load(replace(settings, model=wanted))
    _try_out(encoder)
    progress("model", 1, 1, encoder.id)
    with Store.open(settings.data) as store, store.write_lock():
        editions = store.current_editions()
        name = index.build(store, editions, encoder, progress)
        before = stored_model(settings.data)
        _write_choice(settings.data, wanted)
        try:
            store.publish(editions, name)
        except StoreError:
            _write_choice(settings.data, before)
            raise
        store.clean()
        count = index.open_served(store).manifest.count
    is_overruled = settings.is_model_fixed and settings.model != wanted
    return Switched(wanted, encoder.id, encoder.dim, count, name, is_overruled)


def _checked_name(model: str) -> str:
    name = model.strip()
    if not name or "\n" in name:
        raise InputError("no model is named; give embedded, multilingual, a folder or a hub name")
    if name in (EMBEDDED_MODEL, MULTILINGUAL_MODEL):
        return name
    folder = Path(name).expanduser()
    return str(folder.resolve()) if folder.is_dir() else name


def _try_out(encoder: Encoder) -> None:
    """Embed two texts, so that a model which cannot do it is refused before anything is changed."""
    rows = encoder.passages(["Credit for an online exchange.", "A letter of intent."])
    if rows.shape != (2, encoder.dim) or encoder.queries(["credit"]).shape != (1, encoder.dim):
        raise ModelError(
            f"{encoder.id}: does not give one row of {encoder.dim} numbers a text; choose another"
        )


def _write_choice(data: Path, model: str) -> None:
    path = data / MODEL_FILE
    try:
        replace_file(path, f"{model}\n")
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written ({error.strerror or error}); check permissions"
        ) from error
