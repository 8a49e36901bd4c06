import { parseArgs } from "node:util";
import { LOCAL_FOLDER } from "./local/folder.ts";
import { openIssuer } from "./local/issuer.ts";
import { readArguments } from "./local/read-arguments.ts";
import { runCommand } from "./local/setup-error.ts";
import { tokenRequest } from "./local/token-request.ts";

await runCommand(async () => {
  const { values } = readArguments(() =>
    parseArgs({ options: { role: { type: "string" }, tenant: { type: "string" }, sub: { type: "string" } } }),
  );
  const issuer = await openIssuer(LOCAL_FOLDER);
  console.log(await issuer.token(tokenRequest(values)));
});
