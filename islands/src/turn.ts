// Pages that turn by themselves, as those of the units on a wall screen. Who would rather have it still stops them, and where
// the system asks for less motion they begin stopped.

import { all } from "./dom";

/** How long a page stays. */
const STAYS = 10_000;

/** Turns the pages of a list; what comes back is to be called when they were made anew. */
export function turning(list: HTMLElement): () => void {
  const part = (name: string): HTMLElement | null => document.querySelector<HTMLElement>(`[data-turn="${name}"]`);
  const [where, hold, next] = [part("at"), part("hold"), part("next")];
  const pages = (): HTMLElement[] => all<HTMLElement>("ol", list);
  let at = Math.max(0, pages().findIndex((page) => !page.hidden));
  let held = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let timer: ReturnType<typeof setInterval> | undefined;

  const show = (): void => {
    const there = pages();
    at %= Math.max(1, there.length);
    there.forEach((page, n) => (page.hidden = n !== at));
    if (where) {
      where.textContent = `${at + 1}/${there.length}`;
      where.parentElement?.toggleAttribute("hidden", there.length < 2);
    }
    if (hold) hold.textContent = (held ? hold.dataset["go"] : hold.dataset["hold"]) ?? "";
  };
  const turn = (): void => {
    at += 1;
    show();
  };
  const wind = (): void => {
    clearInterval(timer);
    if (!held) timer = setInterval(turn, STAYS);
  };
  hold?.addEventListener("click", () => {
    held = !held;
    show();
    wind();
  });
  next?.addEventListener("click", () => {
    turn();
    wind();
  });
  for (const button of [hold, next]) if (button) button.hidden = false;
  show();
  wind();
  return show;
}
