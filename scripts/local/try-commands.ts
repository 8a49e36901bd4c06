/** Commands for a first look at a running stack, one a line, each to be pasted as it is. */
export function tryCommands(api: string): readonly string[] {
  const as = (role: string) => `-H "authorization: Bearer $(npm run --silent token -- --role ${role})"`;
  return [`curl -s ${api}/health`, `curl -s ${api}/v1/seasons ${as("reviewer")}`, "npm run demo"];
}
