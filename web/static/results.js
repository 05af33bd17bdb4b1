// The way back from an answer to its results, and searches to come back to; both stay in this browser.
"use strict";

// Addresses of the page's data, in the language of the page.
const here = (url) => location.pathname.replace(/\/search$/, "") + url;

// Each record that was reached from results leads back to them, and on to the one before and after.
(() => {
  const KEY = "results";
  const results = document.querySelector("[data-results]");
  const trail = document.querySelector("[data-trail]");
  const path = (address) => new URL(address, location.href).pathname;
  if (results) {
    const { asked, total, first } = results.dataset;
    const [before, after] = ["before", "after"].map((name) => results.dataset[name] && here(results.dataset[name]));
    const hits = [...results.querySelectorAll("a[data-hit]")].map((link) => ({
      url: link.getAttribute("href"), title: link.textContent, language: link.lang,
    }));
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ url: location.pathname + location.search, asked, total, first, before, after, hits }));
    } catch { /* no storage here: the browser's own way back remains */ }
  }
  if (!trail) return;
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    const at = kept?.hits.findIndex((hit) => path(hit.url) === location.pathname) ?? -1;
    if (at < 0) return;
    trail.append(trail.querySelector("template").content.cloneNode(true));
    const lead = (link, url, title, language) => {
      if (!url) return link.remove();
      link.setAttribute("href", url);
      const named = link.querySelector(".unseen");
      if (!title) return named.remove();
      Object.assign(named.querySelector("span"), { textContent: title, lang: language });
    };
    const beside = (step, page) => kept.hits[at + step] ?? { url: page };
    trail.querySelector("[data-back]").setAttribute("href", kept.url);
    trail.querySelector("q").textContent = kept.asked;
    for (const [name, step] of [["before", -1], ["after", 1]]) {
      const next = beside(step, kept[name]);
      lead(trail.querySelector(`[data-${name}]`), next.url, next.title, next.language);
    }
    const place = trail.querySelector("[data-place]");
    place.textContent = [Number(kept.first) + at, kept.total].reduce((text, number) => text.replace("{}", number), place.dataset.place);
    trail.hidden = false;
    const helped = document.querySelector("[data-helped]");
    if (helped) {
      helped.querySelector("[name=q]").value = kept.asked;
      helped.querySelector("q").textContent = kept.asked;
      helped.hidden = false;
    }
  } catch { /* what is kept is not ours: there is no trail */ }
})();

// Searches that somebody keeps.
(() => {
  const KEY = "searches";
  const MOST = 50;
  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
      return Array.isArray(kept) ? kept.filter((one) => typeof one?.url === "string" && typeof one.text === "string" && one.url.startsWith("/")) : [];
    } catch {
      return [];
    }
  };
  const write = (searches) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(searches.slice(0, MOST)));
      return true;
    } catch {
      return false;
    }
  };

  const keep = document.querySelector("[data-keep]");
  const results = document.querySelector("[data-results]");
  if (keep && results) {
    const button = keep.querySelector("button");
    const word = button.textContent;
    const { asked: text, feed } = results.dataset;
    const url = here(results.dataset.results);
    const isKept = () => read().some((one) => one.url === url);
    const show = () => {
      button.setAttribute("aria-pressed", String(isKept()));
      button.textContent = isKept() ? button.dataset.kept : word;
    };
    button.addEventListener("click", () => {
      const others = read().filter((one) => one.url !== url);
      if (write(isKept() ? others : [{ url, text, feed }, ...others])) show();
    });
    show();
    keep.hidden = false;
  }

  for (const section of document.querySelectorAll("[data-kept-searches]")) {
    const list = section.querySelector("ul");
    const show = () => {
      const searches = read();
      section.hidden = !searches.length;
      list.replaceChildren(...searches.map(({ url, text, feed }) => {
        const row = section.querySelector("template").content.cloneNode(true);
        const [need, follow] = row.querySelectorAll("a");
        need.href = url;
        need.textContent = text;
        if (feed) follow.href = feed;
        for (const named of row.querySelectorAll(".unseen span")) named.textContent = text;
        row.querySelector("button").addEventListener("click", () => {
          write(read().filter((one) => one.url !== url));
          show();
          (list.querySelector("a") ?? document.getElementById("main")).focus();
        });
        return row;
      }));
    };
    show();
  }
})();
