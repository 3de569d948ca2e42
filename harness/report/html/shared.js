"use strict";
// What the page of a result and the index of many have in common: what is packed in them, and the comparison of two subjects
// in words.

// Packed text of the page; "" where it has none.
const unpacked = async (id) => {
  const packed = document.getElementById(id);
  if (!packed) return "";
  if (!("DecompressionStream" in window)) throw new Error("this browser has no DecompressionStream (browsers of 2023 and later do).");
  try {
    const bytes = Uint8Array.from(atob(packed.textContent), (c) => c.charCodeAt(0));
    return await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  } catch {
    throw new Error("it could not be unpacked, the page is not whole.");
  }
};

// A field to choose one of these from.
const choice = (words, name, options) => {
  const label = document.createElement("label");
  const field = document.createElement("select");
  field.dataset.pair = name;
  field.append(...["", ...options].map((option) => new Option(option, option)));
  label.append(`${words} `, field, " ");
  return label;
};

// Three digits, and no exponent.
const digits = (value) => { const short = value.toPrecision(3); return short.includes("e") ? String(Number(short)) : short; };

// What a subject is and what it costs, in a line; "" where nobody has said it.
const whatItIs = (words, name) => {
  if (!Object.hasOwn(words, name)) return "";
  const [summary, price] = words[name];
  const said = summary.startsWith(`${name}: `) ? summary : `${name}: ${summary}`;
  return `${said}${price ? `. Its price: ${price}` : ""}.`;
};

// Two subjects of a table in sentences, from numbers that the report has computed: which takes less, how sure that is, what is
// beside it, and what the two are. The one that takes more is named first throughout.
const comparison = ({ figure, needs, subjects, pairs, beside }, words, one, other) => {
  const [a, b] = [subjects.indexOf(one), subjects.indexOf(other)];
  if (!one || !other) return [];
  if (a < 0 || b < 0) return ["this table has no such pair"];
  if (a === b) return ["choose two different subjects"];
  const found = pairs.find(([x, y]) => (x === a && y === b) || (x === b && y === a));
  if (!found) return ["no block has a valid value of both"];
  const [first, second, blocks, median, higher, from, to, apart, among] = found;
  const [more, less] = median >= 1 ? [first, second] : [second, first];
  const turned = more !== first;
  const [ratio, low, high] = turned ? [1 / median, 1 / to, 1 / from] : [median, from, to];
  const spelled = (title) => title.replace("switches/req", "context switches per request");
  const against = ({ title, values }) => `${title ? `${spelled(title)} ` : ""}${values[more]} against ${values[less]}`;
  const counted = `in ${turned ? blocks - higher : higher} of ${blocks} blocks`;
  const times = `${subjects[more]} takes ${digits(ratio)}${from === undefined ? "" : ` [${digits(low)}, ${digits(high)}]`} times as much`;
  const middle = `(${against({ values: beside[0].values })}), and more ${counted}`;
  const lines = [];
  if (from === undefined) {
    lines.push(`${figure}: ${times} as ${subjects[less]} ${middle}: too few blocks for an interval.`);
  } else if (!apart) {
    lines.push(`${figure}: not told apart. ${times} as ${subjects[less]} ${middle}.`);
  } else {
    const picked = `For a pair that you picked out of the table's ${pairs.length} pairs`;
    lines.push(`${figure}: ${subjects[less]} takes less. ${times} ${middle}.`);
    lines.push(among ? `How sure: at 95 % the ratio is within the brackets, also if you picked this pair out of the table's ${pairs.length} pairs.`
      : `How sure: at 95 % the ratio is within the brackets, if this is the only pair that you look at. ${picked} ${among === null ? `it takes ${needs} blocks to be as sure, and there are ${blocks}.` : "they are not told apart."}`);
  }
  const others = beside.slice(1).filter(({ values }) => values[more] && values[less]);
  if (others.length) lines.push(`What else differs, ${subjects[more]} against ${subjects[less]}: ${others.map(against).join("; ")}.`);
  lines.push(...[subjects[more], subjects[less]].map((name) => whatItIs(words, name)).filter((line) => line));
  return lines;
};

