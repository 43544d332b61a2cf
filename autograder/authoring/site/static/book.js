// What the book does beside the theme: copying a block, a look at search results that needs no server, closed boxes in print.
"use strict";

const make = (tag, set) => Object.assign(document.createElement(tag), set);

/** Gives every block of code a button that copies it without prompts. */
function copying() {
  if (!navigator.clipboard) return;
  for (const block of document.querySelectorAll("div.highlight")) {
    const button = make("button", { className: "copy", type: "button", textContent: "copy" });
    button.onclick = async () => {
      await navigator.clipboard.writeText(block.querySelector("pre").textContent.trimEnd() + "\n");
      button.textContent = "copied";
      setTimeout(() => { button.textContent = "copy"; }, 1500);
    };
    block.append(button);
  }
}

/** The words of a text around the first place where one of the terms stands, the terms marked. */
function context(text, terms) {
  const lower = text.toLowerCase();
  const places = terms.map((term) => lower.indexOf(term)).filter((place) => place >= 0);
  const from = Math.max(0, Math.min(...(places.length ? places : [0])) - 80);
  const start = from ? text.indexOf(" ", from) + 1 : 0;
  const shown = text.slice(start, start + 240);
  const paragraph = make("p", { className: "context" });
  const escaped = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const parts = escaped.length ? shown.split(new RegExp(`(${escaped.join("|")})`, "i")) : [shown];
  parts.forEach((part, number) => paragraph.append(number % 2 ? make("mark", { textContent: part }) : part));
  if (start) paragraph.prepend("… ");
  paragraph.append(" …");
  return paragraph;
}

/** Shows below each result of a search where the words stand; the pages' texts come as a script, so that files will do. */
function searching() {
  const results = document.getElementById("search-results");
  if (!results) return;
  const query = new URLSearchParams(location.search).get("q") || "";
  const terms = query.toLowerCase().split(/\s+/).filter(Boolean);
  const script = make("script", { src: "_static/texts.js" });
  script.onload = () => {
    const tell = () => {
      for (const item of results.querySelectorAll("ul.search > li:not([data-told])")) {
        const link = item.querySelector("a");
        if (!link) continue;
        item.dataset.told = "";
        const text = TEXTS[link.getAttribute("href").replace(/\.html.*$/, "")];
        if (text) item.append(context(text, terms));
      }
    };
    new MutationObserver(tell).observe(results, { childList: true, subtree: true });
    tell();
  };
  document.head.append(script);
}

/** A click on a picture opens it alone, in its full size. */
function pictures() {
  for (const picture of document.querySelectorAll("img.only-light, img.only-dark")) {
    picture.onclick = () => { location.href = picture.src; };
  }
}

addEventListener("DOMContentLoaded", () => { copying(); searching(); pictures(); });
addEventListener("beforeprint", () => {
  for (const box of document.querySelectorAll("details.opens")) box.open = true;
});
