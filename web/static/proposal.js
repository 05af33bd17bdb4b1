// The proposal is kept in this browser as it is filled in; its page works without, as a form and by its address.
"use strict";

(() => {
  const KEY = "proposal";
  const form = document.querySelector("form[data-proposal]");
  if (!form) return;
  const longest = Number(form.dataset.longest);
  const said = document.querySelector("[data-said]");
  const language = document.documentElement.lang;

  const read = () => {
    try {
      return localStorage.getItem(KEY) ?? "";
    } catch {
      return ""; // no storage here: the address still holds it
    }
  };
  const write = (state) => {
    try {
      localStorage.setItem(KEY, state);
    } catch {
      // the address still holds it
    }
  };

  // The same parameters, in the same order, as web/export/filled.py writes them.
  const ofForm = () => {
    const given = new FormData(form);
    const state = new URLSearchParams();
    for (const name of ["handbook", "form", "id"]) {
      const values = given.getAll(name);
      const boxes = form.querySelectorAll(`input[type=checkbox][name=${name}]`);
      if (name === "form" && values.length === boxes.length) continue; // all of them
      for (const value of values) state.append(name, value);
    }
    for (const name of ["title", "notes"]) {
      const text = String(given.get(name) ?? "").trim();
      if (text) state.append(name, text);
    }
    const checked = given.getAll("c");
    if (checked.length) state.append("c", checked.join("_"));
    const filled = [...given].filter(([, value]) => String(value).trim());
    const marks = filled.filter(([name]) => name.startsWith("m.")).map(([name, value]) => `${name.slice(2)}-${value}`);
    if (marks.length) state.append("m", marks.join("_"));
    for (const [name, value] of filled) if (name.startsWith("n.")) state.append(name, String(value).trim());
    return state.toString();
  };
  const parts = (state) => new URLSearchParams(state);
  const pieces = (state) => [...parts(state)].flatMap(([name, value]) =>
    (name === "c" || name === "m" ? value.split("_") : [value]).map((one) => `${name}=${one}`)).sort().join("\n");
  const isFilled = (state) => [...parts(state).keys()].some((name) => !["handbook", "form", "id", "practices"].includes(name));
  const path = form.getAttribute("action");
  const go = (state) => {
    if (state.length <= longest) return location.replace(`${path}?${state}`);
    const sent = document.createElement("form");
    sent.method = "post";
    sent.action = path;
    for (const [name, value] of parts(state)) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      sent.append(field);
    }
    document.body.append(sent);
    sent.submit();
  };

  // Which proposal is this: the kept one, a bare one to go on with, or somebody else's?
  const kept = read();
  const here = ofForm();
  const asked = parts(location.search);
  let isMine = form.hasAttribute("data-posted") || !kept || pieces(kept) === pieces(here);
  if (!isMine && ![...asked.keys()].some((name) => name !== "practices")) return go(kept);
  if (!isMine && !isFilled(here)) { // a link with a handbook or a shortlist: goes into the kept one
    const both = parts(kept);
    const listed = asked.getAll("id");
    if (listed.length) both.delete("id");
    for (const id of listed) both.append("id", id);
    for (const book of asked.getAll("handbook")) if (!both.getAll("handbook").includes(book)) both.append("handbook", book);
    if (asked.getAll("handbook").length) both.delete("form");
    const wanted = both.toString();
    write(wanted);
    if (pieces(wanted) !== pieces(here)) return go(wanted);
    isMine = true;
  }
  const foreign = document.querySelector("[data-foreign]");
  if (!isMine && foreign) {
    foreign.hidden = false;
    foreign.querySelector("button").addEventListener("click", () => {
      isMine = true;
      foreign.hidden = true;
      show();
    });
  }

  const number = (value) => new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(value);
  const points = (line) => {
    const step = line.querySelector("input[type=radio]:checked");
    const weight = Number(line.querySelector("[data-weight]")?.dataset.weight ?? 1);
    if (step) return weight * Number(step.dataset.points ?? 0);
    const typed = line.querySelector("input[type=number]");
    return typed ? Math.min(Number(typed.value) || 0, Number(typed.max)) : 0;
  };
  const show = () => {
    for (const section of form.querySelectorAll("[data-form]")) {
      const lines = [...section.querySelectorAll(".form-line")];
      const reached = section.querySelector("[data-reached]");
      const done = section.querySelector("[data-done]");
      if (reached) reached.textContent = number(lines.reduce((sum, line) => sum + points(line), 0));
      if (done) done.textContent = number(lines.filter((line) => line.querySelector("input[name=c]:checked, input[type=radio]:checked:not([value=''])")).length);
    }
    const state = ofForm();
    const address = document.querySelector("[data-address]");
    const [holds, tooLong] = address.querySelectorAll("p");
    const link = holds.querySelector("a");
    const url = state ? `${path}?${state}` : path;
    holds.hidden = url.length > longest;
    tooLong.hidden = !holds.hidden;
    address.querySelector("[data-length]").textContent = url.length;
    if (!holds.hidden) {
      link.href = url;
      link.textContent = new URL(url, location.href).href;
      const all = document.querySelector("[data-all]");
      if (all) all.href = `${url}${state ? "&" : "?"}practices=1`;
    }
    if (isMine) write(state);
  };
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 150);
  });
  addEventListener("pagehide", () => isMine && write(ofForm()));

  // The practices of a line come below it.
  form.addEventListener("click", async (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-line]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const line = link.closest(".shows-how");
    const book = form.querySelectorAll("input[name=handbook]:checked");
    for (const one of book) {
      const query = new URLSearchParams({ handbook: one.value, line: link.dataset.line });
      for (const id of new FormData(form).getAll("id")) query.append("id", id);
      try {
        const answer = await fetch(`${path}/practices.json?${query}`);
        if (answer.ok) return place(line, (await answer.json()).practices);
      } catch {
        break;
      }
    }
    said.textContent = said.dataset.failed;
    location.href = link.href;
  });
  const place = (line, practices) => {
    const list = document.createElement("ul");
    for (const one of practices) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = path.replace(/\/proposal$/, "") + one.evidence.url;
      link.lang = one.record.language;
      link.textContent = one.record.title;
      const page = document.createElement("span");
      page.className = "meta";
      page.textContent = ` ${one.evidence.place.label || one.evidence.place.page} `;
      item.append(link, page);
      if (one.is_listed) {
        const tag = document.createElement("span");
        tag.className = "tag";
        tag.textContent = said.dataset.listed;
        item.append(tag);
      }
      const words = document.createElement("p");
      words.className = "said";
      words.lang = one.record.language;
      words.textContent = one.evidence.text.length > 160 ? `${one.evidence.text.slice(0, 157)}…` : one.evidence.text;
      item.append(words);
      list.append(item);
    }
    line.querySelector("ul, .hint")?.remove();
    if (practices.length) return line.append(list);
    const none = document.createElement("p");
    none.className = "hint";
    none.textContent = said.dataset.none;
    line.append(none);
    said.textContent = none.textContent;
  };

  const print = form.querySelector("[data-print]");
  const anew = form.querySelector("[data-anew]");
  print.hidden = anew.hidden = false;
  print.addEventListener("click", () => window.print());
  anew.addEventListener("click", () => {
    if (!confirm(anew.dataset.sure)) return;
    isMine = false;
    try {
      localStorage.removeItem(KEY);
    } catch {
      // nothing was kept
    }
    location.href = path;
  });
  if (form.hasAttribute("data-posted")) show();
})();
