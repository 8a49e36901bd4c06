import { gunzipSync, gzipSync } from "node:zlib";
import type { ServedBrand, ServedCampaign, ServedSeason, Snapshot } from "../domain/snapshot.ts";

/**
 * How a snapshot is kept: four bytes that say how long the head is, the head, and blocks of brands' campaigns, each compressed by
 * itself. The head says all that permission is decided from; a block is opened when one of its brands is first drawn. So to begin,
 * and to go over to the next snapshot, costs what there are of brands, and not of cards.
 */

/** Of campaigns and cards in one block, before it is compressed: opening one takes a fraction of a millisecond. Characters. */
const BLOCK = 48 * 1024;

interface KeptBrand extends Omit<ServedBrand, "campaigns"> {
  readonly block: number;
  /** Which of the block's brands it is. */
  readonly place: number;
}

interface Head extends Omit<Snapshot, "seasons"> {
  readonly seasons: readonly (Omit<ServedSeason, "brands"> & { readonly brands: readonly KeptBrand[] })[];
  /** How long each block is. Bytes. */
  readonly blocks: readonly number[];
}

type Block = readonly (readonly ServedCampaign[])[];

const HEAD_LENGTH = 4;

export function packSnapshot({ seasons, ...rest }: Snapshot): Buffer {
  const blocks: string[][] = [[]];
  let room = BLOCK;
  const kept = ({ campaigns, ...brand }: ServedBrand): KeptBrand => {
    const json = JSON.stringify(campaigns);
    if (room < json.length && blocks.at(-1)?.length !== 0) {
      blocks.push([]);
      room = BLOCK;
    }
    room -= json.length;
    return { ...brand, block: blocks.length - 1, place: (blocks.at(-1)?.push(json) ?? 0) - 1 };
  };
  const packed = seasons.map(({ brands, ...season }) => ({ ...season, brands: brands.map(kept) }));
  const bytes = blocks.map((brands) => gzipSync(`[${brands.join(",")}]`));
  const head: Head = { ...rest, seasons: packed, blocks: bytes.map(({ length }) => length) };
  const headBytes = gzipSync(JSON.stringify(head));
  const length = Buffer.alloc(HEAD_LENGTH);
  length.writeUInt32BE(headBytes.length);
  return Buffer.concat([length, headBytes, ...bytes]);
}

/** The snapshot; each brand's campaigns are unpacked when they are first asked for. @throws Error when the bytes are not what `packSnapshot` makes. */
export function unpackSnapshot(bytes: Buffer): Snapshot {
  const headEnd = HEAD_LENGTH + bytes.readUInt32BE(0);
  const { seasons, blocks: lengths, ...rest }: Head = read(bytes.subarray(HEAD_LENGTH, headEnd));
  const opened: Block[] = [];
  const starts: number[] = [];
  lengths.reduce((start, length, block) => {
    starts[block] = start;
    return start + length;
  }, headEnd);
  const blockOf = (block: number): Block => {
    const start = starts[block] ?? 0;
    const found = opened[block] ?? read<Block>(bytes.subarray(start, start + (lengths[block] ?? 0)));
    opened[block] = found;
    return found;
  };
  const brandOf = ({ block, place, ...brand }: KeptBrand): ServedBrand => ({
    ...brand,
    get campaigns() {
      return blockOf(block)[place] ?? [];
    },
  });
  return { ...rest, seasons: seasons.map(({ brands, ...season }) => ({ ...season, brands: brands.map(brandOf) })) };
}

const read = <T>(bytes: Buffer): T => JSON.parse(gunzipSync(bytes).toString());
