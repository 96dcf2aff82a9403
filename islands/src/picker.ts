// A box to type into above long lists of radios: only what fits stays.

import { all, fill, make } from "./dom";

/** Below so many choices nobody needs to search. */
const FEW = 8;

export function pickers(under: ParentNode): void {
  for (const field of all<HTMLElement>("[data-picker]", under)) {
    const choices = all<HTMLElement>(".row", field);
    if (choices.length < FEW) continue;
    const label = field.dataset["type"] ?? "";
    const input = make("input", { type: "search", placeholder: label, "aria-label": label, autocomplete: "off" });
    const found = make("p", { class: "picker-found", role: "status" });
    const box = make("div", { class: "picker-search" }, input, found);
    field.querySelector("[data-group]")?.before(box);
    for (const group of all<HTMLDetailsElement>("details[data-group]", field)) if (group.open) group.dataset["open"] = "1";
    const texts = choices.map((row) => `${row.closest("[data-group]")?.querySelector(".group-title")?.textContent ?? ""} ${row.textContent ?? ""}`.toLowerCase());
    input.addEventListener("input", () => {
      const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      choices.forEach((row, index) => {
        const fits = words.every((word) => texts[index]?.includes(word));
        // What is chosen stays in sight.
        row.hidden = !fits && !row.querySelector("input")?.checked;
        if (fits) count += 1;
      });
      for (const group of all<HTMLElement>("[data-group]", field)) {
        group.hidden = !group.querySelector(".row:not([hidden])");
        if (group instanceof HTMLDetailsElement) group.open = words.length > 0 || group.dataset["open"] === "1";
      }
      found.textContent = words.length === 0 ? "" : count === 0 ? (field.dataset["none"] ?? "") : fill(field.dataset["found"] ?? "", { n: count });
    });
    // Enter in the box chooses the only one left, rather than sending the form.
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const left = choices.filter((row) => !row.hidden);
      if (left.length === 1) left[0]?.querySelector("input")?.click();
    });
  }
}
