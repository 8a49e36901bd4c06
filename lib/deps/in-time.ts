import type { InTime } from "../app/ports/world.ts";

/** By the process's own timer. */
export const inTime: InTime = async (what, ms) => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, ms));
  });
  try {
    return await Promise.race([what.then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer);
  }
};
