// Tips, sorting and filters. The page is whole without this file: it only shows less at a time.
// No dependency, no request, and nothing inline, so that a strict content policy lets it run.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, props = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...children);
    return node;
  };
  const words = node => node.textContent.replace(/\s+/g, " ").trim();
  const root = document.documentElement;

  // Tips: a mark of a chart, a source's number, a rule's id, a word with a note.
  const tip = make("div", { className: "bubble", id: "bubble", hidden: true });
  tip.setAttribute("role", "tooltip");
  document.body.append(tip);
  let owner = null;
  const said = node => {
    const drawn = node.closest(".chart svg *");
    if (drawn) {
      const title = drawn.querySelector(":scope > title");
      if (title) { drawn.dataset.tip = title.textContent; title.remove(); }
      return drawn.dataset.tip;
    }
    const titled = node.closest("[title], [data-tip]");
    if (titled) {
      // The browser's own tip would stand beside this one.
      if (titled.title) { titled.dataset.tip = titled.title; titled.removeAttribute("title"); }
      return titled.dataset.tip;
    }
    const link = node.closest("a[href^='#']");
    const target = /^#(s\d|rule-|gap-)/.test(link?.hash) && document.getElementById(link.hash.slice(1));
    const why = target?.querySelector?.(".why");
    if (why) return words(why.childNodes[1]).replace(/\.$/, "");
    return target ? words(target.firstElementChild) : "";
  };
  const show = (node, x, y) => {
    const text = node.closest && said(node);
    tip.hidden = !text;
    owner?.removeAttribute("aria-describedby");
    owner = null;
    if (!text) return;
    tip.textContent = text;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(x + 12, innerWidth - width - 8))}px`;
    tip.style.top = `${y + 18 + height > innerHeight ? y - height - 8 : y + 18}px`;
    if (node === document.activeElement) (owner = node).setAttribute("aria-describedby", tip.id);
  };
  document.addEventListener("pointerover", e => { if (!tip.contains(e.target)) show(e.target, e.clientX, e.clientY); });
  document.addEventListener("focusin", e => {
    const box = e.target.getBoundingClientRect();
    show(e.target, box.left, box.top);
  });
  document.addEventListener("focusout", () => { tip.hidden = true; });
  document.addEventListener("keydown", e => { if (e.key === "Escape") tip.hidden = true; });
  addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });

  // Sorting: within each group of a table; a third click restores the order of the page.
  const value = cell => {
    const text = cell ? words(cell.firstChild?.nodeType === 3 ? cell.firstChild : cell) : "";
    const number = text.replace(/[$,%]/g, "");
    return /^-?\d*\.?\d+$/.test(number) ? Number(number) : text === "—" ? "" : text.toLowerCase();
  };
  const compare = (a, b) => (typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1);
  const sort = (table, head, at) => {
    const turn = { none: "ascending", ascending: "descending", descending: "none" }[head.ariaSort || "none"];
    all("thead th", table).forEach(one => { one.ariaSort = one === head ? turn : "none"; });
    for (const body of table.tBodies) {
      const rows = all("tr:not(.group)", body);
      rows.forEach((row, i) => { row.dataset.place ??= i; });
      const place = row => Number(row.dataset.place);
      const key = row => value(row.cells[at]);
      rows.sort((a, b) => {
        if (turn === "none") return place(a) - place(b);
        const [x, y] = [key(a), key(b)];
        if (x === "" || y === "") return (x === "") - (y === "") || place(a) - place(b);
        return (turn === "ascending" ? 1 : -1) * compare(x, y) || place(a) - place(b);
      });
      body.append(...rows);
    }
    table.classList.toggle("sorted", turn !== "none");
  };
  for (const table of all("table")) {
    if (table.rows.length < 4) continue;
    all("thead th", table).forEach((head, at) => {
      head.ariaSort = "none";
      const named = [...head.childNodes].filter(node => node.nodeName !== "SUP");
      const button = make("button", { type: "button", className: "sort" }, ...named);
      button.addEventListener("click", () => sort(table, head, at));
      head.prepend(button);
    });
  }

  // Chromium repeats no head with a button on the next sheet: on paper its words stand without.
  addEventListener("beforeprint", () => all("thead button.sort").forEach(button => {
    const bare = make("span", { button }, ...button.childNodes);
    button.replaceWith(bare);
  }));
  addEventListener("afterprint", () => all("thead span").filter(one => one.button).forEach(bare => {
    bare.button.append(...bare.childNodes);
    bare.replaceWith(bare.button);
  }));

  // Filters: what a row is about stands in its head or in that of its group.
  const keyed = table => [table.dataset.head, table.dataset.group];
  const rowsOf = table => {
    const [head, group] = keyed(table);
    return [...table.tBodies].flatMap(body => {
      const title = body.querySelector("tr.group");
      return all("tr:not(.group)", body).map(row => {
        const cell = row.cells[0].cloneNode(true);
        const of = cell.querySelector(".of");
        const grouped = title ? words(title) : of ? words(of) : "";
        all(".of, small", cell).forEach(one => one.remove());
        return { row, about: { [head]: words(cell), ...(group && { [group]: grouped }) } };
      });
    });
  };
  const tables = all("table[data-head]").map(table => ({ table, rows: rowsOf(table) }));
  const strips = all(".kind-strips .strip:not(.whole)").map(row => ({ row, about: { payer: words(row.querySelector(".who")) } }));
  // A chart is of one comparison key, which its small print names.
  const charts = all(".kind-strips").map(chart => {
    const key = /Prices for (.+?)\. A dot/.exec(words(chart))?.[1];
    return { chart, about: { key } };
  });
  const tokens = key => key.toLowerCase().split(", ");
  const settings = ["inpatient", "outpatient"];
  const tests = {
    payer: (about, v) => about.payer === undefined || about.payer === v,
    state: (about, v) => about.state === undefined || about.state === v,
    setting: (about, v) => about.key === undefined || tokens(about.key).some(t => t.split(" and ").includes(v)),
    class: (about, v) => about.key === undefined || tokens(about.key).includes(v),
    modifier: (about, v) => about.key === undefined ||
      (v === "none" ? !tokens(about.key).some(t => t.startsWith("modifier")) : tokens(about.key).includes(v)),
  };
  const found = name => [...new Set([...tables.flatMap(t => t.rows), ...strips].map(r => r.about[name]).filter(Boolean))];
  const keys = found("key").flatMap(tokens);
  const has = list => list.filter(one => keys.some(t => t.split(" and ").includes(one)));
  const modifiers = [...new Set(keys.filter(t => t.startsWith("modifier")))].sort();
  const choices = {
    payer: ["Payer", found("payer").sort()],
    state: ["State of providers", found("state").sort()],
    setting: ["Setting", has(settings)],
    class: ["Billing class", has(["professional", "facility"])],
    modifier: ["Modifier", modifiers.length ? ["none", ...modifiers] : []],
    strength: ["Ghost filter", all("th").some(h => /^maximum$/i.test(words(h))) ? ["minimum", "balanced", "maximum"] : []],
    unit: ["Amounts", document.querySelector(".in-percent, #t-all-payers-percent") ? ["dollars", "percent of Medicare"] : []],
  };

  const hideColumns = (table, isHidden) => {
    const heads = [...table.tHead.rows[0].cells];
    const out = heads.map(head => isHidden(headWords(head)));
    for (const row of table.rows) {
      if (row.className === "group") continue;
      let at = 0;
      for (const cell of row.cells) {
        const span = Number(cell.dataset.span ?? cell.colSpan);
        const left = out.slice(at, at + span).filter(x => !x).length;
        if (span > 1) { cell.dataset.span = span; cell.colSpan = Math.max(1, left); }
        cell.hidden = left === 0;
        at += span;
      }
    }
  };
  const headWords = head => {
    const copy = head.cloneNode(true);
    all("sup", copy).forEach(one => one.remove());
    return words(copy);
  };
  const isOut = chosen => head => {
    const strength = head.match(/\b(minimum|balanced|maximum)\b/i)?.[1].toLowerCase();
    if (chosen.strength && strength && strength !== chosen.strength) return true;
    if (!chosen.unit) return false;
    const isPercent = head.includes("%");
    return chosen.unit === "dollars" ? isPercent && /Medicare/.test(head) : !isPercent && head.endsWith("$");
  };
  const apply = chosen => {
    const keep = about => Object.entries(tests).every(([name, test]) => !chosen[name] || test(about, chosen[name]));
    let shown = 0, total = 0;
    for (const { table, rows } of tables) {
      rows.forEach(({ row, about }) => { row.hidden = !keep(about); });
      for (const body of table.tBodies) {
        const title = body.querySelector("tr.group");
        if (title) title.hidden = !all("tr:not(.group)", body).some(row => !row.hidden);
      }
      const left = rows.filter(({ row }) => !row.hidden).length;
      shown += left;
      total += rows.length;
      // Where the page has a part of the rows the choice may be among the others: that is said.
      const box = table.closest(".table");
      const isEmpty = rows.length > 0 && left === 0;
      const isCut = box.querySelector(".cut");
      box.classList.toggle("emptied", isEmpty && !isCut);
      if (isCut) {
        box.querySelector(".none")?.remove();
        if (isEmpty) isCut.before(make("p", { className: "small none" }, "None of the rows on this page is of this choice."));
      }
    }
    strips.forEach(({ row, about }) => { row.hidden = !keep(about); });
    charts.forEach(({ chart, about }) => { chart.classList.toggle("emptied", !keep(about)); });
    if (choices.unit[1].length || choices.strength[1].length) {
      all("#benchmarks table, #quality table").forEach(table => hideColumns(table, isOut(chosen)));
    }
    root.dataset.show = chosen.unit ?? "";
    const byRow = Object.keys(chosen).some(name => name in tests);
    const byColumn = [chosen.unit && `amounts in ${chosen.unit}`, chosen.strength && `the ${chosen.strength} ghost filter`].filter(Boolean);
    status.textContent = !byRow ? byColumn.length ? `Columns of ${byColumn.join(" and ")} alone` : "" : `${shown.toLocaleString("en-US")} of ${document.querySelector(".cut") ? "this page's " : ""}${total.toLocaleString("en-US")} rows shown`;
  };

  const form = make("form", { className: "filters" });
  form.setAttribute("aria-label", "Filter tables and charts");
  const status = make("output", { className: "small" });
  const fields = {};
  for (const [name, [label, options]] of Object.entries(choices)) {
    if (options.length < 2 && name !== "state") continue;
    if (!options.length) continue;
    const select = make("select", { name }, make("option", { value: "" }, name === "unit" ? "both" : "all"),
      ...options.map(one => make("option", { value: one }, one.replace(/^modifier /, ""))));
    fields[name] = select;
    form.append(make("label", {}, label, select));
  }
  const read = () => Object.fromEntries(Object.entries(fields).map(([n, f]) => [n, f.value]).filter(([, v]) => v));
  const change = () => {
    const chosen = read();
    apply(chosen);
    const query = new URLSearchParams(chosen).toString();
    try { history.replaceState(null, "", location.pathname + (query ? `?${query}` : "") + location.hash); } catch { /* a viewer that keeps its address */ }
  };
  const home = document.querySelector("#benchmarks h2");
  if (home && Object.keys(fields).length) {
    const reset = make("button", { type: "reset" }, "Show all");
    form.append(reset, status);
    home.after(form);
    form.addEventListener("change", change);
    form.addEventListener("reset", () => setTimeout(change));
    form.addEventListener("submit", e => e.preventDefault());
    for (const [name, v] of new URLSearchParams(location.search)) {
      if (fields[name] && [...fields[name].options].some(o => o.value === v)) fields[name].value = v;
    }
    if (Object.keys(read()).length) apply(read());
    // Paper has no form that says what is left out.
    addEventListener("beforeprint", () => apply({}));
    addEventListener("afterprint", () => apply(read()));
  }

  // Paper: two sheets of the essential, or everything.
  const meta = document.querySelector("main.dossier .meta");
  if (meta) {
    const print = (label, whole) => {
      const button = make("button", { type: "button", className: "sort" }, label);
      button.addEventListener("click", () => { root.classList.toggle("whole", whole); window.print(); });
      return button;
    };
    meta.append(make("span", {}, "Print: ", print("two pages", false), " or ", print("everything", true)));
  }

  // The outline says where the reader is.
  const links = new Map(all(".rail a").map(link => [link.hash.slice(1), link]));
  if (links.size && "IntersectionObserver" in window) {
    const watch = new IntersectionObserver(entries => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        links.forEach(link => link.removeAttribute("aria-current"));
        links.get(target.id)?.setAttribute("aria-current", "true");
      }
    }, { rootMargin: "0px 0px -80% 0px" });
    all("main section").forEach(section => watch.observe(section));
  }
})();
