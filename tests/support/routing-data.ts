import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { catalogueOf } from "../../lib/deps/catalogue.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const read = (path: string) => JSON.parse(readFileSync(resolve(ROOT, path), "utf8"));

const invented = (name: string) => read(`tests/conformance/routing/data/${name}.json`);

/** The data files that ship, and a marketplace, a host and a surface that nobody has: all that it took to add them is in those files. */
export const dataFiles = () => ({
  surfaces: [read("resources/surfaces/wechat-moments.json"), invented("surface")],
  hosts: [read("resources/hosts/wechat.json"), invented("host")],
  marketplaces: [read("resources/marketplaces/tmall.json"), invented("marketplace")],
});

/** All of them as functions have them. */
export const wholeCatalogue = () => catalogueOf(dataFiles());
