import { once } from "node:events";
import { connect, createServer } from "node:net";

const HOST = "127.0.0.1";

async function listenBriefly(port: number): Promise<number> {
  const server = createServer().listen(port, HOST);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, HOST);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A port of 127.0.0.1 that nobody listens on now. Take it at once: nothing reserves it. */
export function freePort(): Promise<number> {
  return listenBriefly(0);
}

/** Whether a server can have `port`. Connecting as well as binding, since macOS lets two servers share a port when one binds all interfaces. */
export async function isFree(port: number): Promise<boolean> {
  if (await answers(port)) return false;
  try {
    await listenBriefly(port);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
    throw error;
  }
}
