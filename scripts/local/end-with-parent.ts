// Preloaded into a child (node --import): ends it when the pipe on its standard input closes, which happens however its parent ends.
import { Socket } from "node:net";
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  process.stdin.once("end", () => process.exit(0)).resume();
  // A child that has nothing left to do may still end by itself.
  if (process.stdin instanceof Socket) process.stdin.unref();
}
