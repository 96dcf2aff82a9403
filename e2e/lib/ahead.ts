// A program of a journey's own, on a copy of the seed district, whose clock can be moved ahead: it ends and begins anew at that
// moment by libfaketime. Where the library is missing the journey waits, so it sets itself moments that are near.

import type { Browser, Page, TestInfo } from "@playwright/test";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { at, faketime } from "./clock.ts";
import { run, type Running } from "./program.ts";

/** Whether the clock can be moved. */
export const moves = faketime() !== undefined;

export interface Ahead {
  /** A page of somebody who is not signed in; pages that were opened before the clock was moved lead nowhere. */
  newcomer(): Promise<Page>;
  /** Goes on at this moment. */
  until(moment: Date): Promise<void>;
  stop(): Promise<void>;
}

/** A moment as people in China write it. */
export function civil(moment: Date): { day: string; time: string } {
  const text = new Date(moment.getTime() + 8 * 3_600_000).toISOString();
  return { day: text.slice(0, 10), time: text.slice(11, 16) };
}

export async function ahead(browser: Browser, info: TestInfo): Promise<Ahead> {
  const home = process.env.LIANXIN_E2E;
  if (!home) throw new Error("the seed district was not made");
  const data = info.outputPath("district");
  cpSync(join(home, "seed"), data, { recursive: true });
  const begin = (env: Record<string, string> = {}): Promise<Running> => run(["demo", "--data", data], env);
  let program = await begin();
  return {
    async newcomer() {
      const { viewport, hasTouch, locale, timezoneId } = info.project.use;
      return (await browser.newContext({ baseURL: program.address, viewport, hasTouch, locale, timezoneId })).newPage();
    },
    async until(moment) {
      if (moves) {
        await program.stop();
        const { day, time } = civil(moment);
        program = await begin(at(`${day} ${time}:00`));
      } else {
        await new Promise((passed) => setTimeout(passed, Math.max(0, moment.getTime() - Date.now())));
      }
    },
    stop: () => program.stop(),
  };
}
