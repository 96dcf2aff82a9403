// Lists of staff: j, k, Enter and /, and the chosen one beside the list from 1,200 px.

import { all, typing } from "./dom";
import { layAside, unsent } from "./forms";
import { failed, offline } from "./network";

const wide = window.matchMedia("(min-width: 1200px)");

function items(): HTMLAnchorElement[] {
  return all<HTMLAnchorElement>("[data-keys] a.item");
}

function current(list: HTMLAnchorElement[]): number {
  const focused = list.indexOf(document.activeElement as HTMLAnchorElement);
  return focused >= 0 ? focused : list.findIndex((item) => item.hasAttribute("aria-current"));
}

export function keys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      const search = document.querySelector<HTMLInputElement>("[data-search]");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
      return;
    }
    if (event.key !== "j" && event.key !== "k") return;
    const list = items();
    if (list.length === 0) return;
    event.preventDefault();
    const at = current(list);
    const next = Math.max(0, Math.min(list.length - 1, event.key === "j" ? at + 1 : at - 1));
    const item = list[next];
    item?.focus();
    item?.scrollIntoView({ block: "nearest" });
    if (item && wide.matches && item.closest("[data-split]")) void show(item, false);
  });
}

let asked = 0;

/** The row that is shown, and its page. */
let shown: { href: string; flow: HTMLElement } | undefined;

/** Pages of other rows in which something was typed wait here until their row is shown again. */
const typed = new Map<string, HTMLElement>();

/** Puts the page behind a row beside the list. `ready` readies what came, as htmx and the small islands do. */
async function show(item: HTMLAnchorElement, focus: boolean): Promise<void> {
  const detail = item.closest("[data-split]")?.querySelector<HTMLElement>(".split-detail");
  if (!detail) return;
  const mine = ++asked;
  for (const other of items()) other.removeAttribute("aria-current");
  item.setAttribute("aria-current", "true");
  // A second press on the row that is shown fetches nothing: whoever has begun to write there goes on writing.
  const here = shown?.href === item.href && shown.flow.isConnected;
  const waits = typed.get(item.href);
  if (here || waits) {
    if (waits) {
      put(detail, item, waits);
      typed.delete(item.href);
      layAside(waits, false);
    }
    detail.removeAttribute("aria-busy");
    if (focus) head(detail);
    return;
  }
  detail.setAttribute("aria-busy", "true");
  try {
    const asks = new URL(item.href);
    asks.searchParams.set("beside", "1");
    const answer = await fetch(asks, { headers: { "X-Requested-With": "split" }, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.getElementById("main");
    // Another row was chosen meanwhile: what became of this one leads nobody away.
    if (mine !== asked) return;
    // Signed out, or an error that is a page of its own: go there.
    if (!answer.ok || answer.redirected || !main) {
      location.href = item.href;
      return;
    }
    const flow = document.createElement("div");
    flow.className = "flow";
    flow.append(...Array.from(main.childNodes));
    // The facts that stand beside the page when it is by itself come before its bar of actions.
    const bar = flow.querySelector(":scope > .actions");
    for (const side of all(".side", page)) flow.insertBefore(side, bar);
    put(detail, item, flow);
    ready(detail);
    if (focus) head(detail);
  } catch {
    if (mine !== asked) return;
    if (offline()) failed();
    else location.href = item.href;
  } finally {
    if (mine === asked) detail.removeAttribute("aria-busy");
  }
}

/** Shows a page; the one that stood there is laid aside where something was typed in it. */
function put(detail: HTMLElement, item: HTMLAnchorElement, flow: HTMLElement): void {
  if (shown?.flow.isConnected && unsent(shown.flow)) {
    layAside(shown.flow, true);
    typed.set(shown.href, shown.flow);
  }
  detail.replaceChildren(flow);
  detail.scrollTop = 0;
  shown = { href: item.href, flow };
  history.replaceState({ split: item.href }, "", location.href);
}

function head(detail: HTMLElement): void {
  const title = detail.querySelector<HTMLElement>("h1");
  title?.setAttribute("tabindex", "-1");
  title?.focus({ preventScroll: true });
}

let ready: (under: HTMLElement) => void = () => undefined;

export function split(then: (under: HTMLElement) => void): void {
  ready = then;
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const item = (event.target as Element).closest<HTMLAnchorElement>("[data-split] a.item");
    if (!item || !wide.matches) return;
    event.preventDefault();
    void show(item, true);
  });
  // The first row is shown at once, so that the right half is never empty; after going back, the last one;
  // after a step, the one that the address names.
  const back = (history.state as { split?: string } | null)?.split;
  const list = items().filter((item) => item.closest("[data-split]"));
  const at = new URLSearchParams(location.search).get("at");
  const named = at ? list.find((item) => new URL(item.href).pathname.endsWith(`/${at}`)) : undefined;
  const first = named ?? list.find((item) => item.href === back) ?? list[0];
  if (first && wide.matches) void show(first, false);
  // With nothing in the list there is nothing to stand beside it.
  if (!first) document.querySelector("[data-split]")?.classList.add("alone");
}
