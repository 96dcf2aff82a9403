// A confidential caller through the whole life: nothing that gives them away stands on any page that somebody outside the
// desk can reach, whatever they open, search for or take away.

import type { Page } from "@playwright/test";
import { report } from "../lib/resident.ts";
import { act, claim, dispatch, enter, enterAs, open, pass, resolve, said } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

const NAME = "钟慧敏";
const PHONE = "13711112222";
const TELLING = [NAME, PHONE, "七号楼三单元", "1371111"];
const ACTS = ["dispatch", "redact", "approve", "contact", "relay", "review", "resolve", "archive", "publish", "call-back"];

/** Follows every link that this person sees, and looks at what they could try besides. */
async function sweep(page: Page, no: string, who: string): Promise<number> {
  const waiting = ["/work", "/work/all", "/work/joint", "/work/second", "/board", "/me", "/public", `/work/c/${no}`, `/public/${no}`];
  waiting.push(...ACTS.map((step) => `/work/c/${no}/${step}`), ...["钟慧敏", "路灯", "七号楼"].map((q) => `/work/all?q=${encodeURIComponent(q)}`), "/work/all.xlsx");
  const seen = new Set<string>();
  while (waiting.length > 0 && seen.size < 60) {
    const path = waiting.shift() ?? "";
    if (seen.has(path)) continue;
    seen.add(path);
    const answer = await page.request.get(path);
    expect(answer.status(), `${who}: ${path} was not looked at`).not.toBe(429);
    const text = (answer.headers()["content-type"] ?? "").startsWith("text/html") ? await answer.text() : "";
    // What somebody searched for stands in the search's own field.
    for (const telling of TELLING.filter((words) => !decodeURIComponent(path).includes(words))) {
      expect(text.includes(telling), `${who}: ${telling} stands on ${path}`).toBeFalsy();
    }
    for (const [, href] of text.matchAll(/<a [^>]*href="(\/(?!logout|view|assets|\/)[^"#]*)"/g)) if (href) waiting.push(href.replaceAll("&amp;", "&"));
  }
  return seen.size;
}

test("a confidential caller is given away on no page of a handler's", async ({ newcomer, clean, people }) => {
  test.setTimeout(240_000);
  const [desk, second, department, stranger] = [
    await enter(await newcomer(), people.desk),
    await enterAs(await newcomer(), "区级受理台"),
    await enter(await newcomer(), people.department),
    await enter(await newcomer(), people.stranger),
  ];
  const caller = await newcomer();
  const receipt = await report(
    caller,
    { text: `我叫${NAME}，住七号楼三单元，物业把楼下的路灯关了，还警告我不许投诉。我的电话${PHONE}。`, community: people.community.unit, spot: "七号楼三单元门口", phone: PHONE, confidential: true },
    clean,
  );
  const nobody = await newcomer();
  const all = async (when: string) => {
    for (const [page, who] of [
      [department.page, "department"],
      [stranger.page, "another department"],
      [nobody, "anybody"],
    ] as const) {
      expect(await sweep(page, receipt.no, `${who}, ${when}`)).toBeGreaterThan(10);
    }
  };

  await test.step("two people make the text that handlers read", async () => {
    await open(desk.page, "/work/desk", receipt.no);
    await act(desk.page, "拟脱敏文本");
    await expect(desk.page.locator("mark").first(), "what should be taken out is marked").toBeVisible();
    await clean(desk.page, "redact");
    const text = desk.page.locator('textarea[name="handlers"]');
    expect(await text.inputValue(), "and taken out of the suggestion").not.toContain(PHONE);
    await text.fill("有居民反映物业关闭楼下路灯，并被警告不许投诉。");
    await desk.page.getByRole("button", { name: "提交复核" }).click();
    await said(desk.page, "等待另一位同事复核");
    await all("written, not approved");
    await second.page.goto("/work/second");
    await clean(second.page, "second looks");
    await second.page.goto(`/work/c/${receipt.no}/approve`);
    await clean(second.page, "approve");
    await second.page.getByRole("button", { name: "认不出本人，通过" }).click();
    await said(second.page, "已通过");
  });

  await test.step("a department handles it and reads no more than that", async () => {
    await open(desk.page, "/work/desk", receipt.no);
    await dispatch(desk.page, department.unit, "积水与排水");
    await open(department.page, "/work", receipt.no);
    await expect(department.page.locator("main")).toContainText("有居民反映物业关闭楼下路灯");
    await expect(department.page.locator("main")).toContainText("反映人要求保密");
    await clean(department.page, "a confidential concern, handler");
    await claim(department.page);
    await all("claimed");
  });

  await test.step("the desk, which knows the caller, speaks with them, and the handler does not", async () => {
    await expect(department.page.locator(".actions"), "the handler calls nobody").not.toContainText("首次联系");
    await desk.page.goto(`/work/c/${receipt.no}`);
    await expect(desk.page.locator(".actions")).not.toContainText("办结答复");
    await desk.page.goto(`/work/c/${receipt.no}/contacted`);
    await clean(desk.page, "first contact by the desk");
    await desk.page.getByLabel("电话", { exact: true }).check();
    await desk.page.locator('textarea[name="note"]').fill(`已与${NAME}说明，晚上巡查`);
    await desk.page.locator('form[action$="/contacted"] button[type="submit"]').first().click();
    await expect(desk.page.locator("main")).toContainText("首次联系（电话）");
    await all("the desk spoke with the caller");
  });

  await test.step("what the caller adds is hidden as well", async () => {
    await caller.goto(receipt.path);
    await caller.locator("summary", { hasText: "补充情况" }).click();
    await caller.locator('textarea[name="body"]').fill(`还是${NAME}，昨晚又关了。`);
    await caller.locator('form[action$="/add"] button[type="submit"]').click();
    await expect(caller.locator("body")).toContainText("昨晚又关了");
    await all("added to");
  });

  await test.step("answered, reviewed, and the caller says it was solved", async () => {
    await department.page.goto(`/work/c/${receipt.no}`);
    await resolve(department.page, "已责令物业恢复照明，并约谈负责人。");
    await open(desk.page, "/work/review", receipt.no);
    await pass(desk.page);
    await all("answered");
    await caller.goto(receipt.path);
    await caller.getByLabel("解决了", { exact: true }).check();
    await expect(caller.getByText("办理人员联系过您吗"), "who may not know the caller could not be in touch").toHaveCount(0);
    await caller.getByLabel("满意", { exact: true }).check();
    await caller.getByRole("button", { name: "提交评价" }).click();
    await expect(caller.locator(".tag").first()).toHaveText("已办结");
    await all("closed");
    await desk.page.goto(`/work/c/${receipt.no}/publish`);
    await expect(desk.page.locator("main")).toContainText("不能公开");
  });
});
