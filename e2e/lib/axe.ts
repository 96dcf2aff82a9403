// No page of a journey may have a violation of WCAG 2.2 A or AA that a machine can find.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, type TestInfo } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

/** Fails with each violation, the element it is at, and the page that explains it. */
export async function accessible(page: Page, info: TestInfo, where: string): Promise<void> {
  const found = info.project.use.javaScriptEnabled === false ? await ofCopy(page) : await violations(page);
  expect.soft(found, `${where} (${page.url()})`).toEqual([]);
}

async function violations(page: Page): Promise<string[]> {
  await lay(page);
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  await page.evaluate(() => {
    for (const bar of document.querySelectorAll<HTMLElement>("[data-laid]")) {
      bar.style.position = "";
      delete bar.dataset.laid;
    }
  });
  return violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.html}\n    ${node.failureSummary?.replaceAll("\n", "\n    ")}\n    ${violation.helpUrl}`),
  );
}

/** Puts bars that float over a page into its flow: what they cover at this moment can be scrolled free, but the checker takes it as covered for good. */
async function lay(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const bar of document.querySelectorAll<HTMLElement>("body *")) {
      if (["fixed", "sticky"].includes(getComputedStyle(bar).position)) {
        bar.dataset.laid = "";
        bar.style.position = "static";
      }
    }
  });
}

/** Where a browser runs no scripts the checker cannot run either: it looks at a copy of what is shown. */
async function ofCopy(page: Page): Promise<string[]> {
  const shown = (await page.content()).replaceAll(/<(\/?)noscript/g, "<$1div");
  const browser = page.context().browser();
  if (!browser) throw new Error("the context has no browser");
  const context = await browser.newContext({ viewport: page.viewportSize(), javaScriptEnabled: true });
  try {
    const copy = await context.newPage();
    await copy.route("**/*", (route) => {
      if (route.request().isNavigationRequest()) return route.fulfill({ contentType: "text/html; charset=utf-8", body: shown });
      return route.request().resourceType() === "script" ? route.abort() : route.continue();
    });
    await copy.goto(page.url());
    return await violations(copy);
  } finally {
    await context.close();
  }
}
