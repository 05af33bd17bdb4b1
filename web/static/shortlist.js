// The shortlist is kept in this browser; its page works without, as its address holds the list.
"use strict";

(() => {
  const KEY = "shortlist";
  const MOST = 50;
  const header = document.querySelector("[data-shortlist]");
  const said = document.getElementById("shortlist-said");
  if (!header || !said) return;

  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
      return Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : [];
    } catch {
      return []; // no storage here: links lead on, as without this script
    }
  };
  const write = (ids) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(ids));
      return true;
    } catch {
      return false;
    }
  };
  const listIn = (url) => new URL(url, location.href).searchParams.getAll("id");
  const home = header.getAttribute("href").split("?")[0];
  const address = (ids) => home + (ids.length ? `?${new URLSearchParams(ids.map((id) => ["id", id]))}` : "");
  const tell = (word, ids) => {
    said.textContent = `${said.dataset[word]} ${said.dataset.holds.replace("{}", ids.length)}`;
  };

  const buttons = new Map();
  const show = () => {
    const ids = read();
    const count = header.querySelector(".count");
    header.setAttribute("href", address(ids));
    count.hidden = !ids.length;
    count.textContent = ids.length;
    for (const [button, id] of buttons) {
      const isOn = ids.includes(id);
      button.setAttribute("aria-pressed", String(isOn));
      button.querySelector("[data-word]").textContent = isOn ? button.dataset.off : button.dataset.on;
    }
  };
  const toggle = (id) => {
    const ids = read();
    const isOn = ids.includes(id);
    if (!isOn && ids.length >= MOST) return tell("full", ids);
    const kept = isOn ? ids.filter((one) => one !== id) : [...ids, id];
    if (!write(kept)) return void (location.href = address(kept));
    show();
    tell(isOn ? "removed" : "added", kept);
  };

  for (const link of document.querySelectorAll("a[data-pick]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = link.className;
    button.append(...link.childNodes);
    button.dataset.off = link.dataset.off;
    button.dataset.on = button.querySelector("[data-word]").textContent;
    button.addEventListener("click", () => toggle(link.dataset.pick));
    buttons.set(button, link.dataset.pick);
    link.replaceWith(button);
  }

  // Results that were ticked are added to what is there.
  document.addEventListener("submit", (event) => {
    const form = event.submitter?.hasAttribute("data-pick-chosen") && event.target;
    if (!form) return;
    const ids = [...new Set([...read(), ...new FormData(form).getAll("id")])];
    if (ids.length > MOST || !write(ids)) return;
    event.preventDefault();
    location.href = address(ids);
  });

  const page = document.querySelector("[data-shortlist-page]");
  if (page) {
    const kept = read();
    const here = listIn(location.href);
    const isMine = here.join("\n") === kept.join("\n");
    if (!here.length && kept.length) return location.replace(address(kept));
    if (isMine) {
      page.addEventListener("click", (event) => {
        const link = event.target instanceof Element && event.target.closest("a[data-list]");
        if (link) write(listIn(link.href));
      });
    } else if (!here.every((id) => kept.includes(id))) {
      const foreign = page.querySelector("[data-foreign]");
      if (foreign) {
        foreign.hidden = false;
        foreign.querySelector("button").addEventListener("click", () => {
          const both = [...new Set([...kept, ...here])].slice(0, MOST);
          if (write(both)) location.href = address(both);
        });
      }
    }
  }
  addEventListener("storage", (event) => event.key === KEY && show());
  addEventListener("pageshow", show);
  show();
})();
