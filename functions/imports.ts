import { beginImportInParts, completeImport, readImport, sendPart } from "../lib/app/import-parts.ts";
import { imports } from "../lib/contracts/imports.ts";
import { cursorSigner } from "../lib/deps/cursor-signer.ts";
import { desk } from "../lib/deps/desk.ts";
import { rowIdentity } from "../lib/deps/row-identity.ts";
import { readList } from "../lib/deps/row-reader.ts";
import { registryTable } from "../lib/deps/tables.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { importStore } from "../lib/store/imports.ts";

const deps = {
  ...desk(),
  imports: importStore(registryTable("write")),
  rows: rowIdentity,
  readList,
  cursors: cursorSigner(),
  machineNow: Date.now,
};

export const handler = endpoints(
  imports,
  { begin: beginImportInParts(deps), send: sendPart(deps), complete: completeImport(deps), read: readImport(deps) },
  deps,
);
