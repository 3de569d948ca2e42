// The index can be read without this script. With it results are found by words, and any two subjects are compared in every
// table that has both. What is shown stands behind the # of the address.
(() => {
  const field = document.getElementById("find");
  const list = document.getElementById("pairs-found");
  const chosen = document.getElementById("pairs-chosen");
  const results = [...document.querySelectorAll("section.result")];
  let compared = { results: [], subjects: {} };
  let fields = [];

  const terms = () => field.value.toLowerCase().split(/[\s,]+/).filter((term) => term);
  const has = (text) => { const low = text.toLowerCase(); return terms().every((term) => low.includes(term)); };

  const tablesWith = (one, other) => compared.results.flatMap((result) => result.tables
    .filter(({ subjects }) => subjects.includes(one) && subjects.includes(other)).map((table) => ({ result, table })));

  const item = ({ result, table }, one, other) => {
    const element = document.createElement("li");
    const link = document.createElement("a");
    const pair = [table.table, one, other].map(encodeURIComponent).join("|");
    link.href = `${result.link}#${new URLSearchParams([["pair", pair], ["at", table.id]])}`;
    link.textContent = `${result.title}, ${table.table}`;
    const caption = document.createElement("span");
    caption.className = "quiet";
    const name = `${table.table}: `;
    caption.textContent = ` ${table.caption.startsWith(name) ? table.caption.slice(name.length) : table.caption}`;
    const words = document.createElement("output");
    const lines = comparison(table, {}, one, other);
    if (result.why) lines.push(`Why, by the answer of ${result.title}: ${result.why}`);
    words.textContent = lines.join("\n");
    element.append(link, words, caption);
    return element;
  };

  const show = () => {
    const shown = results.filter((result) => { result.hidden = !has(result.textContent); return !result.hidden; });
    document.getElementById("found").textContent = field.value.trim() === "" ? "" : `${shown.length} of ${results.length} results below have ${terms().length > 1 ? "these words" : "this word"}`;
    const [one, other] = fields.map((one_field) => one_field.value);
    if (!one || !other) { list.replaceChildren(); chosen.textContent = ""; return; }
    if (one === other) { list.replaceChildren(); chosen.textContent = "choose two different subjects"; return; }
    const all = tablesWith(one, other);
    const found = all.filter(({ result, table }) => has(`${result.title} ${result.question} ${table.table} ${table.caption}`));
    const names = [one, other].map((name) => whatItIs(compared.subjects, name)).filter((line) => line);
    chosen.textContent = [...names, all.length === 0 ? "No table has both." : `${found.length === all.length ? `${all.length} tables have both; words in the field above leave out others (256 connections)` : `${found.length} of the ${all.length} tables that have both have ${terms().length > 1 ? "these words" : "this word"}`}. `
      + "Each is of a run of its own, and an interval holds within its run:"].join("\n");
    list.replaceChildren(...found.map((place) => item(place, one, other)));
    list.scrollTop = 0;
  };

  const save = () => {
    const view = new URLSearchParams();
    if (field.value) view.set("find", field.value);
    const pair = fields.map((one_field) => one_field.value);
    if (pair.some((one) => one)) view.set("pair", pair.map(encodeURIComponent).join("|"));
    try { history.replaceState(null, "", view.toString() ? `#${view}` : location.pathname + location.search); } catch { /* A preview has no address. */ }
  };

  // The pair that most tables have, so that the list shows what it is for.
  const usual = () => {
    const counts = new Map();
    for (const { subjects, pairs } of compared.results.flatMap((result) => result.tables)) {
      for (const [a, b] of pairs) {
        const key = JSON.stringify([subjects[a], subjects[b]].sort());
        counts.set(key, (counts.get(key) || 0) + 1);
      }
    }
    const most = [...counts].sort(([, a], [, b]) => b - a)[0];
    return most ? JSON.parse(most[0]) : ["", ""];
  };

  const load = () => {
    const view = new URLSearchParams(location.hash.slice(1));
    field.value = view.get("find") || "";
    const decoded = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
    const pair = view.has("pair") ? view.get("pair").split("|").map(decoded) : usual();
    fields.forEach((one_field, i) => { one_field.value = pair[i] || ""; });
  };

  document.querySelectorAll(".controls").forEach((controls) => { controls.hidden = false; });
  field.addEventListener("input", () => { show(); save(); });
  addEventListener("hashchange", () => { load(); show(); });
  load();
  show();
  unpacked("pairs").then((text) => {
    if (!text) return;
    compared = JSON.parse(text);
    const subjects = [...new Set(compared.results.flatMap(({ tables }) => tables.flatMap((table) => table.subjects)))].sort();
    const labels = [choice("compare", "subject", subjects), choice("with", "against", subjects)];
    document.getElementById("pairs-fields").append(...labels);
    fields = labels.map((label) => label.querySelector("select"));
    fields.forEach((one_field) => one_field.addEventListener("change", () => { show(); save(); }));
    load();
    show();
  }).catch((error) => { chosen.textContent = `Two subjects cannot be compared: ${error.message}`; });
})();
