// The wall screen: figures as the server sends them. EventSource connects again by itself; while it cannot, the screen says so.

import { all, make } from "./dom";
import { turning } from "./turn";

interface Below {
  name: string;
  open: number;
  late_text: string;
  wide: number;
  late_wide: number;
  sum: boolean;
}
interface Came {
  id: string;
  time: string;
  place: string;
  text: string;
}
interface Rate {
  title: string;
  value: string;
  n: string;
}
interface Month {
  label: string;
  n: string;
  high: number;
}
interface Wall {
  at: string;
  came: string;
  open: string;
  today: string;
  late: string;
  units: Below[][];
  shape: string;
  recent: Came[];
  rates: Rate[];
  trend: Month[];
}

const SVG = "http://www.w3.org/2000/svg";

function bars(className: string, box: string, rects: Record<string, string>[]): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ class: className, viewBox: box, preserveAspectRatio: "none", "aria-hidden": "true" })) {
    if (value) svg.setAttribute(name, value);
  }
  for (const rect of rects) {
    const drawn = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries(rect)) drawn.setAttribute(name, value);
    svg.append(drawn);
  }
  return svg;
}

const part = (className: string, text: string | number): HTMLElement => make("span", { class: className }, String(text));

function list(name: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-list="${name}"]`);
}

const units = list("units");
const turned = units ? turning(units) : undefined;

const below = (unit: Below): HTMLElement =>
  make(
    "li",
    unit.sum ? { class: "sum" } : {},
    part("wu-name", unit.name),
    bars("wu-bar", "0 0 100 10", [
      { class: "all", width: String(unit.wide), height: "10" },
      { class: "late", width: String(unit.late_wide), height: "10" },
    ]),
    part("wu-n", unit.open),
    part("wu-late", unit.late_text),
  );

function show(wall: Wall): void {
  for (const element of all<HTMLElement>("[data-w]")) {
    const text = String(wall[element.dataset["w"] as keyof Wall] ?? "");
    if (element.textContent === text) continue;
    element.textContent = text;
    if (element.tagName !== "STRONG") continue;
    element.classList.add("moved");
    setTimeout(() => element.classList.remove("moved"), 4000);
  }
  if (units) units.className = wall.shape;
  units?.replaceChildren(...wall.units.map((page) => make("ol", {}, ...page.map(below))));
  turned?.();
  const recent = list("recent");
  if (recent) {
    const known = new Set(all<HTMLElement>("li", recent).map((line) => line.dataset["id"]));
    recent.replaceChildren(
      ...wall.recent.map((came) =>
        make(
          "li",
          { "data-id": came.id, ...(known.has(came.id) ? {} : { class: "new" }) },
          part("wr-time", came.time),
          part("wr-place", came.place),
          part("wr-text", came.text),
        ),
      ),
    );
    if (wall.recent.length > 0) document.querySelector(".wall-none")?.remove();
  }
  list("rates")?.replaceChildren(
    ...wall.rates.map((rate) => make("div", {}, make("dt", {}, rate.title), make("dd", {}, make("strong", {}, rate.value), make("span", {}, rate.n)))),
  );
  list("trend")?.replaceChildren(
    ...wall.trend.map((month) =>
      make(
        "li",
        {},
        part("wt-n", month.n),
        bars("", "0 0 10 100", [{ y: String(100 - month.high), width: "10", height: String(month.high) }]),
        part("wt-label", month.label),
      ),
    ),
  );
}

const main = document.getElementById("wall");
const state = document.getElementById("state");
const address = main?.dataset["live"];

function mark(live: boolean): void {
  document.documentElement.classList.toggle("lost", !live);
  if (state) state.textContent = (live ? main?.dataset["on"] : main?.dataset["off"]) ?? "";
}

/** How long a screen that has come anew does not come anew again for the same program. */
const ONCE = 15 * 60_000;

/** After an upgrade the page comes anew with what belongs to the new program: once, also where two programs serve a house for
    a while and the page came from the other one. */
function upgraded(build: string): void {
  if (build === main?.dataset["build"]) return;
  try {
    const [when, before] = JSON.parse(sessionStorage.getItem("wall") ?? "[0]") as [number, string?];
    if (before === build && Date.now() - when < ONCE) return;
    sessionStorage.setItem("wall", JSON.stringify([Date.now(), build]));
  } catch {
    // Where nothing can be remembered, it waits to be loaded by hand.
    return;
  }
  location.reload();
}

function listen(wait: number): void {
  if (!address) return;
  const source = new EventSource(address);
  source.onopen = () => mark(true);
  source.addEventListener("build", (event: MessageEvent<string>) => upgraded(event.data));
  source.onmessage = (event: MessageEvent<string>) => {
    wait = 3000;
    mark(true);
    show(JSON.parse(event.data) as Wall);
  };
  source.onerror = () => {
    mark(false);
    // A refusal ends an EventSource for good: a screen that nobody attends asks again, ever more seldom.
    if (source.readyState !== EventSource.CLOSED) return;
    source.close();
    setTimeout(() => listen(Math.min(wait * 2, 60_000)), wait);
  };
}

listen(3000);
