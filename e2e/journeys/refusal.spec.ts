// Whoever has no post for a step is refused it: the button is not there, the address does not open,
// and a form sent by hand changes nothing.

import type { Page } from "@playwright/test";
import { report } from "../lib/resident.ts";
import { actions, claim, dispatch, enter, enterAs, open } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

const STEPS = ["dispatch", "decide", "claim", "contacted", "resolve", "object", "escalate", "send-down", "review", "call-back", "relay", "contact", "unreachable", "archive"];

/** Everything that a form of any step might hold, as somebody who writes requests by hand would send it. */
async function forged(page: Page, no: string, step: string): Promise<number> {
  const csrf = await page.locator('input[name="csrf"]').first().getAttribute("value");
  const answer = await page.request.post(`/work/c/${no}/${step}`, {
    headers: { origin: new URL(page.url()).origin },
    maxRedirects: 0,
    form: {
      csrf: csrf ?? "",
      op_key: Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""),
      v: "1",
      reason: "这一步不该由我来办。",
      answer: "这一步不该由我来办。",
      outcome: "withdrawn",
      pass: "1",
      uphold: "1",
      channel: "phone",
      reached: "1",
      solved: "1",
      contacted: "1",
      satisfied: "1",
    },
  });
  return answer.status();
}

test("no step without the post for it @desk", async ({ newcomer, people }) => {
  test.setTimeout(240_000);
  const desk = await enter(await newcomer(), people.desk);
  const community = await enter(await newcomer(), people.community);
  const resident = await newcomer();
  const receipt = await report(resident, { text: "楼道的灯不亮已经一个星期，物业一直没有来修。", community: community.unit, phone: "13900001111" });
  await open(desk.page, "/work/desk", receipt.no);
  await dispatch(desk.page, community.unit, "物业服务不到位");
  await open(community.page, "/work", receipt.no);
  await claim(community.page);
  const before = await community.page.locator(".timeline > li").count();

  // Each of these holds a post, but none for a step of this concern as it stands.
  for (const role of ["部门干部", "回访员", "系统管理员", "安全管理员", "审计管理员"]) {
    await test.step(role, async () => {
      const { page } = role === "部门干部" ? await enter(await newcomer(), people.stranger) : await enterAs(await newcomer(), role);
      const shown = await page.goto(`/work/c/${receipt.no}`);
      // Who calls back reaches the whole district and may read; nobody else here may.
      if (role === "回访员") expect(await actions(page)).toEqual([]);
      else expect([403, 404], `${role} opens the concern`).toContain(shown?.status());
      await page.goto("/me");
      for (const step of STEPS) {
        const form = await page.request.get(`/work/c/${receipt.no}/${step}`, { maxRedirects: 0 });
        const sent = await forged(page, receipt.no, step);
        if (role === "回访员" && step === "call-back") {
          // Their own step, out of turn: led back to the concern, and told so.
          expect(form.status()).toBe(303);
          expect(form.headers()["location"]).toMatch(new RegExp(`^/work/c/${receipt.no}(\\?|$)`));
          expect([403, 409, 422]).toContain(sent);
          continue;
        }
        expect([403, 404], `${role} opens ${step}`).toContain(form.status());
        expect([403, 404], `${role} sends ${step}`).toContain(sent);
      }
    });
  }

  await test.step("who handles it may not take the desk's steps, nor call back", async () => {
    await community.page.goto(`/work/c/${receipt.no}`);
    const offered = await actions(community.page);
    for (const name of ["派单", "审核答复", "登记回访", "归档"]) expect(offered).not.toContain(name);
    for (const step of ["dispatch", "decide", "review", "call-back", "unreachable", "archive"]) {
      const form = await community.page.request.get(`/work/c/${receipt.no}/${step}`, { maxRedirects: 0 });
      expect(form.status(), `the handler opens ${step}`).toBe(403);
      expect([403, 422], `the handler sends ${step}`).toContain(await forged(community.page, receipt.no, step));
    }
  });

  await test.step("who is not signed in is asked to sign in", async () => {
    const stranger = await newcomer();
    await stranger.goto(`/work/c/${receipt.no}`);
    expect(new URL(stranger.url()).pathname).toBe("/login");
    const sent = await stranger.request.post(`/work/c/${receipt.no}/claim`, { maxRedirects: 0, headers: { origin: new URL(stranger.url()).origin }, form: { v: "1" } });
    expect([303, 401, 403]).toContain(sent.status());
  });

  await test.step("a request from another site is refused", async () => {
    const sent = await community.page.request.post(`/work/c/${receipt.no}/resolve`, { maxRedirects: 0, headers: { origin: "https://elsewhere.example" }, form: { v: "1", answer: "x" } });
    expect(sent.status()).toBe(403);
  });

  await test.step("a wrong secret opens nothing", async () => {
    const wrong = receipt.path.replace(/[^/]+$/, "AAAAAAAAAAAAAAAA");
    const answer = await resident.request.get(wrong, { maxRedirects: 0 });
    expect([303, 403, 404]).toContain(answer.status());
  });

  await community.page.goto(`/work/c/${receipt.no}`);
  expect(await community.page.locator(".timeline > li").count(), "nothing was added to the record").toBe(before);
});
