// One card for each line of JSON on standard input, drawn by satori and resvg-js; answers with its bytes' number.
// node tests/bench/satori.mjs FOLDER-WITH-NODE-MODULES FONT.otf
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [folder, font] = process.argv.slice(2);
const require = createRequire(`${folder}/`);
const satori = require("satori").default;
const { Resvg } = require("@resvg/resvg-js");
const fonts = [
  { name: "Song", data: readFileSync(font), weight: 400, style: "normal" },
];
const e = (type, style, ...children) => ({ type, props: { style: { display: "flex", ...style }, children } });
const picture = (src, style) => ({ type: "img", props: { src, style } });

const page = (card) =>
  e("div", { width: "100%", height: "100%", flexDirection: "column", background: "#fbfaf7", color: "#16140f",
             padding: "46px 60px", borderTop: "10px solid #b3261e", fontFamily: "Song", fontSize: 22 },
    ...(card.photo ? [picture(card.photo, { width: 1080, height: 720, margin: "-46px -60px 30px", objectFit: "cover" })] : []),
    e("div", { justifyContent: "space-between", borderBottom: "4px solid #16140f", paddingBottom: 10 },
      e("div", { fontSize: 32 }, card.masthead), e("div", { color: "#666159" }, card.time)),
    e("div", { color: "#b3261e", borderLeft: "8px solid #b3261e", paddingLeft: 10, margin: "28px 0 16px" }, card.section),
    e("div", { fontSize: card.size, lineHeight: 1.24, flex: 1 }, card.headline),
    e("div", { justifyContent: "space-between", alignItems: "flex-end" },
      e("div", { flexDirection: "column", flex: 1 },
        e("div", { alignItems: "center" },
          e("div", { fontSize: 79, color: "#b3261e", marginRight: 20 }, "320"),
          e("div", { fontSize: 25 }, card.deck)),
        e("div", { borderTop: "1px solid #d8d3c9", marginTop: 24, paddingTop: 12, color: "#666159" }, card.credit)),
      picture(card.qr, { width: 105, height: 105 })));

for await (const line of createInterface({ input: process.stdin })) {
  const card = JSON.parse(line);
  const svg = await satori(page(card), { width: card.width, height: card.height, fonts });
  process.stdout.write(`${new Resvg(svg).render().asPng().length}\n`);
}
