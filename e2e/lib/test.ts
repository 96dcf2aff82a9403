// What every journey is given: a district of its worker's own with the program running on it, and a
// browser for each person who takes part.

import { test as base, type BrowserContext, type Page } from "@playwright/test";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessible } from "./axe.ts";
import { type Cast, cast } from "./cast.ts";
import { run } from "./program.ts";

interface ForWorker {
  /** The data directory and the address of the program. */
  district: { data: string; address: string };
  /** People who belong together. */
  people: Cast;
}

interface ForTest {
  /** A page of somebody who is not signed in, in a browser of their own. */
  newcomer: () => Promise<Page>;
  /** Checks the page for what keeps people from using it. */
  clean: (page: Page, where: string) => Promise<void>;
}

export const test = base.extend<ForTest, ForWorker>({
  district: [
    async ({}, use, info) => {
      const home = process.env.LIANXIN_E2E;
      if (!home) throw new Error("the seed district was not made");
      const data = join(home, `worker-${info.workerIndex}`);
      cpSync(join(home, "seed"), data, { recursive: true });
      // Who follows every link of a page is quicker than any one sender may be; what is refused to those is tried elsewhere.
      const config = `${data}.toml`;
      writeFileSync(config, '[limits]\ntrack = "off"\n');
      const program = await run(["demo", "--data", data, "--config", config]);
      await use({ data, address: program.address });
      await program.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  people: [async ({ district }, use) => use(await cast(district.address)), { scope: "worker" }],

  baseURL: async ({ district }, use) => use(district.address),

  newcomer: async ({ browser, baseURL }, use, info) => {
    const { viewport, hasTouch, javaScriptEnabled, locale, timezoneId } = info.project.use;
    const open: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ baseURL, viewport, hasTouch, javaScriptEnabled, locale, timezoneId });
      open.push(context);
      return context.newPage();
    });
    for (const context of open) await context.close();
  },

  clean: async ({}, use, info) => use((page, where) => accessible(page, info, where)),
});

export { expect } from "@playwright/test";
