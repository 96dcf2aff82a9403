// A sitting: the questions come from the browser's store or the server, each answer is sent as it is given and counts as
// saved when the server says that it is on its disk. Without a network the answers wait here, in this browser, and are sent
// when it is back. The clock runs by what the server said was left; the server's own clock decides.

import { all, fill, make } from "./dom";

// The cover: whoever has scripts sits with them.
const cover = document.querySelector<HTMLFormElement>("form[data-start]");
cover?.append(make("input", { type: "hidden", name: "js", value: "1" }));

const opens = document.querySelector<HTMLElement>("[data-opens]");
if (opens) wait(opens);

const form = document.querySelector<HTMLFormElement>("form[data-sit]");
if (form) sit(form);

/** `1:02:03` and `02:03`. */
function clocked(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  return `${hours > 0 ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Counts down to the opening by what the server said was left, and shows the button in its second to whoever waits for it. */
function wait(line: HTMLElement): void {
  const at = performance.now() + Number(line.dataset.opens);
  const tick = (): void => {
    const left = at - performance.now();
    if (left <= 0) {
      location.reload();
      return;
    }
    line.textContent = fill(line.dataset.text ?? "", { left: clocked(left) });
    window.setTimeout(tick, Math.min(500, left + 20));
  };
  tick();
}

interface Waiting {
  /** `q` for letters, `w` for words. */
  kind: string;
  value: string;
  /** When it was given, by this page's own clock, in milliseconds. */
  at: number;
}

function sit(form: HTMLFormElement): void {
  const data = form.dataset as Record<string, string>;
  const place = document.getElementById("questions") as HTMLElement;
  const state = document.getElementById("state") as HTMLElement;
  const clock = document.getElementById("clock") as HTMLElement;
  const store = `lianxin.sit ${data.base} ${data.n}`;
  const waiting = new Map<string, Waiting>(read(store));
  let end = performance.now() + Number(data.left);
  let sending = false;
  let over = false;
  let pause = 0;
  let timer = 0;

  // What waits is kept until the server has it, and no longer: the next user of this browser finds nothing.
  function keep(): void {
    try {
      if (waiting.size === 0) localStorage.removeItem(store);
      else {
        const shift = Date.now() - performance.now();
        localStorage.setItem(store, JSON.stringify([...waiting].map(([q, one]) => [q, { ...one, at: one.at + shift }])));
      }
    } catch {
      // Without a store of its own the page itself remembers.
    }
  }

  function tell(text: string, kind: string): void {
    if (state.dataset.kind === kind && state.textContent === text) return;
    state.textContent = text;
    state.dataset.kind = kind;
  }

  function body(): URLSearchParams {
    const body = new URLSearchParams({ csrf: (form.elements.namedItem("csrf") as HTMLInputElement).value, n: data.n ?? "1" });
    for (const [q, one] of waiting) {
      body.set(one.kind + q, one.value);
      body.set(`t${q}`, String(Math.max(0, Math.round((performance.now() - one.at) / 1000))));
    }
    return body;
  }

  async function send(): Promise<void> {
    if (sending || over || waiting.size === 0) return;
    sending = true;
    const sent = new Map(waiting);
    tell(data.saving ?? "", "saving");
    try {
      const answer = await fetch(`${data.base}/save`, { method: "POST", body: body(), redirect: "manual", credentials: "same-origin" });
      if (answer.status === 200) {
        end = performance.now() + Number(await answer.text());
        for (const [q, one] of sent) if (waiting.get(q) === one) waiting.delete(q);
        keep();
        pause = 0;
        tell(data.saved ?? "", "saved");
      } else if (answer.status === 409 || answer.status === 404) {
        // Handed in elsewhere, or by the end of the time.
        over = true;
        waiting.clear();
        keep();
        location.assign(data.base ?? "/tests");
      } else if (answer.type === "opaqueredirect" || answer.status === 403) {
        tell(data.signedOut ?? "", "failed");
        state.append(" ", make("a", { href: location.pathname }, data.signIn ?? ""));
        pause = 15000;
      } else throw new Error(String(answer.status));
    } catch {
      tell(data.unsaved ?? "", "failed");
      // Not all at the same moment: a second at first, half a minute at most.
      pause = Math.min(30000, (pause || 500) * 2) * (0.75 + Math.random() / 2);
    }
    sending = false;
    if (waiting.size > 0 && !over) soon(pause);
  }

  function soon(after: number): void {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void send(), after);
  }

  function given(q: HTMLElement, after: number): void {
    const no = q.dataset.q ?? "";
    const [kind, value] = value_of(q);
    waiting.set(no, { kind, value, at: performance.now() });
    keep();
    mark(no, value !== "");
    if (state.dataset.kind !== "failed") tell(data.saving ?? "", "saving");
    if (pause === 0) soon(after);
  }

  function mark(no: string, answered: boolean): void {
    document.getElementById(`n${no}`)?.classList.toggle("on", answered);
    count();
  }

  function count(): void {
    const numbers = all("#numbers a");
    const on = numbers.filter((one) => one.classList.contains("on")).length;
    const text = document.getElementById("count");
    if (text) text.textContent = fill(data.answered ?? "", { n: on, all: numbers.length });
  }

  function tick(): void {
    const left = Math.max(0, end - performance.now());
    clock.textContent = clocked(left);
    clock.classList.toggle("soon", left <= 300_000);
    if (left === 0 && !over) {
      over = true;
      hand_in();
    }
  }

  function hand_in(): void {
    over = true;
    for (const [name, value] of body()) {
      if (name !== "csrf" && name !== "n") form.append(make("input", { type: "hidden", name, value }));
    }
    for (const input of all<HTMLInputElement>("#questions input, #questions textarea")) input.disabled = true;
    try {
      localStorage.removeItem(store);
    } catch {
      // Nothing was kept there.
    }
    form.submit();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const dialog = document.getElementById("sure") as HTMLDialogElement | null;
    const open = all("#numbers a:not(.on)").length;
    const line = document.getElementById("sure-open");
    if (line) line.textContent = open > 0 ? fill(data.open ?? "", { n: open }) : "";
    if (!dialog?.showModal) {
      hand_in();
      return;
    }
    dialog.addEventListener("close", () => dialog.returnValue === "yes" && hand_in(), { once: true });
    dialog.returnValue = "";
    dialog.showModal();
  });

  async function load(wait: number): Promise<void> {
    try {
      const answer = await fetch(data.paper ?? "", { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      // Made by us from what was escaped when the paper was; it holds fields and no script, which the policy would refuse.
      place.innerHTML = await answer.text();
    } catch {
      place.replaceChildren(make("p", { class: "hint", role: "alert" }, data.failed ?? ""));
      window.setTimeout(() => void load(Math.min(wait * 2, 20000)), wait * (0.75 + Math.random() / 2));
      return;
    }
    const answers = new Map<string, [string, string]>();
    for (const [q, value] of new URLSearchParams(data.answers)) answers.set(q, ["", value]);
    for (const [q, one] of waiting) answers.set(q, [one.kind, one.value]);
    const numbers = document.getElementById("numbers") as HTMLElement;
    for (const q of all<HTMLElement>("[data-q]", place)) {
      const no = q.dataset.q ?? "";
      const answer = answers.get(no)?.[1] ?? "";
      put(q, answer);
      numbers.append(make("li", {}, make("a", { href: `#q${no}`, id: `n${no}`, class: answer === "" ? "" : "on" }, no)));
      q.addEventListener("change", () => given(q, 0));
      q.addEventListener("input", (event) => {
        const field = event.target as HTMLInputElement;
        if (field.type !== "radio" && field.type !== "checkbox") given(q, 900);
      });
    }
    count();
    if (waiting.size > 0) soon(0);
  }

  window.addEventListener("online", () => {
    pause = 0;
    soon(Math.random() * 500);
  });
  window.addEventListener("pagehide", () => {
    if (waiting.size > 0 && !over) navigator.sendBeacon(`${data.base}/save`, body());
  });
  tick();
  window.setInterval(tick, 500);
  void load(1000);
}

/** What waited in this browser when the page went away, with its times by this page's clock. */
function read(store: string): [string, Waiting][] {
  try {
    const shift = Date.now() - performance.now();
    const kept = JSON.parse(localStorage.getItem(store) ?? "[]") as [string, Waiting][];
    return kept.map(([q, one]) => [q, { ...one, at: one.at - shift }]);
  } catch {
    return [];
  }
}

const BETWEEN = "\u001f";

function value_of(q: HTMLElement): [string, string] {
  const chosen = all<HTMLInputElement>("input[type=radio], input[type=checkbox]", q);
  if (chosen.length > 0) return ["q", chosen.filter((one) => one.checked).map((one) => one.value).join("")];
  const fields = all<HTMLInputElement | HTMLTextAreaElement>("input, textarea", q).map((one) => one.value);
  return ["w", fields.every((one) => one.trim() === "") ? "" : fields.map((one) => one.trim()).join(BETWEEN)];
}

function put(q: HTMLElement, value: string): void {
  for (const one of all<HTMLInputElement>("input[type=radio], input[type=checkbox]", q)) one.checked = value.includes(one.value);
  const parts = value.split(BETWEEN);
  all<HTMLInputElement | HTMLTextAreaElement>("input:not([type=radio]):not([type=checkbox]), textarea", q).forEach((one, at) => {
    one.value = parts[at] ?? "";
  });
}
