// Passkeys: the browser is asked to make or use one, and what it answers goes into a plain form.
// Without scripts, or in a browser that has none, the buttons are not there and a password does.

import { all, toast } from "./dom";

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const out = new Uint8Array(plain.length);
  for (let at = 0; at < plain.length; at += 1) out[at] = plain.charCodeAt(at);
  return out;
}

function text(buffer: ArrayBuffer): string {
  let plain = "";
  for (const byte of Array.from(new Uint8Array(buffer))) plain += String.fromCharCode(byte);
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

interface Asked {
  challenge: string;
  host: string;
  user?: string;
  name?: string;
  title?: string;
  known?: string[];
}

async function ask(form: HTMLFormElement): Promise<Asked> {
  const body = new URLSearchParams();
  const token = form.querySelector<HTMLInputElement>("input[name=csrf]");
  if (token) body.set("csrf", token.value);
  const answer = await fetch(form.dataset["ask"] ?? "", { method: "POST", body, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as Asked;
}

async function make(asked: Asked): Promise<Record<string, string>> {
  const known = (asked.known ?? []).map((id) => ({ type: "public-key" as const, id: bytes(id) }));
  const made = (await navigator.credentials.create({
    publicKey: {
      challenge: bytes(asked.challenge),
      rp: { id: asked.host, name: asked.title ?? asked.host },
      user: { id: bytes(asked.user ?? ""), name: asked.name ?? "", displayName: asked.name ?? "" },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key" as const, alg })),
      excludeCredentials: known,
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
      timeout: 120000,
    },
  })) as PublicKeyCredential;
  const said = made.response as AuthenticatorAttestationResponse;
  return { client: text(said.clientDataJSON), attestation: text(said.attestationObject) };
}

async function use(asked: Asked): Promise<Record<string, string>> {
  const used = (await navigator.credentials.get({
    publicKey: { challenge: bytes(asked.challenge), rpId: asked.host, userVerification: "required", timeout: 120000 },
  })) as PublicKeyCredential;
  const said = used.response as AuthenticatorAssertionResponse;
  return { id: text(used.rawId), client: text(said.clientDataJSON), data: text(said.authenticatorData), signature: text(said.signature) };
}

export function passkeys(): void {
  for (const form of all<HTMLFormElement>("form[data-passkey]")) {
    const button = form.querySelector<HTMLButtonElement>("[data-passkey-go]");
    if (!button || typeof window.PublicKeyCredential !== "function") {
      form.hidden = true;
      continue;
    }
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const asked = await ask(form);
        const answer = form.dataset["passkey"] === "make" ? await make(asked) : await use(asked);
        for (const [name, value] of Object.entries(answer)) {
          const field = form.querySelector<HTMLInputElement>(`input[name=${name}]`);
          if (field) field.value = value;
        }
        form.submit();
      } catch {
        // Its owner changed their mind, or the device has no such key: the page stays as it was.
        toast(form.dataset["failed"] ?? "");
        button.disabled = false;
      }
    });
  }
}
