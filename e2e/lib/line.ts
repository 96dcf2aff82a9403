// A line between a browser and the program that can be cut and mended, as networks are.

import { type AddressInfo, type Socket, connect, createServer } from "node:net";

export interface Line {
  /** Where the program answers through it. */
  address: string;
  /** Breaks every connection and refuses new ones. */
  cut: () => Promise<void>;
  /** Lets them through again. */
  mend: () => Promise<void>;
}

/** Lays a line to the program at this address. */
export async function line(to: string): Promise<Line> {
  const target = new URL(to);
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const end of [near, far]) {
      open.add(end);
      end.on("error", () => {});
      end.on("close", () => {
        open.delete(end);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    cut: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        for (const end of open) end.destroy();
      }),
    mend: () => listen(port),
  };
}
