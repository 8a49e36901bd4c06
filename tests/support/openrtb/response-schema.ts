import * as z from "zod";

/**
 * A bid response of OpenRTB 2.6 (§4.2) with native markup of Native 1.2 (§5), written from the standards and from nothing of
 * ours: what they require is required, what they do not know may stand in `ext` alone.
 */
const ext = z.record(z.string(), z.unknown()).optional();
const flag = z.union([z.literal(0), z.literal(1)]).optional();
const texts = z.array(z.string());
const pixels = z.int().positive();

const link = z.strictObject({ url: z.url(), clicktrackers: z.array(z.url()).optional(), fallback: z.url().optional(), ext });

const content = {
  title: z.strictObject({ text: z.string().min(1), len: z.int().optional(), ext }),
  img: z.strictObject({ type: z.int().optional(), url: z.url(), w: pixels.optional(), h: pixels.optional(), ext }),
  video: z.strictObject({ vasttag: z.string() }),
  data: z.strictObject({ type: z.int().optional(), len: z.int().optional(), value: z.string().min(1), ext }),
};
const asset = z
  .strictObject({
    id: z.int(),
    required: flag,
    title: content.title.optional(),
    img: content.img.optional(),
    video: content.video.optional(),
    data: content.data.optional(),
    link: link.optional(),
    ext,
  })
  .refine((each) => Object.keys(content).filter((kind) => kind in each).length === 1, "one of title, img, video and data");

const tracker = z.strictObject({
  event: z.int().min(1),
  method: z.int().min(1),
  url: z.url().optional(),
  customdata: z.record(z.string(), z.string()).optional(),
  ext,
});

const native = z.strictObject({
  ver: z.string().optional(),
  assets: z
    .array(asset)
    .min(1)
    .refine((assets) => new Set(assets.map(({ id }) => id)).size === assets.length, "an id for each asset"),
  assetsurl: z.url().optional(),
  dcourl: z.url().optional(),
  link,
  imptrackers: z.array(z.url()).optional(),
  jstracker: z.string().optional(),
  eventtrackers: z.array(tracker).optional(),
  privacy: z.url().optional(),
  ext,
});
/** Before version 1.1 the root was wrapped. */
const markup = z.union([native, z.strictObject({ native })]);

const bid = z.strictObject({
  id: z.string().min(1),
  impid: z.string().min(1),
  price: z.number().min(0),
  nurl: z.url().optional(),
  burl: z.url().optional(),
  lurl: z.url().optional(),
  adm: z.string().transform((text, context) => {
    const found = markup.safeParse(JSON.parse(text));
    if (!found.success) context.issues.push({ code: "custom", message: z.prettifyError(found.error), input: text });
  }),
  adid: z.string().optional(),
  adomain: texts.optional(),
  bundle: z.string().optional(),
  iurl: z.url().optional(),
  cid: z.string().optional(),
  crid: z.string().optional(),
  tactic: z.string().optional(),
  cattax: z.int().optional(),
  cat: texts.optional(),
  attr: z.array(z.int()).optional(),
  apis: z.array(z.int()).optional(),
  protocol: z.int().optional(),
  qagmediarating: z.int().optional(),
  language: z.string().optional(),
  langb: z.string().optional(),
  dealid: z.string().min(1).optional(),
  w: pixels.optional(),
  h: pixels.optional(),
  wratio: z.int().optional(),
  hratio: z.int().optional(),
  exp: z.int().positive().optional(),
  dur: z.int().optional(),
  mtype: z.int().min(1).max(4).optional(),
  slotinpod: z.int().optional(),
  ext,
});

const response = z.strictObject({
  id: z.string().min(1),
  seatbid: z.array(z.strictObject({ bid: z.array(bid).min(1), seat: z.string().optional(), group: flag, ext })).optional(),
  bidid: z.string().optional(),
  cur: z.string().length(3).optional(),
  customdata: z.string().optional(),
  // The list of 3.0 ends at 17; an exchange's own begin at 500.
  nbr: z
    .int()
    .refine((nbr) => (nbr >= 0 && nbr <= 17) || nbr >= 500)
    .optional(),
  ext,
});

/** Every way in which a reply's body is no bid response. */
export function responseFaults(body: unknown): readonly string[] {
  const found = response.safeParse(body);
  return found.success ? [] : [z.prettifyError(found.error)];
}
