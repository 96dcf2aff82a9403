// The script of staff pages: what residents have, htmx, lists by keyboard, detail beside the list.

import htmx from "htmx.org/dist/htmx.esm.js";

import { back } from "./back";
import { columns } from "./columns";
import { ready, start } from "./common";
import { keys, split } from "./list";
import { failed } from "./network";
import { passkeys } from "./passkey";
import { players } from "./player";

// The content security policy allows neither eval nor injected style; a page is never kept in the
// browser's storage, where the next user of the machine could read it.
Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: false,
  historyRestoreAsHxRequest: false,
  defaultSwapDelay: 0,
  defaultSettleDelay: 0,
});

start();
back();
keys();
passkeys();
players(document);
columns(document);
split((detail) => {
  ready(detail);
  columns(detail);
  htmx.process(detail);
});
document.addEventListener("htmx:load", (event) => {
  const part = event.target as HTMLElement;
  if (part === document.body) return;
  ready(part);
  columns(part);
});
for (const event of ["htmx:sendError", "htmx:responseError"]) document.addEventListener(event, failed);
