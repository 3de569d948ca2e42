// The page can be read without this script. With it tables are sorted by a click on a title, columns, families and subjects
// can be hidden, and what is shown stands behind the # of the address, so that a view can be passed on; and a mark says what
// it means (without the script the notes below a table do).
(() => {
  // By the names of tables, which are any words: without a prototype, of which "constructor" would be one.
  const byTable = () => Object.create(null);
  const state = { sort: byTable(), columns: byTable(), pairs: byTable(), families: new Set(), find: "", at: "" };
  const tables = [...document.querySelectorAll("table[data-name]")];

  const valueOf = (row, column) => {
    const cell = row.cells[column];
    return cell && cell.dataset.value !== undefined ? Number(cell.dataset.value) : NaN;
  };

  // Any two subjects of a table, chosen above it. They are filled in when the numbers have been unpacked.
  const boxes = [...document.querySelectorAll(".pairs")];
  let comparisons = [];

  // In the order of the report: equal rows keep it, however the table was sorted before.
  const keep = new Map(tables.map((table) => [table, [...table.tBodies].flatMap((body) => [...body.rows])]));

  const rowsOf = (table) => keep.get(table).filter((row) => row.dataset.subject !== undefined);

  const sort = (table, key, direction) => {
    const heads = [...table.tHead.rows[0].cells];
    const column = heads.findIndex((head) => head.dataset.key === key);
    const all = keep.get(table);
    const body = table.tBodies[0];
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    if (column < 0 || !direction) {
      body.append(...all);
      all.filter((row) => row.dataset.subject === undefined).forEach((row) => { row.dataset.sorted = ""; });
      return;
    }
    heads[column].setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
    const text = heads[column].classList.contains("left");
    const rows = rowsOf(table).map((row) => [text ? row.cells[column]?.textContent ?? "" : valueOf(row, column), row]);
    // What has no value stays at the end, whichever way the others go.
    rows.sort(([a], [b]) => {
      if (text) return direction * a.localeCompare(b);
      if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
      return direction * (a - b);
    });
    all.filter((row) => row.dataset.subject === undefined).forEach((row) => { row.dataset.sorted = "1"; });
    body.append(...rows.map(([, row]) => row));
  };

  const showTable = (table) => {
    const name = table.dataset.name;
    const [key, direction] = state.sort[name] || ["", 0];
    sort(table, key, direction);
    const hidden = state.columns[name] || new Set();
    const heads = [...table.tHead.rows[0].cells];
    for (const row of [table.tHead.rows[0], ...rowsOf(table)]) {
      // Words that stand in the place of several columns stay.
      [...row.cells].forEach((cell, i) => { if (heads[i]) cell.hidden = cell.colSpan === 1 && hidden.has(heads[i].dataset.key); });
    }
    const terms = state.find.toLowerCase().split(",").map((term) => term.trim()).filter((term) => term);
    const shown = (subject) => terms.length === 0 || terms.some((term) => subject.toLowerCase().includes(term));
    for (const row of keep.get(table)) {
      const family = state.families.has(row.dataset.family || "");
      row.hidden = row.dataset.subject === undefined
        ? family || row.dataset.sorted === "1" || terms.length > 0
        : family || !shown(row.dataset.subject);
    }
  };

  const show = () => {
    tables.forEach(showTable);
    for (const one of comparisons) {
      const [subject, against] = state.pairs[one.name] || ["", ""];
      one.box.querySelector("[data-pair=subject]").value = subject;
      one.box.querySelector("[data-pair=against]").value = against;
      one.box.querySelector("output").textContent = comparison(one.table, one.words, subject, against).join("\n");
      one.box.classList.toggle("chosen", Boolean(subject && against));
    }
    document.querySelectorAll("input[data-column]").forEach((box) => {
      box.checked = !(state.columns[box.dataset.table] || new Set()).has(box.dataset.column);
    });
    document.querySelectorAll("input[data-hides]").forEach((box) => { box.checked = !state.families.has(box.dataset.hides); });
    const field = document.getElementById("find");
    if (field && field.value !== state.find) field.value = state.find;
    const rows = tables.flatMap(rowsOf);
    const shown = rows.filter((row) => !row.hidden).length;
    const found = document.getElementById("found");
    if (found) found.textContent = shown === rows.length ? "" : shown ? `${shown} of ${rows.length} rows of all tables` : "no row of any table: no subject has these words in its name";
  };

  // Parts of a value, of which each may have any character.
  const joined = (parts) => parts.map(encodeURIComponent).join("|");
  const decoded = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
  const parted = (text) => text.split("|").map(decoded);

  const save = () => {
    const view = new URLSearchParams();
    for (const [name, [key, direction]] of Object.entries(state.sort)) if (direction) view.append("sort", joined([name, `${direction > 0 ? "" : "-"}${key}`]));
    for (const [name, keys] of Object.entries(state.columns)) if (keys.size) view.append("hide", joined([name, ...keys]));
    for (const [name, pair] of Object.entries(state.pairs)) if (pair.some((one) => one)) view.append("pair", joined([name, ...pair]));
    for (const family of state.families) view.append("without", family);
    if (state.find) view.set("find", state.find);
    // A view that stands at a table keeps both.
    const has_view = view.toString() !== "";
    if (has_view && state.at) view.set("at", state.at);
    const hash = has_view ? `#${view}` : state.at ? `#${state.at}` : "";
    try {
      history.replaceState(null, "", hash || location.pathname + location.search);
    } catch {
      // A preview without an address of its own, or too many changes at once: the view is shown all the same.
    }
  };

  const load = () => {
    // The place of a table and no view: it keeps the one that there is. Such names have nothing that an address would
    // encode.
    if (document.getElementById(location.hash.slice(1))) {
      state.at = location.hash.slice(1);
      return;
    }
    const view = new URLSearchParams(location.hash.slice(1));
    state.at = view.get("at") || "";
    state.sort = byTable();
    state.columns = byTable();
    state.pairs = byTable();
    for (const one of view.getAll("pair")) {
      const [name, subject, against] = parted(one);
      state.pairs[name] = [subject || "", against || ""];
    }
    for (const one of view.getAll("sort")) {
      const [name, key = ""] = parted(one);
      state.sort[name] = key.startsWith("-") ? [key.slice(1), -1] : [key, 1];
    }
    for (const one of view.getAll("hide")) {
      const [name, ...keys] = parted(one);
      state.columns[name] = new Set(keys);
    }
    state.families = new Set(view.getAll("without"));
    state.find = view.get("find") || "";
  };

  const change = () => { show(); save(); };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("th button");
    if (!button) return;
    const name = button.closest("table").dataset.name;
    const key = button.closest("th").dataset.key;
    const [now, direction] = state.sort[name] || ["", 0];
    state.sort[name] = now !== key ? [key, 1] : direction > 0 ? [key, -1] : ["", 0];
    // The others stay as they are.
    tables.filter((table) => table.dataset.name === name).forEach(showTable);
    save();
  });
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.dataset.column !== undefined) {
      const hidden = state.columns[box.dataset.table] || (state.columns[box.dataset.table] = new Set());
      if (box.checked) hidden.delete(box.dataset.column); else hidden.add(box.dataset.column);
      change();
    } else if (box.dataset.pair !== undefined) {
      const field = box.closest(".pairs");
      state.pairs[field.dataset.table] = [...field.querySelectorAll("select")].map((one) => one.value);
      change();
    } else if (box.dataset.hides !== undefined) {
      if (box.checked) state.families.delete(box.dataset.hides); else state.families.add(box.dataset.hides);
      change();
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.id !== "find") return;
    state.find = event.target.value;
    change();
  });
  addEventListener("hashchange", () => { load(); show(); save(); });

  const figures = () => document.querySelectorAll("figure[data-plot]");
  unpacked("packed").then((text) => {
    const drawings = text.split("\x1e");
    figures().forEach((figure) => { figure.innerHTML = drawings[figure.dataset.plot]; });
  }).catch((error) => figures().forEach((figure) => { figure.textContent = `The plot is not shown: ${error.message}`; }));

  unpacked("pairs").then((text) => {
    if (!text) return;
    const { results: [{ tables: compared }], subjects } = JSON.parse(text);
    comparisons = boxes.map((box) => {
      const table = compared.find((one) => one.table === box.dataset.table);
      box.append(choice("compare", "subject", table.subjects), choice("with", "against", table.subjects), document.createElement("output"));
      return { box, name: table.table, table, words: subjects };
    });
    show();
    goThere();
  }).catch((error) => boxes.forEach((box) => { box.textContent = `Two subjects cannot be compared: ${error.message}`; }));

  // The words of a mark, beside it and inside the window: a table that is scrolled would cut them off.
  const tip = document.body.appendChild(document.createElement("div"));
  tip.id = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  const tell = (element) => {
    const marked = element && element.closest("[data-tip]");
    tip.hidden = !marked;
    if (!marked) return;
    tip.textContent = marked.dataset.tip;
    const place = marked.getBoundingClientRect();
    const below = place.bottom + 4;
    tip.style.left = `${Math.max(4, Math.min(place.left, innerWidth - tip.offsetWidth - 4))}px`;
    tip.style.top = `${below + tip.offsetHeight < innerHeight ? below : place.top - tip.offsetHeight - 4}px`;
  };
  document.addEventListener("pointerover", (event) => tell(event.target));
  document.addEventListener("focusin", (event) => tell(event.target));
  // The keyboard may have scrolled to what it came to.
  document.addEventListener("scroll", () => tell(document.activeElement), true);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") tip.hidden = true; });

  // On paper nothing can be opened.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open]):not(.controls)")];
    opened.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => { opened.forEach((one) => { one.open = false; }); });

  // To the table that the address names, or to that of its first pair.
  const goThere = () => {
    const [paired] = Object.keys(state.pairs);
    const place = document.getElementById(state.at) || boxes.find((box) => box.dataset.table === paired);
    if (place && location.hash.includes("=")) place.scrollIntoView();
  };

  document.querySelectorAll(".controls").forEach((controls) => { controls.hidden = false; });
  load();
  show();
  goThere();
})();
