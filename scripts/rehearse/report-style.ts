/** The report's looks. Both languages are in the file, and the one that is chosen is shown. */
export const STYLE = `
:root { color-scheme: light; --ink: #1d1d1f; --line: #d2d2d7; --good: #00664a; --bad: #a3230a; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; color: var(--ink); background: #fff; line-height: 1.5;
  font-family: system-ui, "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0.5rem 0; }
h1 small { font-size: 1rem; font-weight: normal; color: #555; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; }
.languages { border: 0; margin: 0; padding: 0; display: flex; gap: 1rem; justify-content: flex-end; }
.languages legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
main { display: none; }
body:has(#in-en:checked) main.en, body:has(#in-zh:checked) main.zh { display: block; }
:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
.verdict { font-size: 1.2rem; font-weight: 600; padding: 0.5rem 0.75rem; border-left: 0.4rem solid; }
.kept { color: var(--good); }
.broken, .unchecked { color: var(--bad); font-weight: 600; }
.absent { color: #555; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0.5rem 1rem; margin: 1rem 0; }
dt { font-size: 0.85rem; color: #555; }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
code { overflow-wrap: anywhere; background: #f5f5f7; padding: 0.1rem 0.3rem; }
figure { margin: 0; }
figure svg { max-width: 100%; height: auto; display: block; }
figcaption { font-size: 0.85rem; color: #555; }
.phone { display: none; }
summary { cursor: pointer; padding: 0.4rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody th { font-weight: normal; min-width: 9rem; }
td { min-width: 4.5rem; }
@media (max-width: 40rem) { .screen { display: none; } .phone { display: block; } }
@media print { main { display: block; } .languages { display: none; } }
`;
