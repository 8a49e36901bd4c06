import { describe, expect, test } from "@jest/globals";
import { skeleton, tidy } from "../../../lib/domain/text.ts";

/** Spellings that a person reads as the name: other scripts, widths, styles, cases and white space. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  Tmall: [
    ...["TMALL", "tmall", "tMaLl", "T mall", "T m a l l", "T\u00A0mall", "T\u3000mall", "Ｔｍａｌｌ", "ＴＭＡＬＬ", "ｔmall"],
    ...["Tmаll", "Тmall", "ТМАLL", "тmall", "TМALL", "tmaⅼⅼ", "TmaII", "Tma11", "Tmaꓲꓲ", "Tma|l", "TmaΙl", "τmall"],
    ...["𝐓𝐦𝐚𝐥𝐥", "𝑇𝑚𝑎𝑙𝑙", "𝕋𝕞𝕒𝕝𝕝", "𝚃𝚖𝚊𝚕𝚕", "ⓣⓜⓐⓛⓛ", "Ⓣmall", "Trnall", "Tmɑll", "Tmαll"],
  ],
  "Pear Inkstone": [
    ...["PEAR INKSTONE", "pearinkstone", "Pеar Inkstone", "Реаr Inkstоne", "ΡΕΑR Inkstone", "РЕАR ІNKSТОNЕ", "Pear lnkstone"],
    ...["Pear 1nkstone", "Pear Іnkstone", "Pear Inkst0ne", "Pear Inkstοne", "Pear Inkstօne", "Ｐｅａｒ　Ｉｎｋｓｔｏｎｅ"],
    ...["Pear Inkѕtone", "pear INKSTONE", "𝒫ear Inkstone", "Pear Inkstonе"],
  ],
  "Jilu Powder Box": [
    ...["JILU POWDER BOX", "jilu powder box", "JiluPowderBox", "Jіlu Powder Box", "Ϳilu Powder Box", "JlLU POWDER BOX", "J1lu Powder Box"],
    ...[
      "Jilu Рowder Box",
      "Jilu Pоwder Вох",
      "Jilu Powder Bοx",
      "Jilu P0wder B0x",
      "Ｊｉｌｕ Powder Box",
      "Jilu Powԁer Box",
      "Jilu Powder Bo×",
    ],
    ...["Jilu Powder Вox", "Jilu  Powder  Box", "𝗝𝗶𝗹𝘂 𝗣𝗼𝘄𝗱𝗲𝗿 𝗕𝗼𝘅"],
  ],
  "Café Lanmo": ["Cafe\u0301 Lanmo", "CAFÉ LANMO", "Ϲafé Lanmo", "Саfé Lаnmо", "Café Lanrno", "Café Ianmo", "Ｃafé 1anmo"],
  天猫618: ["天 猫 618", "天猫６１８", "天猫б18", "⼤猫618".replace("⼤", "天"), "天猫6l8", "天猫 6I8", "天\u3000猫618"],
  二十工坊: ["ニ十工坊", "二十エ坊", "二 十 工 坊"],
};
const spelled = Object.entries(SPELLINGS).flatMap(([name, spellings]) => spellings.map((spelling) => [spelling, name] as const));

test("the corpus is large enough to mean something", () => {
  expect(new Set(spelled.map(([spelling]) => spelling)).size).toBe(spelled.length);
  expect(spelled.length).toBeGreaterThanOrEqual(60);
});

test.each(spelled)("%s reads as %s", (spelling, name) => {
  expect(skeleton(spelling)).toBe(skeleton(name));
  expect(skeleton(tidy(spelling))).toBe(skeleton(tidy(name)));
});

describe("honest names keep apart", () => {
  const NAMES = [
    ...Object.keys(SPELLINGS),
    ...["天猫", "天猫国际", "大猫618", "霁鹭妆匣", "棠梨砚台", "霁鹭妆厘", "土工坊", "二十一工坊", "南陌", "蓝墨", "蘭墨"],
    ...["Small", "Tmail Post", "Mall", "T Ball", "Bear Inkstone", "Pear Inkwell", "Jade Powder Box", "Lanmo", "Cafe Lanmo", "Lamno"],
    ...["Нева", "Ладога", "Αθήνα", "Northern Tea", "Southern Tea", "Tea 18", "Tea 81", "618", "619", "さくら", "サクラ屋"],
  ];

  test("each from every other", () => {
    const found = Map.groupBy(NAMES, skeleton);
    expect([...found.values()].filter((group) => group.length > 1)).toEqual([]);
    expect(NAMES.length).toBeGreaterThanOrEqual(30);
  });

  test("and from every spelling of another's", () => {
    for (const [spelling, name] of spelled)
      expect({ spelling, like: NAMES.filter((each) => skeleton(each) === skeleton(spelling)) }).toEqual({ spelling, like: [name] });
  });
});

test("a skeleton is the same however the name is composed, and twice as once", () => {
  for (const [spelling] of spelled) {
    expect(skeleton(spelling.normalize("NFD"))).toBe(skeleton(spelling.normalize("NFC")));
    expect(skeleton(skeleton(spelling))).toBe(skeleton(spelling));
  }
});
