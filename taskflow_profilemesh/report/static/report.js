// The page works without this: it adds one view at a time, finding columns, and charts that tell their numbers.
(() => {
  "use strict";
  const root = document.documentElement;
  const here = document.currentScript;
  const specs = JSON.parse(document.getElementById("specs").textContent);
  const sections = [...document.querySelectorAll("main > section")];
  root.classList.add("js");

  // ---- one view at a time: the index, or a table

  const wanted = () => {
    let id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch { /* a broken address means the first view */ }
    return id ? document.getElementById(id) : null;
  };

  function show(moveFocus) {
    const target = wanted();
    const section = target?.closest("main > section") ?? sections[0];
    if (!section) return;
    for (const other of sections) other.classList.toggle("open", other === section);
    root.dataset.view = section.classList.contains("index") ? "index" : "table";
    const details = target?.matches(".column") ? target.querySelector("details") : null;
    if (details) {
      clearFilter(section);
      details.open = true;
      target.scrollIntoView({ block: "center" });
      details.querySelector("summary").focus({ preventScroll: true });
    } else if (moveFocus && target === section) {
      window.scrollTo(0, 0);
      section.querySelector("h2")?.focus({ preventScroll: true });
    }
    watch(section);
  }

  // ---- finding tables and columns

  function filter(section) {
    const text = (section.querySelector(".find")?.value ?? "").trim().toLowerCase();
    const drifted = section.querySelector(".drifted-only")?.checked ?? false;
    const items = [...section.querySelectorAll("[data-name]")];
    let shown = 0;
    for (const item of items) {
      const fits = item.dataset.name.includes(text) && (!drifted || "drift" in item.dataset);
      item.hidden = !fits;
      shown += fits;
    }
    const found = section.querySelector(".found");
    if (found) found.textContent = text || drifted ? `${shown} of ${items.length}` : "";
  }

  function clearFilter(section) {
    const find = section.querySelector(".find"), only = section.querySelector(".drifted-only");
    if (find) find.value = "";
    if (only) only.checked = false;
    filter(section);
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches(".find, .drifted-only")) filter(event.target.closest("section"));
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.all");
    if (!button) return;
    const open = button.getAttribute("aria-expanded") !== "true";
    for (const item of button.closest("section").querySelectorAll(".column:not([hidden]) > details")) item.open = open;
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? "Close all" : "Open all";
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, textarea, select, [contenteditable]");
    const find = document.querySelector("main > section.open .find");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && find) {
      event.preventDefault();
      find.focus();
    } else if (event.key === "Escape" && event.target === find) {
      clearFilter(find.closest("section"));
    }
  });

  // ---- charts: drawn when they come into sight; the library is started for the first one

  let library = null;

  function vega() {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      const embedded = document.getElementById("vega");
      if (embedded) {
        script.textContent = embedded.textContent; // in a scope of its own: see pages.py
        document.head.append(script);
        resolve(window.vegaEmbed);
      } else {
        script.src = here.dataset.bundle;
        script.onload = () => resolve(window.vegaEmbed);
        script.onerror = () => reject(new Error("the charts' library did not load"));
        document.head.append(script);
      }
    });
    return library;
  }

  function values(kind, data) {
    if (kind === "rows") return data.map(([at, rows, drift]) => ({ at, rows, drift: drift ? "yes" : "no" }));
    const [low, high, now, was] = data;
    const border = (index) => low + ((high - low) * index) / now.length;
    const bins = now.map((share, index) => ({
      from: border(index), to: border(index + 1), now: share, was: was[index] ?? null,
    }));
    if (!was.length) return bins;
    // The baseline's line stands on the ground at both ends.
    const end = [{ from: high, was: was.at(-1) }, { from: high, was: 0 }];
    return [{ from: low, was: 0 }, ...bins, ...end].map((bin) => ({ now: null, to: bin.from, ...bin }));
  }

  async function draw(chart) {
    if (chart.dataset.state) return;
    chart.dataset.state = "drawing";
    try {
      const embed = await vega();
      const { kind } = chart.dataset;
      const spec = { ...specs[kind], datasets: { data: values(kind, JSON.parse(chart.dataset.chart)) } };
      const place = document.createElement("div");
      place.className = "drawn";
      chart.append(place);
      // ast: expressions are interpreted, so that the page needs no right to make code of text.
      await embed(place, spec, { actions: false, renderer: "svg", ast: true, tooltip: { theme: "custom" } });
      chart.dataset.state = "drawn";
    } catch (error) {
      chart.querySelector(".drawn")?.remove(); // the small drawing stays
      chart.dataset.state = "failed";
      console.warn("a chart was not drawn:", error);
    }
  }

  const sight = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      sight.unobserve(entry.target);
      draw(entry.target);
    }
  }, { rootMargin: "200px" });

  function watch(section) {
    for (const chart of section.querySelectorAll(".chart:not([data-state])")) sight.observe(chart);
  }

  window.addEventListener("hashchange", () => show(true));
  show(false);
})();
