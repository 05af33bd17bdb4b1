// Five comforts; every page is whole without them.
"use strict";

// "/" goes to the search box.
document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  const box = document.getElementById("ask");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping || !box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// A page picture opens over the page instead of in its place.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a[data-zoom]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const dialog = document.createElement("dialog");
  const sheet = document.createElement("div");
  const picture = document.createElement("img");
  const form = document.createElement("form");
  const close = document.createElement("button");
  const small = link.querySelector("img");
  const large = new Image();
  picture.src = small.currentSrc || small.src; // at once; the large one when it has come
  picture.alt = small.alt;
  picture.width = small.width;
  picture.height = small.height;
  large.addEventListener("load", () => { picture.src = large.src; });
  large.src = link.href;
  sheet.className = "zoom-sheet";
  sheet.append(picture, ...[link.parentElement.querySelector(".boxes")?.cloneNode(true)].filter(Boolean));
  form.method = "dialog";
  close.textContent = "×";
  close.setAttribute("aria-label", link.dataset.zoom);
  form.append(close);
  dialog.className = "zoom";
  dialog.setAttribute("aria-label", picture.alt);
  dialog.append(form, sheet);
  dialog.addEventListener("click", (inside) => inside.target === picture || dialog.close());
  dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector(".box.is-lit")?.scrollIntoView({ block: "center", behavior: "instant" });
});

// Where the picture stays beside the text, "show on page" need not leave the text.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a[data-beside]");
  if (link && matchMedia("(min-width: 68rem)").matches) link.hash = link.dataset.beside;
});

// Escape closes the sheet of filters.
document.addEventListener("keydown", (event) => {
  const close = event.key === "Escape" && location.hash === "#filters" && document.querySelector("[data-sheet-close]");
  if (!close || !close.checkVisibility()) return;
  close.click();
  document.querySelector(".to-filters")?.focus();
});

// The search box offers what begins like what is typed, as the browser's own list.
const box = document.getElementById("ask");
const list = document.getElementById("ask-list");
if (box && list) {
  let asked = null;
  let waiting = 0;
  box.setAttribute("list", list.id);
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    asked?.abort();
    const text = box.value.trim();
    if (text.length < 2 || text.length > 60) return list.replaceChildren();
    waiting = setTimeout(async () => {
      asked = new AbortController();
      try {
        const answer = await fetch(`/suggest?q=${encodeURIComponent(text)}`, { signal: asked.signal });
        if (!answer.ok) return;
        const { suggestions } = await answer.json();
        list.replaceChildren(...suggestions.map((one) => {
          const option = document.createElement("option");
          option.value = one.text;
          option.label = one.text;
          return option;
        }));
      } catch (error) {
        if (error.name !== "AbortError") list.replaceChildren(); // no list is no harm
      }
    }, 120);
  });
}
