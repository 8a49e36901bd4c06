// Loads a bundled function, asks it once, and says how much CPU time the process has taken by then. Microseconds.
const [bundle, event] = process.argv.slice(2);
require(bundle)
  .handler(JSON.parse(require("node:fs").readFileSync(event, "utf8")), { awsRequestId: "cold" })
  .then(({ statusCode, body }) => {
    const { user, system } = process.cpuUsage();
    const card = body.includes('"impressionUrl"');
    process.stdout.write(JSON.stringify({ cpu: user + system, statusCode, card }));
  });
