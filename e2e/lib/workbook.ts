// A workbook with the habits of real ones: a title over the table, cells full of line ends and tabs,
// dates written as text, one row that says too little and one without a date. Every word is invented.

import writeExcelFile from "write-excel-file/node";

export const HEADERS = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"];

export interface Sheet {
  path: string;
  /** Rows that can be brought in. */
  good: number;
  /** Rows that cannot. */
  bad: number;
}

const THINGS = ["路灯", "井盖", "垃圾桶", "护栏", "公交站牌", "健身器材", "下水道", "绿化带"];

/** Writes the workbook. `tag` keeps its numbers apart from those of other tests. */
export async function workbook(path: string, rows: number, tag: number): Promise<Sheet> {
  const cell = (value: string) => ({ value });
  const data = [[{ value: "网民留言办理情况统计表", columnSpan: HEADERS.length }, ...HEADERS.slice(1).map(() => null)], HEADERS.map(cell)];
  for (let n = 0; n < rows; n++) {
    const thing = THINGS[n % THINGS.length] ?? "路灯";
    const day = `${2016 + (n % 4)}/${1 + (n % 12)}/${1 + (n % 28)}`;
    data.push(
      [
        `${tag}${String(n).padStart(4, "0")}`,
        `U${String(90_000 + n)}`,
        `样例路${n + 1}号旁的${thing}坏了`,
        `${day} 9:0${n % 10}:11`,
        `\r\n\t\t\t\t\t\r\n\t\t\t\t\t样例路${n + 1}号旁边的${thing}坏了有一阵子，  晚上经过不安全。\u00a0希望尽快修好。\r\n\t\t\t\t`,
        `您好！您反映的${thing}已经于当月更换，感谢您的关心。`,
        `${day} 16:20:00`,
      ].map(cell),
    );
  }
  data.push([`${tag}9001`, "U99001", "没有内容的一行", "2018/3/4 10:00:00", "", "", ""].map(cell));
  data.push([`${tag}9002`, "U99002", "日期写错的一行", "去年冬天", "日期写得不对，应当在错误清单里说明白。", "", ""].map(cell));
  await writeExcelFile(data, { sheet: "留言" }).toFile(path);
  return { path, good: rows, bad: 2 };
}
