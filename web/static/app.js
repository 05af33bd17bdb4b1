// Three comforts; every page is whole without them.
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
  picture.src = link.href;
  picture.alt = link.querySelector("img").alt;
  picture.width = link.querySelector("img").width;
  picture.height = link.querySelector("img").height;
  sheet.className = "zoom-sheet";
  sheet.append(picture, ...[link.parentElement.querySelector(".boxes")?.cloneNode(true)].filter(Boolean));
  form.method = "dialog";
  close.textContent = "×";
  close.setAttribute("aria-label", "Close");
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
