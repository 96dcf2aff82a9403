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
      if (!element.matches(".wr-place, .wr-text") && element.scrollWidth > element.clientWidth + 1) wrong.push(`${says(element)} has no room`);
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
