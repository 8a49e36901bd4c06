import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import type { PublicKey, StatementStore } from "../app/ports/statements.ts";
import { keys } from "./keys.ts";
import type { Item, Table } from "./table.ts";

/** Statements as they were first given, and the keys with which they are checked. */
export function statementStore(delivery: Table): StatementStore {
  const get: StatementStore["get"] = async (key) => {
    const item = await delivery.get(keys.statement(key));
    return item && jwsIn(item);
  };
  return {
    get,

    async keep(key, jws, publicKey) {
      // First, so that no statement is given that cannot be checked.
      await delivery.putIfAbsent({ ...keys.statementKey(publicKey.kid), ...publicKey });
      await delivery.putIfAbsent({ ...keys.statement(key), ...stored(jws) });
      // Somebody else's, if they were first.
      return (await get(key)) ?? jws;
    },

    async publicKeys() {
      const items = await delivery.queryAll({ pk: keys.statementKey("").pk });
      return items.map(({ pk: _pk, sk: _sk, ...key }) => key as unknown as PublicKey);
    },
  };
}

/** The payload without its base64, which would keep it from being made small. */
function stored(jws: string) {
  const [header = "", payload = "", signature = ""] = jws.split(".");
  return { header, payload: brotliCompressSync(Buffer.from(payload, "base64url")), signature };
}

const jwsIn = ({ header, payload, signature }: Item): string =>
  `${header}.${brotliDecompressSync(payload as Uint8Array).toString("base64url")}.${signature}`;
