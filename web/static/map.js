// A card says what a mark on the map is, while it is pointed at or has the focus; it repeats the mark's row below.
"use strict";

(() => {
  const map = document.querySelector("svg.map");
  const card = document.querySelector("[data-map-card]");
  if (!map || !card) return;
  const rows = new Map([...document.querySelectorAll(".map-table td:first-child a")].map((link) => [link.getAttribute("href"), link.closest("tr")]));

  // The browser's own tip would cover the card; the name stays for those who listen.
  for (const spot of map.querySelectorAll("a.spot")) {
    const title = spot.querySelector("title");
    spot.setAttribute("aria-label", title.textContent);
    title.remove();
  }
  const hide = () => { card.hidden = true; };
  const show = (spot) => {
    const row = rows.get(spot.getAttribute("href"));
    if (!row) return hide();
    const [name, institution, kind, book] = row.cells;
    const line = (cell, style) => Object.assign(document.createElement("p"), { textContent: cell.textContent, lang: cell.lang, className: style });
    const link = name.querySelector("a");
    const others = [kind, institution].map((cell) => cell.textContent.trim()).filter((text) => text && text !== "–").join(" · ");
    card.replaceChildren(
      Object.assign(line(link, "map-card-title"), { lang: link.lang }),
      Object.assign(document.createElement("p"), { textContent: others }),
      line(book, "hint"),
    );
    card.hidden = false;
    const frame = map.getBoundingClientRect();
    const at = spot.querySelector("use").getBoundingClientRect();
    const left = at.left - frame.left + at.width / 2;
    const isLow = at.top - frame.top > frame.height / 2;
    card.style.left = `${Math.max(0, Math.min(left - card.offsetWidth / 2, frame.width - card.offsetWidth))}px`;
    card.style.top = `${isLow ? at.top - frame.top - card.offsetHeight - 8 : at.bottom - frame.top + 8}px`;
  };
  const spotOf = (event) => event.target instanceof Element && event.target.closest("a.spot");
  map.addEventListener("pointerover", (event) => { const spot = spotOf(event); if (spot) show(spot); });
  map.addEventListener("focusin", (event) => { const spot = spotOf(event); if (spot) show(spot); });
  map.addEventListener("focusout", hide);
  map.parentElement.addEventListener("pointerleave", hide);
  map.addEventListener("pointerout", (event) => {
    const next = event.relatedTarget instanceof Element && event.relatedTarget.closest("a.spot, [data-map-card]");
    if (!next && !map.contains(document.activeElement)) hide();
  });
  card.addEventListener("pointerleave", hide);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();
