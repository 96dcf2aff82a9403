// A house that vouches for staff by OpenID Connect: one that we did not write, on this machine, for one test.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

export interface House {
  issuer: string;
  /** Tells it where people are sent back to; only then does it answer. */
  open(back: string): void;
  stop(): Promise<void>;
}

export async function house(client: string, secret: string): Promise<House> {
  let answer: ((request: never, response: never) => void) | undefined;
  const server = createServer((request, response) => {
    if (answer) answer(request as never, response as never);
    else response.writeHead(503).end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    open(back) {
      const provider = new Provider(issuer, {
        clients: [{ client_id: client, client_secret: secret, redirect_uris: [back], grant_types: ["authorization_code"], response_types: ["code"] }],
        cookies: { keys: ["for one test"] },
        pkce: { required: () => true },
      });
      answer = provider.callback() as never;
    },
    stop: () =>
      new Promise((ended) => {
        server.close(() => ended());
        server.closeAllConnections();
      }),
  };
}
