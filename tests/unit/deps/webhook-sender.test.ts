import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, test } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { isPublic, newWebhookSecret, type Outside, webhookSender } from "../../../lib/deps/webhook-sender.ts";

const SECRET = newWebhookSecret();
const MESSAGE = { id: "evt_1", body: JSON.stringify({ type: "grant.suspended", data: { brand: "蓝墨" } }) };
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A receiver on this machine; `connections` counts whoever knocks, also without a word. */
async function receiver(answer: Parameters<typeof createServer>[1]) {
  const received: Received[] = [];
  const server = createServer(async (incoming, outgoing) => {
    received.push({ headers: incoming.headers as Record<string, string>, body: await text(incoming).catch(() => "") });
    await answer?.(incoming, outgoing);
  });
  servers.push(server);
  let connections = 0;
  server.on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    received,
    get connections() {
      return connections;
    },
  };
}

const send = (url: string, outside: Partial<Outside> = {}) =>
  webhookSender({ loopback: true, timeoutMs: 5_000, ...outside })({ url, secret: SECRET }, MESSAGE);

describe("a message", () => {
  test("is signed as Standard Webhooks says, in the receiver's own clock's time", async () => {
    const taken = await receiver((_, outgoing) => void outgoing.writeHead(204).end());
    expect(await send(taken.url)).toEqual({ status: 204 });
    const [{ headers, body } = { headers: {}, body: "" }] = taken.received;
    expect(body).toBe(MESSAGE.body);
    expect(new Webhook(SECRET).verify(body, headers)).toEqual(JSON.parse(MESSAGE.body));
    // Once by hand, so that the package does not only agree with itself.
    const key = Buffer.from(SECRET.replace("whsec_", ""), "base64");
    const signed = createHmac("sha256", key).update(`evt_1.${headers["webhook-timestamp"]}.${body}`).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${signed}`);
    expect(headers).toMatchObject({ "webhook-id": "evt_1", "content-type": "application/json; charset=utf-8" });
  });

  test("with one byte changed, under another secret, or with another id is refused by its receiver", async () => {
    const taken = await receiver((_, outgoing) => void outgoing.writeHead(204).end());
    await send(taken.url);
    const [{ headers, body } = { headers: {} as Record<string, string>, body: "" }] = taken.received;
    const verify =
      (of: string, more: Record<string, string> = {}, secret = SECRET) =>
      () =>
        new Webhook(secret).verify(of, { ...headers, ...more });
    for (let at = 0; at < body.length; at += 7)
      expect(verify(`${body.slice(0, at)}${body[at] === "x" ? "y" : "x"}${body.slice(at + 1)}`)).toThrow("No matching signature");
    expect(verify(body, { "webhook-id": "evt_2" })).toThrow("No matching signature");
    expect(verify(body, {}, newWebhookSecret())).toThrow("No matching signature");
  });

  test("of six minutes ago, or ahead, is refused by its receiver", async () => {
    for (const [shift, why] of [
      [-360_000, "too old"],
      [360_000, "too new"],
    ] as const) {
      const taken = await receiver((_, outgoing) => void outgoing.writeHead(204).end());
      await send(taken.url, { machineNow: () => Date.now() + shift });
      const [{ headers, body } = { headers: {}, body: "" }] = taken.received;
      expect(() => new Webhook(SECRET).verify(body, headers)).toThrow(why);
    }
  });

  test("to another kind of answer brings its status, and a redirect is not followed", async () => {
    const canary = await receiver((_, outgoing) => void outgoing.writeHead(204).end());
    for (const status of [200, 301, 302, 307, 308, 410, 500]) {
      const other = await receiver((_, outgoing) => void outgoing.writeHead(status, { location: canary.url }).end("no"));
      expect(await send(other.url)).toEqual({ status });
    }
    expect(canary.connections).toBe(0);
  });

  test("is over when the status is there, however much follows", async () => {
    let written = 0;
    const endless = await receiver((_, outgoing) => {
      outgoing.writeHead(200);
      const more = () => {
        while (outgoing.writable && !outgoing.destroyed && outgoing.write("x".repeat(65_536))) written += 65_536;
      };
      outgoing.on("drain", more).on("error", () => undefined);
      more();
    });
    expect(await send(endless.url)).toEqual({ status: 200 });
    expect(written).toBeLessThan(50_000_000);
  });

  test("to one who is silent, who stalls in the headers, or whose name is not answered, is given up", async () => {
    const silent = await receiver(() => undefined);
    expect(await send(silent.url, { timeoutMs: 50 })).toEqual({ fault: "timeout" });
    const stalled = await receiver((incoming) => void incoming.socket.write("HTTP/1.1 200 OK\r\nx-a: "));
    expect(await send(stalled.url, { timeoutMs: 50 })).toEqual({ fault: "timeout" });
    const forever = () => new Promise<never>(() => undefined);
    expect(await send("https://hooks.lanmo.cn/", { timeoutMs: 50, resolve: forever })).toEqual({ fault: "timeout" });
  });

  test("to one who hangs up, is not there, or has no name, says so", async () => {
    const rude = await receiver((incoming) => void incoming.socket.destroy());
    expect(await send(rude.url)).toEqual({ fault: "connection-failed" });
    const garbled = await receiver((incoming) => void incoming.socket.end("nonsense\r\n\r\n"));
    expect(await send(garbled.url)).toEqual({ fault: "connection-failed" });
    expect(await send("https://hooks.lanmo.cn/", { resolve: async () => [] })).toEqual({ fault: "unresolved" });
    const unknown = async () => {
      throw Object.assign(new Error(), { code: "ENOTFOUND" });
    };
    expect(await send("https://hooks.lanmo.cn/", { resolve: unknown })).toEqual({ fault: "unresolved" });
  });
});

/** Spellings of places inside. */
const INSIDE = [
  "127.0.0.1",
  "127.1",
  "127.0.1",
  "2130706433",
  "0x7f000001",
  "0x7f.0.0.1",
  "0177.0.0.1",
  "017700000001",
  "0x7f.1",
  "127.0.0.1.",
  "127。0。0。1",
  "１２７.０.０.１",
  "①②⑦.⓪.⓪.①",
  "%31%32%37.0.0.1",
  "127.000.000.001",
  "127.0.0.255",
  "127.255.255.254",
  "0",
  "0.0.0.0",
  "0.1.2.3",
  "10.0.0.1",
  "10.255.255.255",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.0.1",
  "3232235521",
  "100.64.0.1",
  "100.100.100.200",
  "169.254.169.254",
  "2852039166",
  "0xa9fea9fe",
  "0251.0376.0251.0376",
  "169.254.170.2",
  "192.0.0.1",
  "192.0.2.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "[::]",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::ffff:a9fe:a9fe]",
  "[::127.0.0.1]",
  "[64:ff9b::7f00:1]",
  "[64:ff9b:1::7f00:1]",
  "[2002:7f00:1::]",
  "[2001:0:7f00:1::]",
  "[2001:db8::1]",
  "[fc00::1]",
  "[fd00:ec2::254]",
  "[fe80::1]",
  "[fec0::1]",
  "[ff02::1]",
  "[100::1]",
  "[4000::1]",
  "localhost",
  "localhost.",
  "LOCALHOST",
  "api.localhost",
  "metadata.google.internal",
  "printer.local",
  "instance-data",
  "127.0.0.1@hooks.lanmo.cn",
  "hooks.lanmo.cn@127.0.0.1",
  "hooks.lanmo.cn:443@127.0.0.1",
  "127.0.0.1#@hooks.lanmo.cn",
  "127.0.0.1\\@hooks.lanmo.cn",
];

/** As a name may resolve: the part of the list that is an address. */
const ADDRESSES = INSIDE.map((host) => host.replace(/^\[|\]$/g, "")).filter((host) => /^[\d.]+$|:.*:/.test(host) && !host.endsWith("."));

describe("nobody inside is ever knocked at", () => {
  /** Whatever connection is opened leads to the canary, wherever it says it goes. */
  const toCanary =
    (port: number): Outside["open"] =>
    (_url, { lookup: _lookup, ...options }) =>
      request({ ...options, host: "127.0.0.1", port });

  test("the list is long enough to be worth it", () => {
    expect(INSIDE.length).toBeGreaterThanOrEqual(60);
    expect(ADDRESSES.length).toBeGreaterThanOrEqual(40);
  });

  test("whatever spelling of an inner address is given", async () => {
    const canary = await receiver((_, outgoing) => void outgoing.writeHead(204).end());
    for (const host of INSIDE)
      for (const url of [`https://${host}/`, `https://${host}:${canary.port}/`, `http://${host}/`])
        expect([
          url,
          await send(url, { loopback: false, open: toCanary(canary.port), resolve: async () => [{ address: "93.184.216.34", family: 4 }] }),
        ])
          // Names that stand before an @ or a # are left to the rules of addresses; here none gets through.
          .toEqual([url, { fault: "address-refused" }]);
    expect(canary.connections).toBe(0);
  });

  test("whatever inner address a public name has, alone or beside a public one", async () => {
    const canary = await receiver((_, outgoing) => void outgoing.writeHead(204).end());
    const outer = { address: "93.184.216.34", family: 4 };
    for (const address of ADDRESSES) {
      const inner = { address, family: address.includes(":") ? 6 : 4 };
      for (const resolved of [[inner], [outer, inner], [inner, outer]])
        expect([address, await send("https://hooks.lanmo.cn/", { open: toCanary(canary.port), resolve: async () => resolved })]).toEqual([
          address,
          { fault: "address-refused" },
        ]);
    }
    expect(canary.connections).toBe(0);
  });

  test("though a name is rebound between the check and the connection: the name is asked once, and the connection goes where the check was", async () => {
    const canary = await receiver((_, outgoing) => void outgoing.writeHead(204).end());
    let asked = 0;
    const rebinding = async () => [{ address: ++asked === 1 ? "93.184.216.34" : "127.0.0.1", family: 4 }];
    const went: unknown[] = [];
    // What Node would connect to: it asks the request's own lookup, in both of its forms.
    const open: Outside["open"] = (url, options) => {
      for (const all of [true, false]) options.lookup?.(url.hostname, { all }, (_error, address) => went.push(address));
      const [first] = went.flat() as [string | { address: string }];
      const to = typeof first === "string" ? first : first.address;
      return request({ ...options, host: "127.0.0.1", port: to === "127.0.0.1" ? canary.port : 1 });
    };
    expect(await send("https://hooks.lanmo.cn/", { open, resolve: rebinding })).toEqual({ fault: "connection-failed" });
    expect(asked).toBe(1);
    expect(went).toEqual([[{ address: "93.184.216.34", family: 4 }], "93.184.216.34"]);
    expect(await send("https://hooks.lanmo.cn/", { open, resolve: rebinding })).toEqual({ fault: "address-refused" });
    expect(canary.connections).toBe(0);
  });

  test("an address on this machine is refused where the setting for it is not", async () => {
    const canary = await receiver((_, outgoing) => void outgoing.writeHead(204).end());
    expect(await send(canary.url, { loopback: false })).toEqual({ fault: "address-refused" });
    expect(canary.connections).toBe(0);
  });
});

test("what is public is", () => {
  for (const address of ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8"])
    expect(isPublic(address)).toBe(true);
  for (const text of ["", "nonsense", "1.2.3.4/8", "hooks.lanmo.cn"]) expect(isPublic(text)).toBe(false);
});

test("a secret is new each time, and as long as the standard asks", () => {
  expect(newWebhookSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(newWebhookSecret()).not.toBe(newWebhookSecret());
});
