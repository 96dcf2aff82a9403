// The look: every component in every state, whole pages made of them, in three languages and in large
// text. Nothing that axe finds, nothing wider than the window, nothing small where text is large.

import { accessible } from "../lib/axe.ts";
import { expect, test } from "../lib/test.ts";

const PAGES = ["", "/home", "/question", "/errors", "/place", "/sent", "/track", "/work", "/case", "/list", "/confirm"];

for (const face of ["lang=zh-Hans&elder=0", "lang=zh-Hant&elder=0", "lang=en&elder=0", "lang=zh-Hans&elder=1", "lang=en&elder=1"]) {
  test(`the gallery, ${face}`, async ({ page }, info) => {
    test.setTimeout(300_000);
    // Traditional Chinese has the widths of simplified: the components alone tell enough.
    for (const path of face.includes("zh-Hant") ? [""] : PAGES) {
      await page.goto(`/kit${path}?${face}`);
      await expect(page.locator("h1").first()).toBeAttached();
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(over, `${path} is wider than the window`).toBeLessThanOrEqual(0);
      // As high as the page: a bar that stays in sight covers what one would scroll to, and is no fault then.
      const window_ = page.viewportSize();
      if (!window_) throw new Error("a page without a window");
      await page.setViewportSize({ width: window_.width, height: await page.evaluate(() => document.documentElement.scrollHeight) });
      await accessible(page, info, `kit${path || "/all"} ${face}`);
      await page.setViewportSize(window_);
      if (!face.endsWith("elder=1")) continue;
      // Large text: 24 px at least, and 60 px to touch; links within a sentence may be as high as its line.
      const small = await page.evaluate(() => {
        const seen = (element: Element): boolean => element.getBoundingClientRect().width > 2 && getComputedStyle(element).visibility !== "hidden";
        const texts = Array.from(document.querySelectorAll("body *")).filter(
          (element) => seen(element) && Array.from(element.childNodes).some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim()),
        );
        const touched = Array.from(document.querySelectorAll(".button, select, summary, label.row, .switch, .back, input[type=text], input[type=tel]")).filter(seen);
        return [
          ...texts.filter((element) => parseFloat(getComputedStyle(element).fontSize) < 24).map((element) => `text ${element.className}`),
          ...touched.filter((element) => element.getBoundingClientRect().height < 59.5).map((element) => `target ${element.className}`),
        ];
      });
      expect(small, path).toEqual([]);
    }
  });
}

test("a list by keyboard, with the detail beside it @desk", async ({ page }) => {
  await page.goto("/kit/work");
  const items = page.locator("#rows a.item");
  const rows = await items.count();
  await expect(page.locator("#detail h1")).toBeVisible();
  await expect(items.first()).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("j");
  await expect(items.nth(1)).toBeFocused();
  await expect(items.nth(1)).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("k");
  await expect(items.first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#detail h1")).toBeFocused();
  await page.keyboard.press("/");
  await expect(page.locator("[data-search]")).toBeFocused();
  await page.locator("#more a").click();
  await expect(items).toHaveCount(rows * 2);
  await page.locator("#detail [data-opens]").first().click();
  await expect(page.locator("dialog[open]")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.locator("dialog[open]")).toHaveCount(0);
});
