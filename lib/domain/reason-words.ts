import type { ExplainedCard } from "./explain.ts";
import type { Names } from "./names.ts";
import type { NoAdReason } from "./no-ad.ts";

/** A reason in words for people, and what would take it away. */
export interface Words {
  readonly says: Names;
  readonly remedy: Names;
}

/** What each reason means for a brand. */
export const REASON_WORDS: Readonly<Record<NoAdReason, Words>> = {
  "technical-error": {
    says: { en: "No fresh snapshot was to be had.", zh: "没有可用的最新快照。" },
    remedy: { en: "It passes by itself when the store answers again.", zh: "存储恢复应答后会自行恢复。" },
  },
  "season-closed": {
    says: { en: "The last window of the season has closed.", zh: "活动的最后一个时段已经结束。" },
    remedy: { en: "The next season: apply, or renew the application.", zh: "等待下一季活动：重新申请或续期。" },
  },
  "phase-not-open": {
    says: { en: "No window of the season is open; one is still to come.", zh: "当前没有开放的活动时段，后面还有时段。" },
    remedy: { en: "Wait for the next window to open.", zh: "等待下一个时段开启。" },
  },
  "brand-not-whitelisted": {
    says: { en: "The host has given the brand no grant that names this phase.", zh: "平台方没有给该品牌本时段的白名单授权。" },
    remedy: {
      en: "The host's reviewer approves the application, with this phase in its terms.",
      zh: "由平台方审核员批准申请，并在授权条款中包含本时段。",
    },
  },
  "grant-expired": {
    says: { en: "The brand's grant is suspended, revoked or has ended.", zh: "品牌的白名单授权已暂停、撤销或到期。" },
    remedy: {
      en: "The host's reviewer reinstates a suspended grant; one that is revoked or has ended needs a new approval.",
      zh: "暂停的授权由平台方审核员恢复；已撤销或到期的需重新批准。",
    },
  },
  "attestation-missing": {
    says: { en: "The marketplace does not vouch for the brand just then.", zh: "电商平台当时没有为该品牌作有效认证。" },
    remedy: {
      en: "The marketplace's attester attests the application, or reinstates the attestation.",
      zh: "由电商平台认证员作出认证，或恢复已暂停的认证。",
    },
  },
  "card-not-approved": {
    says: {
      en: "None of the brand's approved cards fits just then; cards names each.",
      zh: "当时没有合适的已审核卡片；各卡片的原因见 cards。",
    },
    remedy: {
      en: "Have a card approved, in a granted template, in a campaign whose flight covers the instant.",
      zh: "让卡片通过审核：使用已授权的模板，且所属计划的投放期覆盖该时刻。",
    },
  },
  "outside-trial-ring": {
    says: {
      en: "The season or the brand is in trial with other viewers, or its trial is halted.",
      zh: "活动或品牌仅对部分用户试投，或试投已暂停。",
    },
    remedy: {
      en: "The trial's share grows by its steps; a halted one is resumed by the host's operator.",
      zh: "试投比例按计划逐步扩大；已暂停的由平台方运营人员恢复。",
    },
  },
  "kill-switch": {
    says: { en: "An operator has thrown a kill switch.", zh: "运营人员已启用紧急停投开关。" },
    remedy: {
      en: "Whoever threw the switch lifts it; GET /v1/switches says who and why.",
      zh: "由启用者解除开关；GET /v1/switches 可查启用人和原因。",
    },
  },
  "unmatched-viewer": {
    says: { en: "The brand's campaigns are for other viewers.", zh: "该品牌的投放计划面向其他用户。" },
    remedy: { en: "Widen the targeting of a campaign.", zh: "放宽投放计划的定向条件。" },
  },
  "fair-share-hold": {
    says: { en: "The brand has had its share for now.", zh: "该品牌目前已达到其展示份额。" },
    remedy: { en: "It passes by itself as the others catch up.", zh: "其他品牌跟上后会自行恢复。" },
  },
  "competitive-separation": {
    says: { en: "The viewer has just seen the brand, or one like it.", zh: "用户刚刚看过该品牌或同类品牌。" },
    remedy: { en: "It passes by itself as the viewer scrolls on.", zh: "用户继续浏览后会自行恢复。" },
  },
  "slots-exceed-brands": {
    says: { en: "More slots were asked for than there are brands.", zh: "请求的广告位多于可投放的品牌。" },
    remedy: { en: "Ask for fewer slots.", zh: "减少请求的广告位。" },
  },
};

/** What each reason means for a card. */
export const CARD_WORDS: Readonly<Record<NonNullable<ExplainedCard["reason"]>, Names>> = {
  "brand-not-eligible": { en: "The brand itself may not be shown.", zh: "品牌本身当前不可投放。" },
  "window-not-open": {
    en: "Its window, its campaign's flight, its offer or its mark's licence has not begun.",
    zh: "卡片时段、所属计划的投放期、优惠或标识授权尚未开始。",
  },
  "window-over": {
    en: "Its window, its campaign's flight, its offer or its mark's licence is over.",
    zh: "卡片时段、所属计划的投放期、优惠或标识授权已结束。",
  },
  "campaign-paused": { en: "Its campaign is paused.", zh: "所属计划已暂停。" },
  "template-not-granted": { en: "No current grant for this phase names its template.", zh: "本时段的有效授权不包含该卡片的模板。" },
  "kill-switch": { en: "A kill switch stops it, or every link it leads to.", zh: "紧急停投开关停用了该卡片或其全部跳转链接。" },
};
