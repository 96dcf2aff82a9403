// Whether a wall can be read from five metres: on a screen of 55 inches a letter of 32 px is 20 mm high.

import type { Page } from "@playwright/test";

/** What cannot be read: letters that are small, that are cut off, that lie over one another. */
export async function unreadable(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wrong: string[] = [];
    const seen = (element: Element): boolean => element.getClientRects().length > 0;
    const own = (element: Element): boolean => Array.from(element.childNodes).some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    const texts = Array.from(document.querySelectorAll<HTMLElement>("#wall *")).filter((element) => seen(element) && own(element));
    const says = (element: Element): string => `“${element.textContent?.trim()}”`;
    for (const element of texts) {
      const size = parseFloat(getComputedStyle(element).fontSize);
      if (size < 31.9) wrong.push(`${says(element)} is ${size} px high`);
      const block = element.closest(".wall-block, .wf, .wall-top");
      if (!block) continue;
      const [inner, outer] = [element.getBoundingClientRect(), block.getBoundingClientRect()];
      if (inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1) {
        wrong.push(`${says(element)} is cut off`);
      }
      if (!element.matches(".wr-text") && element.scrollWidth > element.clientWidth + 1) wrong.push(`${says(element)} has no room`);
    }
    texts.forEach((one, at) => {
      for (const other of texts.slice(at + 1)) {
        if (one.contains(other) || other.contains(one)) continue;
        const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
        const over = Math.min(Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
        if (over > 1.5) wrong.push(`${says(one)} lies over ${says(other)}`);
      }
    });
    const page = document.documentElement;
    if (page.scrollWidth > innerWidth || page.scrollHeight > innerHeight) wrong.push("the page is larger than the screen");
    return wrong;
  });
}

/** The names of all units of a wall, page by page; each page is looked at while it is shown. */
export async function turned(page: Page, look: (at: string) => Promise<void>): Promise<string[]> {
  const [at, hold] = [page.locator("[data-turn=at]"), page.locator("[data-turn=hold]")];
  const pages = Number((await at.textContent())?.split("/")[1]);
  // It is stopped while it is looked at, and its first page may be any.
  if (pages > 1) await hold.click();
  const seen = new Map<string, string[]>();
  for (let n = 0; n < pages; n += 1) {
    const where = (await at.textContent()) ?? "";
    seen.set(where, await page.locator("[data-list=units] li:visible .wu-name").allInnerTexts());
    await look(where);
    if (pages > 1) await page.locator("[data-turn=next]").click();
  }
  return [...seen].sort(([a], [b]) => parseInt(a) - parseInt(b)).flatMap(([, names]) => names);
}
