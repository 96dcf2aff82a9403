// Every place that somebody's menu leads to: it opens, it fits, it is written as the house writes, and no link of it leads
// to a page that refuses them. In English nothing that the product says itself is Chinese.

import type { Page } from "@playwright/test";
import { enterAs } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

const ROLES = [
  "网格员",
  "社区书记",
  "镇街受理台",
  "镇街干部",
  "镇街领导",
  "部门干部",
  "回访员",
  "督查员",
  "区级受理台",
  "区级领导",
  "党务干部",
  "支部书记",
  "党员",
  "系统管理员",
  "安全管理员",
  "审计管理员",
];

/** Where the menu leads, each place once. */
async function places(page: Page): Promise<string[]> {
  const hrefs = await page.locator("nav.rail a, .top a").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  return [...new Set([...hrefs, "/me"])].filter((href) => href.startsWith("/") && !href.startsWith("/view?"));
}

/** What is wrong with a page as it is shown. */
async function faults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (over > 0) found.push(`wider than the window by ${over}px`);
    // What residents wrote stands as they wrote it.
    const said = ".item, .words, .timeline, textarea, blockquote, .prose, td, th, .marks";
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent?.trim() ?? "";
      const odd = /[\u4e00-\u9fff][,;:?!][\u4e00-\u9fff]|\{[a-z_]+\}|\b(undefined|NaN)\b/.exec(text);
      if (odd && !node.parentElement?.closest(said)) found.push(`${odd[0]} in “${text.slice(0, 40)}”`);
    }
    return found;
  });
}

/** Links of a page that answer with a refusal: each address is asked once for a test. */
async function dead(page: Page, asked: Set<string>): Promise<string[]> {
  const links = await page.locator("a[href^='/']").evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href.split("#")[0] ?? ""));
  const found: string[] = [];
  for (const link of new Set(links)) {
    const address = link.replace(/[0-9a-f]{32}|\d{6,}/g, "·").replace(/=[^&]*/g, "=");
    // Leaving, or turning the page into another language, is no place.
    if (asked.has(address) || /log-?out|[?&](lang|elder)=|\/checkpoint/.test(link)) continue;
    asked.add(address);
    const answer = await page.request.get(link);
    if (answer.status() >= 400) found.push(`${new URL(link).pathname}: ${answer.status()}`);
  }
  return found;
}

for (const role of ROLES) {
  test(`${role}: every place opens, fits and leads on`, async ({ newcomer }) => {
    test.setTimeout(240_000);
    const { page } = await enterAs(await newcomer(), role);
    const icons = await page.locator("nav.rail > ul > li > a use").evaluateAll((uses) => uses.map((use) => use.getAttribute("href")));
    expect.soft(icons.length, "each place has a picture of its own").toBe(new Set(icons).size);
    const asked = new Set<string>();
    for (const place of await places(page)) {
      const answer = await page.goto(place);
      expect.soft(answer?.status(), place).toBe(200);
      expect.soft(await faults(page), place).toEqual([]);
      expect.soft(await dead(page, asked), `links of ${place}`).toEqual([]);
    }
  });
}

test("in English the menu, buttons, tabs and heads of tables are English @desk", async ({ newcomer }) => {
  test.setTimeout(240_000);
  for (const role of ["社区书记", "镇街受理台", "督查员", "区级受理台", "支部书记", "系统管理员", "审计管理员"]) {
    const { page } = await enterAs(await newcomer(), role);
    await page.goto("/view?lang=en&next=/me");
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    for (const place of await places(page)) {
      await page.goto(place);
      const chinese = await page.evaluate(() => {
        // Kept filters have the names that people gave them; what is said to ears only may end in a name.
        const said = Array.from(document.querySelectorAll(".rail-text, .button, legend, .tabs a:not([href^='/work/all']), thead th, .filters-end, .steps, .back"));
        const own = said.filter((element) => !element.closest("[lang^=zh]"));
        const text = (element: Element): string =>
          Array.from(element.childNodes).map((node) => (node instanceof Element ? (node.matches(".unseen") ? "" : text(node)) : (node.textContent ?? ""))).join("");
        return own.map((element) => text(element).trim()).filter((words) => /[\u4e00-\u9fff]/.test(words));
      });
      expect.soft(chinese, `${role}, ${place}`).toEqual([]);
    }
  }
});
