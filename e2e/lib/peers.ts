// Peers that we did not write, on this machine, for one journey: a mail server, and a gateway for short messages that
// checks signatures with the library of Standard Webhooks.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { Webhook } from "standardwebhooks";

export interface Mail {
  to: string[];
  /** As it came: headers and body. */
  raw: string;
}

export interface Peer<T> {
  port: number;
  /** What came, the oldest first. */
  got: T[];
  stop(): Promise<void>;
}

/** A mail server that lets in who knows the password and keeps what it is given. */
export async function mail(user: string, password: string): Promise<Peer<Mail>> {
  const got: Mail[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    logger: false,
    onAuth: (auth, _, done) => done(auth.username === user && auth.password === password ? null : new Error("no"), { user: auth.username }),
    onData(stream, session, done) {
      let raw = "";
      stream.on("data", (chunk: Buffer) => (raw += chunk.toString("utf8")));
      stream.on("end", () => {
        got.push({ to: session.envelope.rcptTo.map((one) => one.address), raw });
        done();
      });
    },
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const port = (server.server.address() as AddressInfo).port;
  return { port, got, stop: () => new Promise((ended) => server.close(() => ended())) };
}

/** The words of a message, decoded. */
export function words(raw: string): string {
  const body = raw.split(/\r?\n\r?\n/).slice(1).join("");
  return Buffer.from(body.replaceAll(/\s/g, ""), "base64").toString("utf8");
}

export interface Short {
  to: string;
  text: string;
}

/** A gateway for short messages: what is not signed by this secret is refused. */
export async function gateway(secret: string): Promise<Peer<Short>> {
  const got: Short[] = [];
  const check = new Webhook(secret);
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      try {
        const sent = check.verify(body, request.headers as Record<string, string>) as { data: Short };
        got.push(sent.data);
        response.writeHead(202).end();
      } catch {
        response.writeHead(401).end();
      }
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: (server.address() as AddressInfo).port,
    got,
    stop: () =>
      new Promise((ended) => {
        server.close(() => ended());
        server.closeAllConnections();
      }),
  };
}
