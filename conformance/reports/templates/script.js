"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const form = document.querySelector("form.filter");
  const text = document.getElementById("text");
  const expand = document.getElementById("expand");
  const shown = document.getElementById("shown");
  const boxes = all("input[name=verdict]");
  const endpoints = all("details.endpoint").map((node) => ({
    node,
    behaviours: all(".behaviour", node).map((item) => ({
      item, verdict: item.dataset.verdict, text: item.dataset.text,
    })),
  }));

  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let behaviours = 0;
    let operations = 0;
    for (const endpoint of endpoints) {
      let some = false;
      for (const one of endpoint.behaviours) {
        const match = verdicts.has(one.verdict) && words.every((word) => one.text.includes(word));
        one.item.hidden = !match;
        behaviours += match;
        some ||= match;
      }
      endpoint.node.hidden = !some;
      operations += some;
    }
    for (const section of all("section.target")) {
      section.querySelector(".nothing").hidden = Boolean(section.querySelector("details.endpoint:not([hidden])"));
    }
    shown.textContent = `${count(behaviours, "behaviour")} of ${count(operations, "endpoint")}`;
  };

  const openAll = (open) => {
    for (const endpoint of endpoints) if (!endpoint.node.hidden) endpoint.node.open = open;
    expand.setAttribute("aria-pressed", String(open));
    expand.textContent = open ? "Collapse all" : "Expand all";
  };

  const follow = () => {
    const goal = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!goal) return;
    for (let node = goal; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
      node.hidden = false;
    }
    goal.scrollIntoView();
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  expand.addEventListener("click", () => openAll(expand.getAttribute("aria-pressed") !== "true"));
  addEventListener("hashchange", follow);
  // On paper nothing can be opened.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const node of closed) node.open = true;
  });
  addEventListener("afterprint", () => { for (const node of closed) node.open = false; });
  filter();
  follow();
})();
