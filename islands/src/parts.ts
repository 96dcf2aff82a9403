// Menus that close, dialogues that open, links that are copied.

import { all, toast } from "./dom";

/** Menus close by Escape, by a press elsewhere, and when another opens. */
export function menus(): void {
  const close = (except?: Element | null): void => {
    for (const menu of all<HTMLDetailsElement>("details[data-menu][open]")) if (menu !== except) menu.open = false;
  };
  document.addEventListener("click", (event) => close((event.target as Element).closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector<HTMLDetailsElement>("details[data-menu][open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  });
}

/** A link with data-opens shows its dialogue here; where that cannot be, it leads to the page that asks the same. */
export function dialogues(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("[data-opens]");
    const dialogue = link && document.getElementById(link.dataset["opens"] ?? "");
    if (!(dialogue instanceof HTMLElement) || typeof (dialogue as HTMLDialogElement).showModal !== "function") return;
    event.preventDefault();
    const menu = link?.closest<HTMLDetailsElement>("details[data-menu]");
    if (menu) menu.open = false;
    (dialogue as HTMLDialogElement).showModal();
  });
}

export function copies(): void {
  document.addEventListener("click", async (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
    if (!button) return;
    const text = new URL(button.dataset["copy"] ?? "", location.href).href;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without permission or on plain HTTP: the old way.
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "unseen";
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    toast(button.dataset["done"] ?? "");
  });
}

export function prints(): void {
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-print]")) window.print();
  });
}
