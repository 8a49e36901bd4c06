import type { Problem } from "./problem-document.ts";
import { htmlPage, type Response } from "./respond.ts";

/** For a browser that was sent here: a neutral page with nothing of the request in it, in both languages. */
export const plainPage = ({ status, code }: Problem): Response =>
  htmlPage(status, { html: code === "token-expired" ? ENDED : NOT_AVAILABLE });

const pageOf = (zh: Words, en: Words) => `<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${zh.title} · ${en.title}</title>
<body>
<main>
<h1>${zh.title}</h1>
<p>${zh.text}</p>
<div lang="en">
<h1>${en.title}</h1>
<p>${en.text}</p>
</div>
</main>
`;

interface Words {
  readonly title: string;
  readonly text: string;
}

const NOT_AVAILABLE = pageOf(
  { title: "链接无法打开", text: "该链接无效。请返回上一页。" },
  { title: "Link not available", text: "This link is not valid. Please go back." },
);

/** After the season, or long after the card was shown. */
const ENDED = pageOf(
  { title: "活动已结束", text: "该链接已过期，感谢关注。请返回上一页。" },
  { title: "This has ended", text: "This link is no longer valid. Thank you for looking; please go back." },
);
