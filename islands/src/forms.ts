// Small help for forms: counters, chosen rows, one submission at a time, nothing lost by leaving.

import { all, fill, make } from "./dom";
import { failed, offline } from "./network";

/** Counts what is left as people count: one for each character, spaces at the ends not counted. */
export function counters(under: ParentNode): void {
  for (const area of all<HTMLTextAreaElement>("textarea[data-count]", under)) {
    const max = Number(area.dataset["count"]);
    const line = make("p", { class: "counter", id: `c-${area.name}` });
    area.after(line);
    area.setAttribute("aria-describedby", `${area.getAttribute("aria-describedby") ?? ""} c-${area.name}`.trim());
    const update = (): void => {
      const left = max - Array.from(area.value.trim()).length;
      const over = left < 0;
      line.textContent = fill((over ? area.dataset["over"] : area.dataset["left"]) ?? "", { n: Math.abs(left) });
      line.classList.toggle("over", over);
      // It is read aloud only when it matters.
      line.setAttribute("aria-live", left <= 20 ? "polite" : "off");
    };
    area.addEventListener("input", update);
    update();
  }
}

/** The row of what is chosen is tinted; without :has() a script must say so. */
export function rows(under: ParentNode): void {
  const paint = (): void => {
    for (const input of all<HTMLInputElement>(".row > input", under)) input.parentElement?.classList.toggle("on", input.checked);
  };
  under.addEventListener("change", paint);
  paint();
}

/** A second click does not send a second time (the server would answer the first one again, but why wait for it). */
export function once(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post") return;
    // What was typed stays where it is until there is a network again.
    if (offline()) {
      event.preventDefault();
      failed();
      return;
    }
    if (form.dataset["sent"]) {
      event.preventDefault();
      return;
    }
    form.dataset["sent"] = "1";
    const free = (): void => {
      delete form.dataset["sent"];
      for (const button of all<HTMLButtonElement>("button[aria-busy]", form)) button.removeAttribute("aria-busy");
    };
    (event as SubmitEvent).submitter?.setAttribute("aria-busy", "true");
    // If the network never answers, the form is free again.
    setTimeout(free, 15000);
  });
  // Back from the next page, which browsers show as it was left.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of all<HTMLFormElement>("form[data-sent]")) delete form.dataset["sent"];
    for (const button of all("button[aria-busy]")) button.removeAttribute("aria-busy");
  });
}

const touched = new Set<HTMLFormElement>();
const laidAside = new Set<Element>();

/** Whether something was typed under an element, in a form marked data-leave, that was not sent. */
export function unsent(under: Element): boolean {
  return Array.from(touched).some((form) => under.contains(form));
}

/** Says of a part of the page that it was taken off and will come back, or that it is back. */
export function layAside(part: Element, off: boolean): void {
  if (off) laidAside.add(part);
  else laidAside.delete(part);
}

/** A form marked data-leave asks before it is left with something typed and not sent, also while it is laid aside. */
export function drafts(): void {
  document.addEventListener("input", (event) => {
    const form = (event.target as HTMLElement).closest<HTMLFormElement>("form[data-leave]");
    if (form) touched.add(form);
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) touched.delete(event.target as HTMLFormElement);
  });
  window.addEventListener("beforeunload", (event) => {
    const kept = (form: HTMLFormElement): boolean => form.isConnected || Array.from(laidAside).some((part) => part.contains(form));
    if (Array.from(touched).some(kept)) event.preventDefault();
  });
}

/** Parts marked data-when stand only while the answer that they belong to is chosen; without scripts all of them stand. */
export function reveal(under: ParentNode): void {
  for (const box of all<HTMLElement>("[data-reveal]", under)) {
    const name = box.dataset["reveal"] ?? "";
    const form = box.closest("form") ?? box;
    const update = (): void => {
      const chosen = all<HTMLInputElement | HTMLSelectElement>(`[name="${name}"]`, form)
        .filter((control) => control instanceof HTMLSelectElement || control.checked)
        .map((control) => control.value);
      for (const part of all<HTMLElement>("[data-when]", box)) {
        const on = (part.dataset["when"] ?? "").split(" ").some((value) => chosen.includes(value));
        part.hidden = !on;
        // What is not asked is not sent either.
        for (const control of all<HTMLInputElement>("input, select, textarea", part)) control.disabled = !on;
      }
    };
    form.addEventListener("change", update);
    update();
  }
}

/** The summary of errors gets the focus, so that it is seen and read first. */
export function focusErrors(): void {
  document.querySelector<HTMLElement>("[data-focus]")?.focus({ preventScroll: false });
}

/** A small control of a bar of filters applies itself. */
export function filters(): void {
  document.addEventListener("change", (event) => {
    const control = event.target as HTMLElement;
    const day = control.matches("form[data-filters] input[type=date]");
    if (!day && !control.matches("form[data-filters] select, form[data-filters] input[type=checkbox]")) return;
    // A year that is being typed runs through 0002, 0020 and 0202.
    if (day && (control as HTMLInputElement).value < "1900") return;
    const form = control.closest<HTMLFormElement>("form");
    // Safari before 16 knows only the older way, which is as good where nothing is checked before sending.
    if (typeof form?.requestSubmit === "function") form.requestSubmit();
    else form?.submit();
  });
}
