// A concern from the first word to the archive, from each person's side, the long way round: sent to
// the wrong unit, objected to, sent again, handed up, answered, not solved, taken up again, solved.

import { report } from "../lib/resident.ts";
import { act, actions, choose, claim, dispatch, enter, open, pass, resolve, said } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

/** A kind that is not a department's. */
const PROPERTY = "物业服务不到位";

test("a concern goes the long way and ends where the resident says so @resident", async ({ newcomer, clean, people }) => {
  test.setTimeout(240_000);
  const [desk, community, department, town, caller] = [
    await enter(await newcomer(), people.desk),
    await enter(await newcomer(), people.community),
    await enter(await newcomer(), people.department),
    await enter(await newcomer(), people.town),
    await enter(await newcomer(), people.caller),
  ];
  const resident = await newcomer();
  const words = "三号楼前的下水道从上周开始一直往外冒水，老人出门要绕一大圈，希望尽快疏通。";

  const receipt = await test.step("the resident reports, without an account", () =>
    report(resident, { text: words, community: community.unit, spot: "三号楼前", phone: "13812345678" }, clean));
  await resident.goto(receipt.path);
  await expect(resident.locator("body")).toContainText(receipt.number);
  await expect(resident.locator(".tag").first()).toHaveText("正在确定承办单位");
  await clean(resident, "tracking, just received");

  await test.step("the desk sends it to a department", async () => {
    await open(desk.page, "/work/desk", receipt.no);
    await clean(desk.page, "a concern at the desk");
    await dispatch(desk.page, department.unit, "积水与排水", clean);
  });

  await test.step("the department objects", async () => {
    await open(department.page, "/work", receipt.no);
    await act(department.page, "提出异议");
    await clean(department.page, "object");
    await department.page.getByLabel("理由").fill("该处下水道属于小区内部设施，由社区协调物业维护。");
    await department.page.getByRole("button", { name: "提出异议" }).click();
    await said(department.page, "异议已提交");
  });

  await test.step("the desk agrees and sends it to the community", async () => {
    await open(desk.page, "/work/desk", receipt.no);
    await act(desk.page, "裁定异议");
    await clean(desk.page, "decide");
    await desk.page.getByRole("button", { name: "同意，改派" }).click();
    await said(desk.page, "已同意异议");
    await act(desk.page, "派单");
    await expect(desk.page.locator("#f-unit label.row", { hasText: department.unit }), "a unit whose objection was upheld is not offered again").toHaveCount(0);
    await choose(desk.page, community.unit, "积水与排水");
    await expect(desk.page.locator(".errors"), "what is a department's duty is not put on a community").toContainText("不能派给社区");
    await clean(desk.page, "dispatch, refused");
    await choose(desk.page, community.unit, PROPERTY);
    await said(desk.page, "已派给");
  });

  await test.step("the community takes it up, calls, and hands it up", async () => {
    await open(community.page, "/work", receipt.no);
    await claim(community.page);
    await act(community.page, "登记首次联系");
    await clean(community.page, "first contact");
    await community.page.getByLabel("电话", { exact: true }).check();
    await community.page.getByRole("button", { name: "登记", exact: true }).click();
    await said(community.page, "已登记首次联系");
    await act(community.page, "上报");
    await clean(community.page, "escalate");
    await community.page.getByLabel("理由").fill("主管道堵塞，需要镇街协调专业队伍疏通。");
    await community.page.getByRole("button", { name: "确认上报" }).click();
    await said(community.page, "已上报");
  });

  await test.step("the town answers, the desk reviews", async () => {
    await open(town.page, "/work", receipt.no);
    await claim(town.page);
    await resolve(town.page, "已于今天上午疏通主管道，现场不再冒水。", clean);
    await open(desk.page, "/work/review", receipt.no);
    await pass(desk.page, clean);
  });

  await test.step("the resident is called from outside the line, and says it is not solved", async () => {
    await open(caller.page, "/work/callbacks", receipt.no);
    await act(caller.page, "登记回访");
    await clean(caller.page, "call back");
    const form = caller.page;
    await form.getByLabel("电话", { exact: true }).check();
    await form.getByLabel("联系上了", { exact: true }).check();
    await form.getByRole("group", { name: "问题解决了吗" }).getByRole("radio").nth(1).check();
    await form.getByRole("group", { name: "承办人员联系过居民吗" }).getByRole("radio").nth(0).check();
    await form.getByRole("group", { name: "对办理满意吗" }).getByRole("radio").nth(1).check();
    await form.getByLabel(/居民的话/).fill("昨天夜里又冒水了，没有真正修好。");
    await form.getByRole("button", { name: "登记", exact: true }).click();
    await said(form, "没有解决");
  });

  await test.step("the resident sees that it was taken up again", async () => {
    await resident.goto(receipt.path);
    await expect(resident.locator(".tag").first()).toHaveText("正在确定承办单位");
    await expect(resident.locator(".timeline")).toContainText("没有解决");
    await clean(resident, "tracking, taken up again");
  });

  await test.step("second round: the community sees to it", async () => {
    await open(desk.page, "/work/desk", receipt.no);
    await dispatch(desk.page, community.unit, PROPERTY);
    await open(community.page, "/work", receipt.no);
    await claim(community.page);
    await resolve(community.page, "更换了破损的管道并连续观察两天，没有再冒水。");
    await open(desk.page, "/work/review", receipt.no);
    await pass(desk.page);
  });

  await test.step("the resident answers the call-back by the receipt: solved, and it is archived", async () => {
    await resident.goto(receipt.path);
    await clean(resident, "asked whether it was solved");
    await resident.getByLabel("解决了", { exact: true }).check();
    await resident.getByLabel("联系过", { exact: true }).check();
    await resident.getByLabel("满意", { exact: true }).check();
    await resident.getByRole("button", { name: "提交评价" }).click();
    await expect(resident.locator(".flash")).toContainText("已经记下");
    await expect(resident.locator(".tag").first()).toHaveText("已办结");
    await expect(resident.locator(".timeline")).toContainText("已解决");
    await clean(resident, "archived");
  });

  await test.step("nothing is left to do for anybody", async () => {
    for (const who of [desk, community, town]) {
      await who.page.goto(`/work/c/${receipt.no}`);
      await expect(who.page.locator("h1")).toBeVisible();
      expect(await actions(who.page)).not.toContain("签收");
      expect(await actions(who.page)).not.toContain("派单");
    }
  });
});
