// What members of staff do, in the words that stand on the pages.

import { type Page, expect } from "@playwright/test";
import type { Member } from "./cast.ts";
import { pick } from "./resident.ts";

export interface Colleague {
  page: Page;
  /** The unit where they sit. */
  unit: string;
  name: string;
}

type Look = (page: Page, where: string) => Promise<void>;

/** Enters the demonstration as the person whom its page of roles offers for a role, with one tap. */
export async function enterAs(page: Page, role: string): Promise<Colleague> {
  await page.goto("/demo");
  const card = page.locator("form button", { has: page.locator("strong", { hasText: new RegExp(`^${role} `) }) });
  const name = (await card.locator("strong").innerText()).replace(role, "").trim();
  const place = ((await card.locator(".tile-text > span").innerText()).split(" · ")[0] ?? "").trim();
  await card.click();
  await expect(page.locator(".who-name")).toContainText(name);
  return { page, unit: place.split(" ").at(-1) ?? place, name };
}

/** Enters the demonstration as somebody whom the page of roles does not offer. */
export async function enter(page: Page, member: Member): Promise<Colleague> {
  await page.goto("/demo");
  const sent = await page.request.post("/demo", { headers: { origin: new URL(page.url()).origin }, form: { person: member.person } });
  expect(sent.ok(), `${member.name} enters`).toBeTruthy();
  await page.goto("/work");
  await expect(page.locator(".who-name")).toContainText(member.name);
  return { page, unit: member.unit, name: member.name };
}

/** Opens a concern from the list in which it waits. */
export async function open(page: Page, list: string, no: string): Promise<void> {
  await page.goto(list);
  const row = page.locator(`a.item[href*="${no}"]`);
  const more = page.locator("#more a");
  while ((await row.count()) === 0 && (await more.count()) > 0) {
    const before = await page.locator("a.item").count();
    await more.click();
    if (!page.url().includes("after")) await expect.poll(() => page.locator("a.item").count()).not.toBe(before);
  }
  await expect(row).toBeVisible();
  await page.goto(`/work/c/${no}`);
}

/** Presses one of the actions that apply now, also where it stands under 更多. */
export async function act(page: Page, name: string): Promise<void> {
  const actions = page.locator(".actions");
  const found = actions.getByRole("link", { name, exact: true }).or(actions.getByRole("button", { name, exact: true }));
  if (!(await found.isVisible())) await actions.locator("summary").click();
  await found.click();
}

/** Which actions the page offers. */
export async function actions(page: Page): Promise<string[]> {
  const texts = await page.locator(".actions a, .actions form button").allTextContents();
  return texts.map((text) => text.trim());
}

/** What the page says was done. */
export async function said(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.locator(".flash")).toContainText(text);
}

/** Dispatches to a unit: with the kind whose name ends so, else with the suggested one, else the first. */
export async function dispatch(page: Page, unit: string, kind = "", look: Look = async () => {}): Promise<void> {
  await act(page, "派单");
  await look(page, "dispatch");
  await choose(page, unit, kind);
  await said(page, "已派给");
}

/** Fills the form of dispatching and sends it. */
export async function choose(page: Page, unit: string, kind = ""): Promise<void> {
  const field = page.getByLabel("类别");
  if (kind) {
    const value = await field.locator("option", { hasText: kind }).first().getAttribute("value");
    await field.selectOption(value ?? "");
  } else if ((await field.inputValue()) === "") {
    await field.selectOption({ index: 1 });
  }
  await pick(page, "unit", unit);
  await page.getByRole("button", { name: "确认派单" }).click();
}

/** Claims, which is one press. */
export async function claim(page: Page): Promise<void> {
  await act(page, "签收");
  await said(page, "已签收");
}

export async function resolve(page: Page, answer: string, look: Look = async () => {}): Promise<void> {
  await act(page, "办结答复");
  await look(page, "resolve");
  await page.getByLabel("给居民的答复").fill(answer);
  await page.getByRole("button", { name: "提交审核" }).click();
  await said(page, "已提交审核");
}

export async function pass(page: Page, look: Look = async () => {}): Promise<void> {
  await act(page, "审核答复");
  await look(page, "review");
  await page.getByRole("button", { name: "通过，转回访" }).click();
  await said(page, "已通过");
}
