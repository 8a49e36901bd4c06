import { resolve } from "node:path";

/** Where the local stack keeps its keys, its clock and its data. Git ignores it; deleting it forgets everything. */
export const LOCAL_FOLDER = resolve(import.meta.dirname, "../../.local");
