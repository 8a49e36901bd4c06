import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/**
 * Where the local stack keeps its keys, its clock, its data and its bundles. Git ignores it; deleting it forgets everything.
 * SEASONGATE_FOLDER names another, relative to the checkout, so that two stacks can stand side by side.
 */
export const LOCAL_FOLDER = resolve(ROOT, process.env["SEASONGATE_FOLDER"] || ".local");

/** The bundled functions of a stack whose folder it is; serverless.yml says the same. */
export const bundlesIn = (folder: string): string => join(folder, "bundles");
