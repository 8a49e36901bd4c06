import tmall from "../../resources/marketplaces/tmall.json" with { type: "json" };
import wechatMoments from "../../resources/surfaces/wechat-moments.json" with { type: "json" };
import type { Catalogue } from "../app/ports/world.ts";
import * as schemas from "../contracts/catalogue.ts";

const byId = <T extends { id: string }>(things: readonly T[]) => new Map(things.map((thing) => [thing.id, thing]));

/** The surfaces and marketplaces that ship with the code, checked once at cold start. */
export function shippedCatalogue(): Catalogue {
  const surfaces = [schemas.surface.parse(wechatMoments)];
  const marketplaces = [schemas.marketplace.parse(tmall)];
  const [surfacesById, marketplacesById] = [byId(surfaces), byId(marketplaces)];
  return { surfaces, surface: (id) => surfacesById.get(id), marketplace: (id) => marketplacesById.get(id) };
}
