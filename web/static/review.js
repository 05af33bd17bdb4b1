// The review list by keyboard; every answer is a form, and whole without this.
"use strict";

const things = [...document.querySelectorAll("[data-thing]")];
document.querySelectorAll("[data-keys]").forEach((line) => { line.hidden = !things.length; });

const go = (thing) => { thing?.focus({ preventScroll: true }); thing?.scrollIntoView({ block: "start" }); };
const at = () => things.findIndex((thing) => thing.contains(document.activeElement));

// Where an answer leads to, the next thing has the focus; else the first, once somebody says "next".
const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
if (named && things.includes(named)) go(named);

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable], dialog");
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (typing) {
    if (event.key === "Escape") things[at()]?.focus();
    return;
  }
  const here = at();
  const isFree = here >= 0 || document.activeElement === document.body;
  if (!isFree) return;  // letters belong to the list alone
  const act = (element) => {
    if (!element) return;
    event.preventDefault();
    if (element.matches("button")) return element.click();
    element.focus();
    element.select?.();
  };
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    return go(things[Math.min(Math.max(here + (event.key === "j" ? 1 : -1), 0), things.length - 1)]);
  }
  if (event.key === "u") return act(document.querySelector(".done button"));
  if (here >= 0 && /^[rnstm]$/.test(event.key)) act(things[here].querySelector(`[data-key="${event.key}"]`));
});
