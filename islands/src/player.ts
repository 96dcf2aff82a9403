// A recording goes on where one left off: the place is told to the server now and then and when one leaves, as working
// state and no more than that.

import { all } from "./dom";

const EVERY = 10_000;

export function players(under: ParentNode): void {
  for (const player of all<HTMLMediaElement>("[data-player]", under)) ready(player);
}

function ready(player: HTMLMediaElement): void {
  const { player: to = "", csrf = "", at = "0" } = player.dataset;
  let told = Number(at);
  let last = 0;
  const begin = () => {
    // At the very end one begins anew.
    if (told > 0 && told < player.duration - 5) player.currentTime = told;
  };
  if (player.readyState >= HTMLMediaElement.HAVE_METADATA) begin();
  else player.addEventListener("loadedmetadata", begin, { once: true });

  const tell = (leaving: boolean) => {
    const seconds = Math.floor(player.currentTime);
    if (seconds === told) return;
    told = seconds;
    last = Date.now();
    const body = new URLSearchParams({ csrf, seconds: String(seconds) });
    void fetch(to, { method: "POST", body, keepalive: leaving, credentials: "same-origin" }).catch(() => {});
  };
  player.addEventListener("timeupdate", () => {
    if (!player.paused && Date.now() - last > EVERY) tell(false);
  });
  player.addEventListener("pause", () => tell(false));
  player.addEventListener("seeked", () => {
    if (player.paused) tell(false);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") tell(true);
  });
}
