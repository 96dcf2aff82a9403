// Says what checking a receipt found: on the receipt's page, in a saved file, and for a file that is
// chosen on the page about the log. The words come with the page.

import "./floor";
import { all, fill, make } from "./dom";
import { type Checked, type CheckedStep, check, parseReceipt } from "./proof";

type Words = Record<string, string>;

function words(of: HTMLElement): Words {
  return JSON.parse(of.dataset["words"] ?? "{}") as Words;
}

function say(into: Element, tone: string, lines: string[]): HTMLElement {
  const box = make("div", { class: `proof-line ${tone}` }, ...lines.filter(Boolean).map((line) => make("p", {}, line)));
  into.replaceChildren(box);
  return box;
}

function when(at: number): string {
  return new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
    timeZone: "Asia/Shanghai",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  }).format(new Date(at));
}

function stepLine(step: CheckedStep, w: Words): HTMLElement {
  const tone = step.standing === "good" ? "good" : step.standing === "waits" ? "waits" : "wrong";
  const facts = [w[`step_${step.standing}`] ?? ""];
  if (step.index !== null) facts.push(fill(w["entry"] ?? "", { n: step.index + 1 }));
  if (step.at !== null) facts.push(fill(w["recorded"] ?? "", { when: when(step.at) }));
  if (step.sealed && tone === "good") facts.push(w["step_sealed"] ?? "");
  const lines = tone === "wrong" ? [] : step.texts.flatMap((text) => text.split("\n")).filter(Boolean);
  const said = lines.map((line) => make("span", { class: "proof-facts proof-text" }, line));
  return make("li", { class: `proof-step ${tone}` }, make("span", { class: "proof-title" }, step.title), make("span", { class: "proof-facts" }, facts.filter(Boolean).join(" · ")), ...said);
}

function show(into: Element, checked: Checked, w: Words): void {
  const count = (standing: (step: CheckedStep) => boolean) => checked.steps.filter(standing).length;
  const good = count((step) => step.standing === "good");
  const waits = count((step) => step.standing === "waits");
  const wrong = checked.steps.length - good - waits;
  const lines: string[] = [];
  // A whole file has steps: without any it would be neither right nor wrong.
  if (checked.signed && checked.steps.length === 0) {
    say(into, "wrong", [w["unread"] ?? ""]);
    return;
  }
  // What is wrong comes first: who reads one line must not go away reassured.
  if (!checked.signed) lines.push(w["unsigned"] ?? "");
  else if (wrong > 0) lines.push(fill(w["wrong"] ?? "", { n: wrong }));
  if (checked.differs.length > 0) lines.push(w["differs"] ?? "", ...checked.differs);
  if (checked.signed && wrong === 0 && good > 0) lines.push(fill((good === 1 ? w["good_one"] : w["good"]) ?? "", { n: good }));
  const bad = !checked.signed || wrong > 0 || checked.differs.length > 0;
  if (bad) lines.push(w["wrong_more"] ?? "");
  if (waits > 0) lines.push(fill(w["waits"] ?? "", { n: waits }));
  if (!bad && good > 0) {
    const names = checked.witnesses.map((witness) => witness.name).join(", ");
    lines.push(names ? fill(w["witnessed"] ?? "", { names }) : (w["self_attested"] ?? ""));
  }
  say(into, bad ? "wrong" : good > 0 ? "good" : "waits", lines);
  const steps = make("ol", { class: "proof-steps" }, ...checked.steps.map((step) => stepLine(step, w)));
  const list = document.querySelector<HTMLElement>("[data-proof-steps]");
  if (list) list.replaceChildren(steps);
  else if (into.closest("[data-proof-file]")) into.append(steps);
}

/** On the receipt's page: as soon as the page has come. */
async function page(of: HTMLElement): Promise<void> {
  const w = words(of);
  const said = of.querySelector(".proof-said") ?? of;
  say(said, "waits", [w["checking"] ?? ""]);
  try {
    const answer = await fetch(of.dataset["proof"] ?? "", { credentials: "same-origin", referrerPolicy: "no-referrer" });
    if (!answer.ok) throw new Error(String(answer.status));
    show(said, check(parseReceipt(await answer.text())), w);
    // What the server found is for who runs no scripts; said twice it would only be read twice.
    document.querySelector("[data-proof-server]")?.remove();
  } catch {
    say(said, "waits", [w["unreached"] ?? ""]);
  }
}

/** On the page about the log: a file from this machine, which stays on it. */
function file(of: HTMLElement): void {
  const w = words(of);
  const said = of.querySelector(".proof-said") ?? of;
  const input = of.querySelector<HTMLInputElement>("input[type=file]");
  input?.addEventListener("change", async () => {
    const chosen = input.files?.[0];
    if (!chosen) return;
    say(said, "waits", [w["checking"] ?? ""]);
    try {
      const receipt = parseReceipt(await chosen.text());
      const log = of.dataset["log"] || null;
      if (log && receipt.log !== log) say(said, "wrong", [w["other_log"] ?? ""]);
      else show(said, check(receipt, log), w);
    } catch {
      say(said, "wrong", [w["unread"] ?? ""]);
    }
  });
}

function saved(of: HTMLElement): void {
  const w = words(of);
  const said = of.querySelector(".proof-said") ?? of;
  try {
    show(said, check(parseReceipt(document.querySelector("#receipt")?.textContent ?? "")), w);
  } catch {
    say(said, "wrong", [w["unread"] ?? ""]);
  }
}

for (const of of all<HTMLElement>("[data-proof]")) void page(of);
for (const of of all<HTMLElement>("[data-proof-file]")) file(of);
for (const of of all<HTMLElement>("[data-proof-saved]")) saved(of);
