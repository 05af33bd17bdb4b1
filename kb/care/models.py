"""Which model a library uses: look at the choice, and change it in one step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from kb import (
    EMBEDDED_MODEL,
    MODEL_FILE,
    Code,
    InputError,
    ModelError,
    NotFoundError,
    Progress,
    Said,
    Settings,
    StoreError,
    file_sha256,
    index,
    replace_file,
    silent,
    stored_model,
)
from kb.model import (
    E5_SHA256,
    ENGLISH_MODEL,
    MINILM_SHA256,
    MULTILINGUAL_MODEL,
    Encoder,
    Load,
    ModelSource,
    load_encoder,
    model_parts,
    model_sources,
    translations,
)
from kb.store import Store, converted

ENOUGH_TRANSLATIONS = 0.9
"""Of the check's questions; the embedded multilingual model finds all, the English one 0.45, chance one in eight."""


class Weights(Code):
    """What a look at a model's files, and at what it makes of some questions, found."""

    OF_HUB = "weights-of-hub"
    OWN = "own-weights"
    PUBLISHED = "published-weights"
    MISSING = "no-weights"
    OTHER = "other-weights"
    PACKED = "packed-weights"
    NO_MULTILINGUAL = "no-multilingual-model"
    TRANSLATIONS = "translations-found"
    NOT_LOADED = "model-not-loaded"


class Remedy(Code):
    """What to do about a model's files."""

    CHOOSE = "choose-model"
    REINSTALL = "reinstall-model"
    ADD_MULTILINGUAL = "add-multilingual-model"
    OTHER_MULTILINGUAL = "other-multilingual-model"


@dataclass(frozen=True, slots=True)
class ModelFinding:
    """What a look at a model's files found, and what is to be done where they are not good."""

    what: Said
    remedy: Said | None = None
    sha256: str = ""

    @property
    def is_good(self) -> bool:
        """Nothing is to be done."""
        return self.remedy is None


class ChosenBy(StrEnum):
    """By whose word a model is used."""

    ENVIRONMENT = "KB_MODEL"
    LIBRARY = "library"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The model that a library uses, and by whose word.

    `served` names the model of the index that is served ("" for words only or an empty library) and `agrees`
    says whether that is the chosen one; `checks` are what is known of the models' files.
    """

    model: str
    name: str
    by: ChosenBy
    served: str
    agrees: bool
    checks: tuple[ModelFinding, ...]


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


def check_models(settings: Settings) -> tuple[ModelFinding, ...]:
    """Compare the models' weights with what is known of them, without loading one.

    The embedded models are to be two; where the multilingual one is missing, a finding says so.
    """
    sources = model_sources(settings)
    found = [_checked(source) for source in sources]
    if settings.model == EMBEDDED_MODEL and len(sources) == 1:
        found.append(ModelFinding(Said(Weights.NO_MULTILINGUAL), Said(Remedy.ADD_MULTILINGUAL)))
    return tuple(found)


def check_meaning(settings: Settings, load: Load = load_encoder) -> tuple[ModelFinding, ...]:
    """Load the multilingual model and see that it finds translations; nothing where none is chosen or there."""
    is_chosen = settings.model in {EMBEDDED_MODEL, MULTILINGUAL_MODEL}
    if not is_chosen or (settings.model == EMBEDDED_MODEL and len(model_sources(settings)) == 1):
        return ()
    alone = replace(settings, model=MULTILINGUAL_MODEL)
    (source,) = model_sources(alone)
    remedy = Said(Remedy.REINSTALL if source.is_packaged else Remedy.OTHER_MULTILINGUAL)
    try:
        seen = translations(load(alone))
    except ModelError as error:
        return (ModelFinding(Said(Weights.NOT_LOADED, why=str(error)), remedy),)
    what = Said(Weights.TRANSLATIONS, model=source.name, found=seen.found, asked=seen.asked)
    return (ModelFinding(what, None if seen.found >= ENOUGH_TRANSLATIONS * seen.asked else remedy),)


def _checked(source: ModelSource) -> ModelFinding:
    place = Path(source.place)
    if not source.is_local:
        return ModelFinding(Said(Weights.OF_HUB, model=source.name))
    is_packed = place.is_file()
    weights = place if is_packed else place / "model.safetensors"
    if not weights.is_file():
        return ModelFinding(Said(Weights.MISSING, path=str(weights)), Said(Remedy.CHOOSE))
    found = file_sha256(weights)
    if not (is_packed or source.is_packaged):
        return ModelFinding(Said(Weights.OWN, model=source.name), sha256=found)
    published = E5_SHA256 if is_packed else MINILM_SHA256
    if found != published:
        what = Said(Weights.OTHER, path=str(weights), sha256=found, published=published)
        return ModelFinding(what, Said(Remedy.REINSTALL), found)
    return ModelFinding(
        Said(Weights.PACKED if is_packed else Weights.PUBLISHED, model=source.name), sha256=found
    )


def choice(settings: Settings) -> ModelChoice:
    """Look which model is used; nothing is loaded."""
    with converted(settings.data):
        is_chosen = (settings.data / MODEL_FILE).is_file()
    by = ChosenBy.LIBRARY if is_chosen else ChosenBy.DEFAULT
    by = ChosenBy.ENVIRONMENT if settings.is_model_fixed else by
    names = tuple(source.name for source in model_sources(settings))
    served = ""
    of_index: tuple[str, ...] = ()
    try:
        with Store.open(settings.data, readonly=True) as store:
            held = index.open_served(store).manifest
            served, of_index = held.model, tuple(part.name for part in model_parts(held.model, held.dim))
    except NotFoundError:
        pass  # an empty library
    agrees = bool(served) and of_index == names
    return ModelChoice(settings.model, " + ".join(names), by, served, agrees, check_models(settings))


def use(settings: Settings, model: str, progress: Progress = silent, load: Load = load_encoder) -> Switched:
    """Use a model from now on: `embedded`, `english`, `multilingual`, a folder, or a hub name, which is downloaded.

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
        write_choice(settings.data, wanted)
        try:
            store.publish(editions, name)
        except StoreError:
            write_choice(settings.data, before)
            raise
        store.clean()
        count = index.open_served(store).manifest.count
    is_overruled = settings.is_model_fixed and settings.model != wanted
    return Switched(wanted, encoder.id, encoder.dim, count, name, is_overruled)


def _checked_name(model: str) -> str:
    name = model.strip()
    if not name or "\n" in name:
        raise InputError("no model is named; give embedded, english, multilingual, a folder or a hub name")
    if name in (EMBEDDED_MODEL, ENGLISH_MODEL, MULTILINGUAL_MODEL):
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


def write_choice(data: Path, model: str) -> None:
    """Make a model the library's choice, by its checked name; StoreError where that cannot be written."""
    path = data / MODEL_FILE
    try:
        replace_file(path, f"{model}\n")
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written ({error.strerror or error}); check permissions"
        ) from error
