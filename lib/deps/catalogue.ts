import wechat from "../../resources/hosts/wechat.json" with { type: "json" };
import tmall from "../../resources/marketplaces/tmall.json" with { type: "json" };
import wechatMoments from "../../resources/surfaces/wechat-moments.json" with { type: "json" };
import type { Catalogue } from "../app/ports/world.ts";
import * as schemas from "../contracts/catalogue.ts";

const byId = <T extends { id: string }>(things: readonly T[]) => new Map(things.map((thing) => [thing.id, thing]));

/** The surfaces, hosts and marketplaces that ship with the code, checked once at cold start. A data file more is one more of these lines. */
export const shippedCatalogue = (): Catalogue => catalogueOf({ surfaces: [wechatMoments], hosts: [wechat], marketplaces: [tmall] });

/** Data files as a catalogue. @throws ZodError when they do not fit each other, or lead where nothing is approved. */
export function catalogueOf(data: unknown): Catalogue {
  const { surfaces, hosts, marketplaces } = schemas.catalogue.parse(data);
  const [surfacesById, hostsById, marketplacesById] = [byId(surfaces), byId(hosts), byId(marketplaces)];
  return {
    surfaces,
    surface: (id) => surfacesById.get(id),
    host: (id) => hostsById.get(id),
    marketplace: (id) => marketplacesById.get(id),
  };
}
