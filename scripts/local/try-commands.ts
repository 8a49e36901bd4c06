/** Commands for a first look at a running stack, one a line, each to be pasted as it is. */
export function tryCommands(api: string): readonly string[] {
  const as = (role: string) => `-H "authorization: Bearer $(npm run --silent token -- --role ${role})"`;
  const viewer = '{"surface":"wechat-moments","slots":1,"viewer":{"key":"v-1","installedApps":["tmall"]}}';
  return [
    `curl -s "${api}/v1/whitelist?surface=wechat-moments&season=618-2024&limit=3" ${as("reviewer")}`,
    `curl -s ${api}/v1/decisions ${as("feed")} -H "content-type: application/json" -d '${viewer}'`,
    "npm run demo",
  ];
}
