// Search the names and texts of all pages, in the browser, without a server.
"use strict";

// Marks that change no word: accents, Arabic vowels and its long stroke, and
// the dot below letters of Hindi. Its vowels are marks too, but stay.
const MARKS = /[\u0300-\u036f\u064b-\u065f\u0670\u0640\u093c]/gu;
const ALIKE = { "ß": "ss", "œ": "oe", "æ": "ae", "ı": "i", "ى": "ي", "ة": "ه" };
const ARTICLE = /^[وف]?(?:ال|بال|كال|لل)(?=\p{L}{3})/u;
const HAN = /^\p{Script=Han}/u;
const WORD = /\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+/gu;

const fold = (text) =>
  text.toLowerCase().normalize("NFKD").replace(MARKS, "")
    .replace(/[ßœæıىة]/gu, (letter) => ALIKE[letter]);
const words = (text) =>
  (fold(text).match(WORD) ?? []).map((word) => word.replace(ARTICLE, ""));

// Chinese has no blanks: take its words for pairs of characters.
const pairs = (run) =>
  run.length < 3 ? [run] : [...run.match(/../gu), run.slice(-2)];

// One letter too many, too few, another one, or two that changed places.
function isNear(typed, known) {
  let start = 0;
  while (start < typed.length && typed[start] === known[start]) start += 1;
  let end = 0;
  const most = Math.min(typed.length, known.length) - start;
  while (end < most && typed.at(-1 - end) === known.at(-1 - end)) end += 1;
  const left = typed.slice(start, typed.length - end);
  const right = known.slice(start, known.length - end);
  if (left.length === 2 && right === left[1] + left[0]) return true;
  return left.length < 2 && right.length < 2;
}

class Entry {
  constructor(page) {
    this.page = page;
    this.fields = [
      [4, words(page.name), fold(page.name)],
      [3, page.names.flatMap(words), fold(page.names.join(" "))],
      [1, words(page.text), fold(page.text)],
    ];
  }

  // What a word of the query is worth here; zero where it is not found.
  worth(typed, isTypo) {
    for (const [value, known, whole] of this.fields) {
      if (known.includes(typed)) return value + 1;
      if (known.some((word) => word.startsWith(typed))) return value;
      if (HAN.test(typed) && pairs(typed).every((it) => whole.includes(it)))
        return value;
      if (isTypo && typed.length > 3 && known.some((it) => isNear(typed, it)))
        return value / 2;
    }
    return 0;
  }

  score(query, isTypo) {
    const found = query.map((typed) => this.worth(typed, isTypo));
    return found.every(Boolean) ? found.reduce((sum, it) => sum + it, 0) : 0;
  }
}

function ranked(entries, query) {
  for (const isTypo of [false, true]) {
    const found = entries
      .map((entry) => ({ page: entry.page, score: entry.score(query, isTypo) }))
      .filter((it) => it.score > 0)
      .sort((a, b) => b.score - a.score);
    if (found.length) return found.map((it) => it.page);
  }
  return [];
}

function load(root) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${root}search-index.js`;
    script.onload = () => resolve(INDEX.map((page) => new Entry(page)));
    script.onerror = reject;
    document.head.append(script);
  });
}

function row(root, page) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const [name, kind] = [page.name, page.kind].map((text) => {
    const span = document.createElement("span");
    span.textContent = text;
    return span;
  });
  name.lang = page.lang;
  name.dir = "auto";
  link.href = root + page.href;
  link.append(name, kind);
  item.append(link);
  return item;
}

function start(search) {
  const { root, found, none, broken } = search.dataset;
  const [input, status, results] = ["#query", "#status", "#results"].map(
    (name) => search.querySelector(name),
  );
  let entries;
  async function show() {
    let known;
    try {
      known = await (entries ??= load(root));
    } catch {
      entries = undefined;
      status.textContent = broken;
      return;
    }
    const query = words(input.value);
    const pages = query.length ? ranked(known, query) : [];
    results.replaceChildren(...pages.map((it) => row(root, it)));
    status.textContent = pages.length
      ? `${found} ${pages.length}`
      : query.length ? none : "";
  }
  function move(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey)
      return;
    const links = [input, ...results.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && links[at + step]) {
      event.preventDefault();
      links[at + step].focus();
    } else if (event.key === "Escape") {
      input.value = "";
      input.focus();
      show();
    } else if (event.key === "Enter" && at === 0) links[1]?.click();
  }
  input.addEventListener("input", show);
  search.addEventListener("keydown", move);
  search.hidden = false;
}

const menu = document.querySelector(".languages details");
menu.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
menu.addEventListener("focusout", (event) => {
  if (!menu.contains(event.relatedTarget)) menu.open = false;
});
start(document.querySelector(".search"));
