// Without a network nothing is lost and nobody meets the browser's own page of errors: a line says so, and forms wait.

import { make, toast } from "./dom";

const said = (name: "offline" | "failed"): string => document.body.dataset[name] ?? "";

/** Whether there surely is no network. Where the browser says that there is one, only trying tells. */
export function offline(): boolean {
  return !navigator.onLine;
}

/** Something that was asked for did not come. */
export function failed(): void {
  toast(said(offline() ? "offline" : "failed"));
}

export function network(): void {
  const line = make("p", { class: "offline-line", role: "status" });
  const paint = (): void => {
    line.textContent = offline() ? said("offline") : "";
    line.hidden = !offline();
  };
  document.body.append(line);
  window.addEventListener("online", paint);
  window.addEventListener("offline", paint);
  paint();
}
