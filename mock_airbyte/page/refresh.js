// Keeps the page up to date: every two seconds its content is asked for anew and put in the old one's place, with what
// a person had opened still open. The page works without this; one only has to load it again.
"use strict";

const PAUSE_MILLISECONDS = 2000;
const lost = document.getElementById("lost");

function isSelecting() {
  const chosen = window.getSelection();
  return chosen !== null && !chosen.isCollapsed;
}

function twin(element, next) {
  const key = element.closest("details")?.dataset.key;
  if (key !== undefined) return next.querySelector(`details[data-key="${CSS.escape(key)}"] ${element.localName}`);
  return next.querySelector(`${element.localName}[aria-label="${CSS.escape(element.ariaLabel ?? "")}"]`);
}

function replace(text) {
  const main = document.querySelector("main");
  const next = new DOMParser().parseFromString(text, "text/html").querySelector("main");
  if (next === null || isSelecting()) return;
  for (const open of main.querySelectorAll("details[open]")) {
    const same = next.querySelector(`details[data-key="${CSS.escape(open.dataset.key)}"]`);
    if (same !== null) same.open = true;
  }
  if (next.innerHTML === main.innerHTML) return;
  const focused = main.contains(document.activeElement) ? twin(document.activeElement, next) : null;
  main.replaceWith(document.adoptNode(next));
  focused?.focus({ preventScroll: true });
}

async function refresh() {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      lost.hidden = answer.ok;
      if (answer.ok) replace(await answer.text());
    } catch {
      lost.hidden = false;
    }
  }
  setTimeout(refresh, PAUSE_MILLISECONDS);
}

setTimeout(refresh, PAUSE_MILLISECONDS);
