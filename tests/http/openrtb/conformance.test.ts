import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { NO_BID } from "../../../lib/domain/openrtb/no-bid.ts";
import { openGate } from "../../support/gate.ts";
import { objectsIn, pathsOf, valueAt, withValue } from "../../support/json-paths.ts";
import { answerTo, cases, faultsIn } from "../../support/openrtb/cases.ts";
import { type Names, STAGES, stagesOf } from "../../support/openrtb/stage.ts";

const gate = await openGate();
const names: Names = new Map();
const stages = stagesOf(gate, names);
const answers = new Map<string, Awaited<ReturnType<typeof answerTo>>>();
afterAll(() => gate.close());

test("there are cases to read and cases at the edges", () => {
  const count = (folder: string) => [...cases.keys()].filter((file) => file.startsWith(folder)).length;
  expect(count("exemplary")).toBeGreaterThanOrEqual(10);
  expect(count("supplemental")).toBeGreaterThanOrEqual(30);
  for (const [file, { stage }] of cases) expect([file, STAGES.includes(stage)]).toEqual([file, true]);
});

describe.each(STAGES)("on the stage %s", (stage) => {
  beforeAll(stages[stage]);

  test.each([...cases].filter(([, each]) => each.stage === stage).map(([file, each]) => [`${file}: ${each.about}`, file, each] as const))(
    "%s",
    async (_name, file, each) => {
      const answer = await answerTo(gate, names, each);
      answers.set(file, answer);
      expect(faultsIn(each, answer).join("\n")).toBe("");
    },
  );
});

describe("the runner itself", () => {
  const another = (value: unknown) => (typeof value === "number" ? value + 1 : typeof value === "string" ? `${value}x` : "another");

  test("finds a fault in every case that expects anything else anywhere", () => {
    expect(answers.size).toBe(cases.size);
    for (const [file, { response }] of cases) {
      const answer = answers.get(file) as Awaited<ReturnType<typeof answerTo>>;
      const wrong = [
        ...pathsOf(response).map((path) => withValue(response, path, another(valueAt(response, path)))),
        ...objectsIn(response).map((path) => withValue(response, [...path, "more"], "x")),
      ];
      for (const each of wrong)
        expect({ file, each, faults: faultsIn({ response: each }, answer).length }).toEqual({ file, each, faults: 1 });
    }
  });

  test.each([
    ["a bid without an impression", (body: string) => body.replace('"impid"', '"imp"')],
    ["markup without a link", (body: string) => body.replace('\\"link\\"', '\\"links\\"')],
    [
      "an asset that is two things",
      (body: string) => body.replace('\\"title\\":', '\\"img\\":{\\"url\\":\\"https://a.example\\"},\\"title\\":'),
    ],
    ["a no-bid reason that nobody has given a meaning", (body: string) => body.replace('"seatbid"', '"nbr":99,"seatbid"')],
  ])("finds %s, though the case should expect it", (_name, spoil) => {
    const answer = answers.get("exemplary/01-one-card.json") as Awaited<ReturnType<typeof answerTo>>;
    const spoilt = { ...answer.reply, body: JSON.parse(spoil(answer.reply.text)) };
    expect(faultsIn({ response: answer.said }, answer)).toEqual([]);
    expect(faultsIn({ response: answer.said }, { ...answer, reply: spoilt })).not.toEqual([]);
  });
});

/** The tests' addresses are https, so that none is too plain (tests/unit/app/bid-cards.test.ts); brands share evenly, so that none has had its share. */
const ELSEWHERE = ["not-secure", "fair-share-hold"];

test("every reason there is not to bid has its case", () => {
  const told = [...answers.values()].flatMap(({ reply }) => (reply.body?.ext?.nobids ?? []) as { reason: string }[]);
  expect([...new Set(told.map(({ reason }) => reason)), ...ELSEWHERE].sort()).toEqual(Object.keys(NO_BID).sort());
});
