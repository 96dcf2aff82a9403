// Which columns of a table are shown: a choice that this browser remembers for each table.

import { all, make } from "./dom";

const KEY = "columns:";

function remembered(id: string): Set<string> {
  try {
    return new Set(JSON.parse(localStorage.getItem(KEY + id) ?? "[]") as string[]);
  } catch {
    return new Set();
  }
}

/** A table of more than four columns gets a menu; the first column always stays. */
export function columns(under: ParentNode): void {
  for (const wrap of all<HTMLElement>(".table-wrap[data-columns]", under)) {
    const table = wrap.querySelector("table");
    const heads = table ? all<HTMLElement>("thead th", table) : [];
    if (!table || heads.length < 5) continue;
    const hidden = remembered(table.id);
    const paint = (): void => {
      for (const row of Array.from(table.rows)) {
        Array.from(row.cells).forEach((cell, at) => (cell.hidden = hidden.has(heads[at]?.textContent?.trim() ?? "")));
      }
    };
    const list = make("div", { class: "more-list" });
    for (const head of heads.slice(1)) {
      const title = head.textContent?.trim() ?? "";
      const box = make("input", { type: "checkbox" });
      box.checked = !hidden.has(title);
      box.addEventListener("change", () => {
        if (box.checked) hidden.delete(title);
        else hidden.add(title);
        try {
          localStorage.setItem(KEY + table.id, JSON.stringify(Array.from(hidden)));
        } catch {
          // A browser that keeps nothing shows the choice until the page is left.
        }
        paint();
      });
      list.append(make("label", { class: "row" }, box, make("span", { class: "row-text" }, title)));
    }
    const menu = make("details", { class: "more-menu down columns-menu", "data-menu": "" }, make("summary", { class: "button plain" }, wrap.dataset["columns"] ?? ""), list);
    wrap.before(menu);
    paint();
  }
}
