import type { CardForm, Setting } from "./card.ts";
import { isEmpty, servableWindow } from "./card-window.ts";
import type { Grant } from "./grant.ts";
import type { StoredImage } from "./image.ts";
import { monitoringFaults } from "./monitoring.ts";
import type { Reason } from "./refusal.ts";
import { span } from "./season.ts";
import type { Surface, Template } from "./surface.ts";
import { comparable, wideLength } from "./text.ts";
import type { Window } from "./window.ts";
import { wallTime } from "./zone.ts";

/** What is wrong with an element of a card: what is allowed, and what it has. */
export interface Fault extends Reason {
  readonly limit: string;
  readonly has: string;
}

/** Every fault of a card that keeps it from being submitted under this grant. */
export const lint = (form: CardForm, grant: Grant, { surface, images, ...setting }: Omit<Setting, "grants" | "storeName">): Fault[] => [
  ...oneOf("template-not-granted", "/template", form.template, grant.templates),
  ...faceFaults(form, surface, images),
  ...(form.monitoring ? monitoringFaults(form.monitoring, surface.monitoringHosts) : []),
  ...timeFaults(form, setting),
];

/** Every fault of what a viewer would see, against its surface's limits. `images`: those that the brand has uploaded. */
export function faceFaults(form: CardForm, surface: Surface, images: readonly StoredImage[]): Fault[] {
  const template = surface.templates.find(({ id }) => id === form.template);
  if (!template)
    return oneOf(
      "template-unknown",
      "/template",
      form.template,
      surface.templates.map(({ id }) => id),
    );
  return [
    ...textFaults(form, template),
    ...forbiddenFaults(form, surface),
    ...imageFaults(form, template, images),
    ...oneOf("call-to-action-unknown", "/callToAction", form.callToAction, surface.callsToAction),
    ...(form.offer && form.offer.salePrice >= form.offer.price
      ? [fault("offer-no-discount", "/offer/salePrice", `below ${form.offer.price} fen, the price`, `${form.offer.salePrice}`)]
      : []),
  ];
}

const fault = (code: string, field: string, limit: string, has: string, detail = `Allowed: ${limit}. This has ${has}.`): Fault => ({
  code,
  field,
  detail,
  limit,
  has,
});

const oneOf = (code: string, field: string, value: string, known: readonly string[]): Fault[] =>
  known.includes(value) ? [] : [fault(code, field, known.join(", ") || "none", value)];

function textFaults(form: CardForm, template: Template): Fault[] {
  const names = Object.keys(template.text);
  const unknown = Object.keys(form.text).flatMap((name) => oneOf("text-unknown", `/text/${name}`, name, names));
  const outside = Object.entries(template.text).flatMap(([name, { min, max }]) => {
    const length = wideLength(form.text[name] ?? "");
    const limit = `${min} to ${max} wide characters, one Latin letter being a half`;
    return length < min || length > max
      ? [fault(length < min ? "text-too-short" : "text-too-long", `/text/${name}`, limit, `${length}`)]
      : [];
  });
  return [...unknown, ...outside];
}

function forbiddenFaults(form: CardForm, { forbiddenText }: Surface): Fault[] {
  const texts: [field: string, value: string][] = Object.entries(form.text).map(([name, value]) => [`/text/${name}`, value]);
  if (form.offer) texts.push(["/offer/text", form.offer.text]);
  return texts.flatMap(([field, value]) =>
    forbiddenText.flatMap(({ code, pattern, why }) => {
      const found = pattern.exec(value) ?? pattern.exec(comparable(value));
      return found ? [fault(`text-${code}`, field, "none", found[0], why)] : [];
    }),
  );
}

function imageFaults(form: CardForm, template: Template, images: readonly StoredImage[]): Fault[] {
  const roles = template.images.map(({ role }) => role);
  const faults = form.images.flatMap(({ role, sha256 }, index): Fault[] => {
    const field = `/images/${index}`;
    const limit = template.images.find((each) => each.role === role);
    if (!limit) return oneOf("image-role-unknown", `${field}/role`, role, roles);
    const image = images.find((each) => each.sha256 === sha256);
    if (!image) return [fault("image-unknown", `${field}/sha256`, "an image that you have uploaded", sha256)];
    const isSize = image.width === limit.width && image.height === limit.height;
    return [
      ...(isSize ? [] : [fault("image-size", field, `${limit.width} × ${limit.height} pixels`, `${image.width} × ${image.height}`)]),
      ...(image.bytes > limit.maxBytes ? [fault("image-bytes", field, `at most ${limit.maxBytes} bytes`, `${image.bytes}`)] : []),
      ...oneOf("image-type", field, image.type, limit.types),
    ];
  });
  const counts = template.images.flatMap(({ role, count }) => {
    const found = form.images.filter((image) => image.role === role).length;
    return found === count ? [] : [fault("image-count", "/images", `${count} of role ${role}`, `${found}`)];
  });
  return [...faults, ...counts];
}

/** What keeps a card from ever being shown, or its mark from being borne. */
function timeFaults({ window, offer, seasonMark }: CardForm, { campaign, season }: Pick<Setting, "campaign" | "season">): Fault[] {
  const marks = [...new Set(season.markLicences.map(({ mark }) => mark))];
  const faults = [
    ...windowFaults(window, "/window", season.zone, campaign.flight ?? span(season)),
    ...windowFaults(offer?.validity ?? null, "/offer/validity", season.zone),
    ...(seasonMark === null ? [] : oneOf("mark-not-licensed", "/seasonMark", seasonMark, marks)),
  ];
  const never = faults.length === 0 && isEmpty(servableWindow({ window, offer, seasonMark }, campaign, season));
  return never ? [fault("never-shown", "/window", "an instant in flight, window, offer and licence at once", "none")] : faults;
}

/** `inside`: the campaign's flight, or the season. */
function windowFaults(window: Window | null, field: string, zone: string, inside?: Window): Fault[] {
  if (window === null) return [];
  const { opensAt, closesAt } = window;
  if (isEmpty(window))
    return [fault("window-empty", `${field}/closesAt`, `later than ${wallTime(zone, opensAt)}`, wallTime(zone, closesAt))];
  if (!inside || (inside.opensAt <= opensAt && closesAt <= inside.closesAt)) return [];
  const told = (each: Window) => `${wallTime(zone, each.opensAt)} to ${wallTime(zone, each.closesAt)}`;
  return [fault("window-outside-flight", field, told(inside), told(window))];
}
