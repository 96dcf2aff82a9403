// Several who answer for one matter, and one answer for several who asked: departments that a town calls,
// and repeats that are answered together while each resident keeps their own.

import { type Receipt, pick, report } from "../lib/resident.ts";
import { act, choose, claim, dispatch, enter, open, resolve, said } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

const PROPERTY = "物业服务不到位";

test("a town calls two departments, and each is seen to come and to do its part", async ({ newcomer, clean, people }) => {
  test.setTimeout(180_000);
  const [desk, town, first, second] = [
    await enter(await newcomer(), people.desk),
    await enter(await newcomer(), people.town),
    await enter(await newcomer(), people.department),
    await enter(await newcomer(), people.stranger),
  ];
  const resident = await newcomer();
  const receipt = await report(resident, { text: "河边的步道被水冲垮了一段，积水里还有死鱼，味道很大，路过的人都绕着走。", community: people.community.unit });

  await test.step("the town keeps it and calls both", async () => {
    await open(desk.page, "/work/desk", receipt.no);
    await dispatch(desk.page, desk.unit, PROPERTY);
    await open(town.page, "/work", receipt.no);
    await claim(town.page);
    await desk.page.goto(`/work/c/${receipt.no}`);
    await act(desk.page, "吹哨");
    await clean(desk.page, "whistle");
    await expect(desk.page.locator("main"), "until when, and by which rule").toContainText("报到时限");
    for (const unit of [first.unit, second.unit]) await desk.page.getByRole("checkbox", { name: unit }).check();
    await pick(desk.page, "lead", first.unit);
    await desk.page.getByLabel("需要各部门做什么").fill("今天下午三点在步道现场会商，水务修步道，卫健查水质。");
    await desk.page.getByRole("button", { name: "吹哨", exact: true }).click();
    await said(desk.page, "已召集");
    await expect(desk.page.locator("main")).toContainText("（牵头）");
    await clean(desk.page, "a concern with a call");
  });

  for (const [who, note] of [
    [first, "已派抢修队，步道当晚恢复通行。"],
    [second, "已取水样，结果正常，死鱼已清理。"],
  ] as const) {
    await test.step(`${who.unit} comes and does its part`, async () => {
      await who.page.goto("/work/joint?tab=called");
      await clean(who.page, "called");
      await who.page.locator(`a.item[href*="${receipt.no}"]`).click();
      await who.page.goto(`/work/c/${receipt.no}`);
      await act(who.page, "报到");
      await clean(who.page, "report in");
      await who.page.getByRole("button", { name: "报到", exact: true }).click();
      await said(who.page, "已报到");
      await act(who.page, "登记本部门办理情况");
      await clean(who.page, "our part");
      await who.page.getByLabel("本部门做了什么").fill(note);
      await who.page.getByLabel("属于", { exact: true }).check();
      await who.page.getByRole("button", { name: "登记", exact: true }).click();
      await said(who.page, "已登记");
    });
  }

  await test.step("the town sees both, closes the call, and the resident was told", async () => {
    await desk.page.goto("/work/joint?tab=whistles");
    await clean(desk.page, "calls");
    await desk.page.goto(`/work/c/${receipt.no}`);
    await expect(desk.page.locator("main")).toContainText(first.unit);
    await expect(desk.page.locator("main")).toContainText(second.unit);
    await act(desk.page, "结束吹哨");
    await desk.page.getByLabel("处置结果").fill("步道恢复通行，水质正常。");
    await desk.page.getByRole("button", { name: "结束吹哨" }).click();
    await said(desk.page, "吹哨已结束");
    await resident.goto(receipt.path);
    await expect(resident.locator(".timeline")).toContainText("召集 2 个部门共同办理");
    await clean(resident, "tracking, departments called");
  });
});

test("three repeats are answered together, and each resident is answered for themselves", async ({ newcomer, clean, people }, info) => {
  test.setTimeout(180_000);
  const [desk, department] = [await enter(await newcomer(), people.desk), await enter(await newcomer(), people.department)];
  const residents = [await newcomer(), await newcomer(), await newcomer()];
  // Of each face its own matter: repeats are found by what is alike.
  const what = info.project.name === "desk" ? "幼儿园门口的排水沟堵了，一下雨就漫到路上" : "菜市场后面的窨井一直往外冒脏水，臭味飘到楼上";
  const receipts: Receipt[] = [];
  for (const [n, resident] of residents.entries()) {
    receipts.push(await report(resident, { text: `${what}，${["接孩子的人都踩水过去", "老人不敢出门", "已经第三次反映了"][n]}。`, community: people.community.unit }));
  }
  const [main, ...others] = receipts;
  if (!main) throw new Error("nothing was reported");

  await test.step("the desk is shown what is alike and merges", async () => {
    await open(desk.page, "/work/desk", main.no);
    await act(desk.page, "并单");
    await clean(desk.page, "merge");
    for (const other of others) await desk.page.locator(`input[name="other"][value="${other.no}"]`).check();
    await desk.page.getByLabel("并单理由").fill("同一处排水设施，三位居民先后反映。");
    await desk.page.getByRole("button", { name: "并入这一件" }).click();
    await said(desk.page, "已并单");
    await clean(desk.page, "merged");
    await desk.page.goto("/work/desk");
    for (const other of others) await expect(desk.page.locator(`a.item[href*="${other.no}"]`), "what is merged waits for no dispatch").toHaveCount(0);
  });

  await test.step("one unit answers once", async () => {
    await desk.page.goto(`/work/c/${main.no}`);
    await act(desk.page, "派单");
    await choose(desk.page, department.unit, "积水与排水");
    await said(desk.page, "已派给");
    await open(department.page, "/work", main.no);
    await claim(department.page);
    await resolve(department.page, "排水沟已清淤，加装了篦子，雨天安排专人值守。");
    await open(desk.page, "/work/review", main.no);
    await act(desk.page, "审核答复");
    await expect(desk.page.locator("main"), "who reviews is told who reads it").toContainText("还有 2 件并入");
    await desk.page.getByRole("button", { name: "通过，转回访" }).click();
    await said(desk.page, "已通过");
  });

  await test.step("each reads it under their own number and says for themselves whether it was solved", async () => {
    for (const [n, resident] of residents.entries()) {
      const receipt = receipts[n];
      if (!receipt) throw new Error("a receipt is missing");
      await resident.goto(receipt.path);
      await expect(resident.locator("body")).toContainText(receipt.number);
      await expect(resident.locator("body")).toContainText("排水沟已清淤");
      await clean(resident, `tracking, answered together, ${n}`);
      await resident.getByLabel(n === 1 ? "没有解决" : "解决了", { exact: true }).check();
      await resident.getByLabel("联系过", { exact: true }).check();
      await resident.getByLabel(n === 1 ? "不满意" : "满意", { exact: true }).check();
      if (n === 1) await resident.getByLabel("还想说一句").fill("门口还是有积水。");
      await resident.getByRole("button", { name: "提交评价" }).click();
      await expect(resident.locator(".tag").first()).toHaveText(n === 1 ? "正在确定承办单位" : "已办结");
    }
  });
});
