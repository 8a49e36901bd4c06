/** What a rehearsal holds the gate to. The numbers are reliability.md's. */
export const PROMISES = {
  window: { en: "Closed is closed: no card outside its window (P1)", zh: "窗口之外没有卡片（P1）" },
  removal: { en: "Removed or switched off is gone within 5 s (P2)", zh: "移除或关停后 5 秒内不再出现（P2）" },
  keys: { en: "Both keys were current for every card, and the card was approved", zh: "每张卡片的两把钥匙均有效，且卡片已获批准" },
  served: { en: "What may be shown is shown", zh: "可以展示的必定展示" },
  reasons: { en: "An empty slot gives the reason that the windows give", zh: "空位给出的原因与窗口一致" },
  rules: { en: "Every request is answered as the rules say", zh: "每个请求都按规则答复" },
  repeats: { en: "The same Idempotency-Key has the same answer", zh: "同一幂等键得到同一答复" },
  applications: { en: "No application lost, each in the state its history gives (P5)", zh: "申请无一丢失，状态与历史一致（P5）" },
  audit: { en: "One audit event for each acknowledged transition (P5)", zh: "每次已确认的变更恰有一条审计（P5）" },
  counts: { en: "Each impression and click is counted once (P4)", zh: "曝光与点击各计一次（P4）" },
  redirects: { en: "A click leads to an approved address only (P6)", zh: "点击只通向已核准的地址（P6）" },
  turns: { en: "The season clock records each turn once, with its official time (P7)", zh: "季节时钟的每次切换只记录一次，时刻正确（P7）" },
  faults: { en: "No answer is a 5xx (P8)", zh: "没有 5xx 答复（P8）" },
  privacy: { en: "No viewer's key in logs or tables (P10)", zh: "日志与数据表中没有观众标识（P10）" },
  wire: { en: "Over HTTP the answers are the same", zh: "经 HTTP 得到的答复一致" },
} as const;

export type PromiseName = keyof typeof PROMISES;
export const PROMISE_NAMES = Object.keys(PROMISES) as readonly PromiseName[];

/** A promise that was broken: when by the rehearsal's clock, and by which request, where it was one. */
export interface Broken {
  readonly promise: PromiseName;
  readonly at: number;
  readonly requestId: string | null;
  readonly what: string;
}

/** The record of what was looked at and what was found. */
export interface Findings {
  /** Looks once, or `times`; what is wrong, if anything is, breaks the promise. */
  check(promise: PromiseName, at: number, requestId: string | null, wrong: string | false | undefined, times?: number): void;
  readonly checked: Readonly<Record<PromiseName, number>>;
  readonly broken: Readonly<Record<PromiseName, number>>;
  /** The first of them in full. */
  readonly told: readonly Broken[];
}

/** Beyond this many only the number is kept. */
const MOST_TOLD = 40;

export function findings(): Findings {
  const none = () => Object.fromEntries(PROMISE_NAMES.map((name) => [name, 0])) as Record<PromiseName, number>;
  const [checked, broken] = [none(), none()];
  const told: Broken[] = [];
  return {
    checked,
    broken,
    told,
    check(promise, at, requestId, wrong, times = 1) {
      checked[promise] += times;
      if (!wrong) return;
      broken[promise] += 1;
      if (told.length < MOST_TOLD) told.push({ promise, at, requestId, what: wrong });
    },
  };
}

/** Promises that nobody looked at, of those a rehearsal has to look at. That proves as little as a broken one. */
export const unchecked = ({ checked }: Findings, expected: readonly PromiseName[]): readonly PromiseName[] =>
  expected.filter((name) => checked[name] === 0);
