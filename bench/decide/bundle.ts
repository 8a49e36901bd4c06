import { build, type Plugin } from "esbuild";

const REAL_WIRE = /[\\/]https\.ts$/;

/** Reads from the bench's folder instead of the wire. */
const fromFolder: Plugin = {
  name: "from-folder",
  setup({ onResolve }) {
    onResolve({ filter: REAL_WIRE }, () => ({ path: new URL("transport.ts", import.meta.url).pathname }));
  },
};

interface Wanted {
  readonly entry: string;
  readonly outfile: string;
  /** As it ships, or reading from the bench's folder. */
  readonly wire: "real" | "folder";
}

/** Bundles a function as serverless.yml has it done. */
export async function bundle({ entry, outfile, wire }: Wanted): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node24",
    mainFields: ["module", "main"],
    plugins: wire === "folder" ? [fromFolder] : [],
    logLevel: "error",
  });
}
