// <practice-search>: the search of a practice knowledge base on any page. Asks its JSON API, sends no cookies.
// Attributes: language, handbook, kind, limit, open="new", theme="light|dark". Colours: --practice-accent, --practice-accent-dark.
"use strict";

(() => {
  const own = new URL(document.currentScript.src).origin;
  const SAID = {
    en: ["What do you need?", "Search", "Searching …", "Results: {}", "Nothing in the library fits.", "The nearest there is:", "This cannot be asked just now. Try again later.", "p. {}", "All answers, with filters", "inferred"],
    de: ["Was brauchen Sie?", "Suchen", "Suche läuft …", "Ergebnisse: {}", "Nichts in der Bibliothek passt.", "Das Nächstliegende:", "Das kann gerade nicht gefragt werden. Versuchen Sie es später.", "S. {}", "Alle Antworten, mit Filtern", "erschlossen"],
    el: ["Τι χρειάζεστε;", "Αναζήτηση", "Αναζήτηση …", "Αποτελέσματα: {}", "Τίποτα στη βιβλιοθήκη δεν ταιριάζει.", "Το πλησιέστερο:", "Η ερώτηση δεν είναι δυνατή τώρα. Δοκιμάστε αργότερα.", "σ. {}", "Όλες οι απαντήσεις, με φίλτρα", "συνάγεται"],
    es: ["¿Qué necesita?", "Buscar", "Buscando …", "Resultados: {}", "Nada en la biblioteca encaja.", "Lo más cercano:", "Ahora no se puede preguntar. Inténtelo más tarde.", "p. {}", "Todas las respuestas, con filtros", "deducido"],
    fr: ["De quoi avez-vous besoin ?", "Chercher", "Recherche …", "Résultats : {}", "Rien dans la bibliothèque ne convient.", "Le plus proche :", "La question ne peut être posée maintenant. Réessayez plus tard.", "p. {}", "Toutes les réponses, avec filtres", "déduit"],
    it: ["Di che cosa ha bisogno?", "Cerca", "Ricerca …", "Risultati: {}", "Nulla nella biblioteca è adatto.", "Il più vicino:", "Ora non si può chiedere. Riprovi più tardi.", "p. {}", "Tutte le risposte, con filtri", "dedotto"],
    ro: ["De ce aveți nevoie?", "Căutare", "Se caută …", "Rezultate: {}", "Nimic din bibliotecă nu se potrivește.", "Cel mai apropiat:", "Acum nu se poate întreba. Încercați mai târziu.", "p. {}", "Toate răspunsurile, cu filtre", "dedus"],
    sv: ["Vad behöver du?", "Sök", "Söker …", "Resultat: {}", "Inget i biblioteket passar.", "Det närmaste:", "Det går inte att fråga just nu. Försök igen senare.", "s. {}", "Alla svar, med filter", "slutet"],
  };
  const DARK = "--ink:#e8e6e1;--muted:#a6aeb6;--line:#30363c;--edge:#7d868f;--paper:#1b1f23;--link:var(--practice-accent-dark,#8ccfe0);--on:#0d1a1e;--lit:#675200;--lit-ink:#fff4c4;color-scheme:dark";
  const STYLE = `
    :host{--ink:#15181c;--muted:#565e67;--line:#d8dcdf;--edge:#79828b;--paper:#fff;--link:var(--practice-accent,#0b5468);--on:#fff;--lit:#ffe26a;--lit-ink:#15181c;color-scheme:light;display:block;padding:1rem;background:var(--paper);color:var(--ink);font:0.9375rem/1.5 system-ui,sans-serif;overflow-wrap:break-word}
    @media (prefers-color-scheme:dark){:host(:not([theme="light"])){${DARK}}}
    :host([theme="dark"]){${DARK}}
    :host([hidden]){display:none}
    *{box-sizing:border-box}
    label{display:block;margin-bottom:.5rem;font-weight:600}
    form div{display:flex}
    input,button{font:inherit;padding:.6rem .75rem;border:1px solid var(--edge);color:inherit}
    input{flex:1;min-width:0;width:0;background:var(--paper);border-right:0;border-radius:2px 0 0 2px}
    button{background:var(--link);border-color:var(--link);color:var(--on);font-weight:600;border-radius:0 2px 2px 0;cursor:pointer}
    :focus-visible{outline:3px solid var(--link);outline-offset:2px}
    a{color:var(--link);text-underline-offset:.18em}
    p,ol,blockquote{margin:.75rem 0 0;padding:0}
    ol{list-style:none}
    li{padding-block:.75rem}
    li+li{border-top:1px solid var(--line)}
    li>a{font:600 1.125rem/1.3 Georgia,serif}
    li>p,.said{margin-top:.25rem;color:var(--muted);font-size:.8125rem}
    .said:empty{display:none}
    li>p a{color:inherit;display:inline-block;padding-block:.2rem}
    blockquote{margin-top:.5rem;padding-left:.75rem;border-left:2px solid var(--line);max-width:44rem}
    mark{background:var(--lit);color:var(--lit-ink)}`;

  const made = (name, attributes = {}, ...inside) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  };

  // Marks count characters as people do, not as strings of JavaScript do.
  const lit = (text, marks) => {
    const all = Array.from(text), pieces = [];
    let at = 0;
    for (const [from, to] of marks) {
      pieces.push(all.slice(at, from).join(""), made("mark", {}, all.slice(from, to).join("")));
      at = to;
    }
    return [...pieces, all.slice(at).join("")];
  };

  class PracticeSearch extends HTMLElement {
    #asked;

    connectedCallback() {
      if (this.shadowRoot) return;
      const wanted = [this.getAttribute("language"), this.closest("[lang]")?.lang, navigator.language];
      this.code = wanted.map((one) => (one ?? "").slice(0, 2).toLowerCase()).find((one) => one in SAID) ?? "en";
      this.said = SAID[this.code];
      const root = this.attachShadow({ mode: "open", delegatesFocus: true });
      const sheet = new CSSStyleSheet(); // no element, which the page's policy might forbid
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      this.input = made("input", { id: "q", type: "search", maxlength: "2000", autocomplete: "off", enterkeyhint: "search" });
      const form = made("form", { role: "search" }, made("label", { for: "q" }, this.said[0]), made("div", {}, this.input, made("button", {}, this.said[1])));
      form.addEventListener("submit", (event) => { event.preventDefault(); this.ask(this.input.value.trim()); });
      this.status = made("p", { class: "said", role: "status" });
      this.found = made("ol");
      this.rest = made("p");
      root.append(made("div", { lang: this.code }, form, this.status, this.found, this.rest));
    }

    async ask(need) {
      if (!need) return;
      this.#asked?.abort();
      const { signal } = this.#asked = new AbortController();
      const query = new URLSearchParams({ q: need, limit: this.getAttribute("limit") || "5" });
      for (const name of ["handbook", "kind"]) {
        for (const value of (this.getAttribute(name) ?? "").split(/\s+/).filter(Boolean)) query.append(name, value);
      }
      this.show([], this.said[2]);
      try {
        const answer = await fetch(`${own}/search.json?${query}`, { signal, credentials: "omit", referrerPolicy: "no-referrer" });
        const page = await answer.json();
        if (!answer.ok) return this.show([], answer.status < 500 ? page.error.detail : this.said[6]);
        const nothing = page.no_match || !page.hits.length;
        const words = nothing ? [this.said[4], page.hits.length ? this.said[5] : ""].join(" ") : this.said[3].replace("{}", page.total);
        this.show(nothing ? page.hits.slice(0, 3) : page.hits, words, page.hits.length ? page.url : "");
      } catch (error) {
        if (error.name !== "AbortError") this.show([], this.said[6]);
      }
    }

    show(hits, words, all = "") {
      this.status.textContent = words;
      this.found.replaceChildren(...hits.map((hit) => this.hit(hit)));
      this.rest.replaceChildren(...(all ? [this.link(all, this.said[8])] : []));
    }

    hit({ record, evidence }) {
      const { handbook, institution, inferred } = record;
      const who = institution && institution + (inferred.includes("institution") ? ` (${this.said[9]})` : "") + " · ";
      const page = this.said[7].replace("{}", evidence.place.label || `PDF ${evidence.place.page}`);
      const quote = evidence.form === "title" ? [] : [made("blockquote", { lang: record.language }, ...lit(evidence.text, evidence.marks))];
      return made("li", {},
        this.link(record.url, record.title, record.language),
        made("p", {}, who, this.link(handbook.url, handbook.title, handbook.language), " · ", this.link(evidence.place.url, page)),
        ...quote);
    }

    link(url, text, lang = "") {
      const is_new = this.getAttribute("open") === "new";
      return made("a", { href: `${own}/${this.code}${url}`, lang, target: is_new ? "_blank" : "", rel: is_new ? "noopener" : "" }, text);
    }
  }

  if (!customElements.get("practice-search")) customElements.define("practice-search", PracticeSearch);
})();
