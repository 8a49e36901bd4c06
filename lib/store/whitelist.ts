import type { WhitelistStore } from "../app/ports/whitelist.ts";
import * as schemas from "../contracts/keys.ts";
import type { Grant } from "../domain/grant.ts";
import { restored } from "./commit.ts";
import { keys } from "./keys.ts";
import type { Item, Table } from "./table.ts";

/**
 * Most reads of the store for one page, a megabyte each at most: more than a whitelist of 100,000 takes. Only a filter that
 * drops nearly everything of an even longer list makes a page end sooner; it still has its position, and the next goes on.
 */
const MOST_READS = 100;
/** More brands than this may take more queries than the whole list takes reads: one, of a megabyte, for some 1,400 grants. */
const MANY_BRANDS = 100;
/** Brands asked about at the same time; the client has 50 connections. */
const BRANDS_AT_ONCE = 25;

/** The whitelist as people and feeds read it: the part of a lineup that is grants, and the attestations beside it. Consistent. */
export function whitelistStore(registry: Table): WhitelistStore {
  return {
    async page({ surface, season, brand, where }, { limit, after }) {
      const range = keys.grants(surface, season, brand);
      const filled: Item[] = [];
      let last = after === null ? undefined : keys.grantAt(after);
      for (let reads = 0; reads < MOST_READS; reads++) {
        // One more than is wanted says whether this is the end. A filter may leave too few of them: then all that comes.
        const page = await registry.page(range, { after: last, where, limit: reads === 0 ? limit + 1 : undefined });
        filled.push(...page.items);
        const end = filled[limit - 1];
        if (end && filled.length > limit) return { grants: filled.slice(0, limit).map(grantIn), next: keys.grantPosition(end.sk) };
        if (page.last === undefined) return { grants: filled.map(grantIn), next: null };
        last = page.last;
      }
      return { grants: filled.map(grantIn), next: last === undefined ? null : keys.grantPosition(last) };
    },

    /**
     * A batch of keys does not do: the ids of a brand's grants are not known. Of many brands a list of ordinary length is read
     * whole, in one read. In a longer one, or of few brands, each is queried for, so that the work goes with what is asked.
     */
    async grants({ surface, season }, brands) {
      const found = new Map<string, readonly Grant[]>();
      if (brands.length > MANY_BRANDS) {
        const { items, last } = await registry.page(keys.grants(surface, season), {});
        if (last === undefined) {
          const byBrand = Map.groupBy(items.map(grantIn), ({ brand }) => brand);
          return new Map(brands.map((brand) => [brand, byBrand.get(brand) ?? []]));
        }
      }
      for (let at = 0; at < brands.length; at += BRANDS_AT_ONCE)
        await Promise.all(
          brands.slice(at, at + BRANDS_AT_ONCE).map(async (brand) => {
            found.set(brand, (await registry.queryAll(keys.grants(surface, season, brand))).map(grantIn));
          }),
        );
      return found;
    },

    async attestations({ surface, season }, brands) {
      const items = await registry.getAll(brands.map((brand) => keys.servedAttestation(surface, season, brand)));
      return new Map(items.map((item) => restored(schemas.attestation, item)).map((attestation) => [attestation.brand, attestation]));
    },
  };
}

const grantIn = (item: Item): Grant => restored(schemas.grant, item);
