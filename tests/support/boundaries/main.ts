import { checkBoundaries } from "./check.ts";

/** A process of its own, since a running one keeps its zone: the step in milliseconds as its argument, what was found as JSON on its output. */
process.stdout.write(JSON.stringify(await checkBoundaries(Number(process.argv[2]))));
