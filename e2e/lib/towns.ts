// Towns that a journey needs besides those of the demonstration, made as the system administrator would.

import { type Page, expect } from "@playwright/test";
import { randomBytes } from "node:crypto";

export interface Town {
  unit: string;
  /** The names of its communities, in their order. */
  communities: string[];
}

/** Makes a town with communities of these names. The page is that of a system administrator; `no` is a number of the town's own. */
export async function town(page: Page, no: number, name: string, communities: string[]): Promise<Town> {
  await page.goto("/admin/units");
  const district = /unit=([0-9a-f]{32})/.exec((await page.locator('a[href^="/admin/units/add"]').getAttribute("href")) ?? "")?.[1] ?? "";
  const six = /\b(\d{6})0{6}\b/.exec(await page.locator("main").innerText())?.[1] ?? "";
  await page.goto(`/admin/units/add?unit=${district}`);
  const csrf = await page.locator('main input[name="csrf"]').inputValue();
  const add = async (unit: string, level: string, called: string, code: string, ord: number): Promise<string> => {
    const sent = await page.request.post("/admin/units/add", {
      headers: { origin: new URL(page.url()).origin },
      form: { csrf, op_key: randomBytes(16).toString("hex"), unit, level, name: called, code, ord },
      maxRedirects: 0,
    });
    expect(sent.status(), `${called} is made`).toBe(303);
    return /unit=([0-9a-f]{32})/.exec(sent.headers()["location"] ?? "")?.[1] ?? "";
  };
  const nine = `${six}${String(no).padStart(3, "0")}`;
  const unit = await add(district, "town", name, `${nine}000`, no);
  for (const [at, called] of communities.entries()) await add(unit, "community", called, `${nine}${String(at + 1).padStart(3, "0")}`, at + 1);
  return { unit, communities };
}
