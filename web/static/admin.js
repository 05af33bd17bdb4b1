// Two comforts of administration; every page is whole without them.
"use strict";

// A PDF may be dropped on the form, and is refused at once where it is too large.
const form = document.querySelector("form[data-drop]");
if (form) {
  const input = form.querySelector("input[type=file]");
  const zone = form.querySelector(".drop");
  const say = (when) => form.querySelectorAll("[data-when]").forEach((part) => { part.hidden = part.dataset.when !== when; });
  const look = () => {
    const isLarge = [...input.files].some((file) => file.size > Number(input.dataset.most));
    input.setCustomValidity(isLarge ? form.querySelector("[data-when=large]").textContent : "");
    say(isLarge ? "large" : input.files.length ? "" : "idle");
  };
  look();
  input.addEventListener("change", look);
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("is-over"); });
  }
  for (const name of ["dragleave", "drop"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.remove("is-over"); });
  }
  zone.addEventListener("drop", (event) => {
    const files = event.dataTransfer.files;
    if (!files.length) return;
    const only = new DataTransfer();
    only.items.add(files[0]);
    input.files = only.files;
    look();
  });
}

// Progress comes as it happens; when there is something to decide, the page is loaded anew.
const moving = document.querySelector("[data-events]");
if (moving) {
  const source = new EventSource(moving.dataset.events);
  const bar = moving.querySelector("progress");
  const steps = [...moving.querySelectorAll("[data-step]")];
  const reload = () => { source.close(); location.reload(); };
  const times = new Intl.RelativeTimeFormat(document.documentElement.lang);
  let since = null;
  const left = (stage, done, total) => {  // at the speed since this page saw the stage's first event
    if (since?.stage !== stage || done < since.done) since = { stage, done, at: performance.now() };
    if (done === since.done || done >= total) return "";
    const seconds = (performance.now() - since.at) / 1000 * (total - done) / (done - since.done);
    return `, ${seconds < 90 ? times.format(Math.ceil(seconds), "second") : times.format(Math.ceil(seconds / 60), "minute")}`;
  };
  const kind = (state) => ["agreed", "publishing"].includes(state);
  source.addEventListener("progress", (event) => {
    const { state, stage, done, total } = JSON.parse(event.data);
    const at = steps.findIndex((step) => step.dataset.step === stage);
    if (kind(state) !== kind(moving.dataset.state) || (stage && at < 0)) return reload();
    const rest = left(stage, done, total);
    steps.forEach((step, number) => {
      step.className = number < at ? "is-past" : number === at ? "is-now" : "";
      if (number === at) step.setAttribute("aria-current", "step"); else step.removeAttribute("aria-current");
      step.querySelector("[data-count]").textContent = number === at && total > 1 ? `${done} / ${total}${rest}` : "";
    });
    bar.value = Math.max(at, 0) + (total ? done / total : 0);
  });
  source.addEventListener("end", reload);
}
