// The way back through parts of a page that came without a load. Nothing of a page is kept in the browser: what htmx put into
// the history is fetched anew, into the part that is marked for it.

import { failed } from "./network";

interface Missed {
  xhr: XMLHttpRequest;
  response?: string;
}

const PART = "hx-history-elt";

/** Where there is no such part (signed out meanwhile, another page), the page is loaded as a whole. */
export function back(): void {
  const whole = (): void => location.reload();
  document.addEventListener("htmx:historyCacheMiss", (event) => {
    if (document.querySelector(`[${PART}]`)) {
      (event as CustomEvent<Missed>).detail.xhr.onerror = failed;
    } else {
      event.preventDefault();
      whole();
    }
  });
  document.addEventListener("htmx:historyCacheMissLoad", (event) => {
    if (!(event as CustomEvent<Missed>).detail.response?.includes(PART)) whole();
  });
  document.addEventListener("htmx:historyCacheMissLoadError", whole);
}
