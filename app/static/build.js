// Makes app/static/built/ of what lies here and in node_modules: bundled, minified, compressed,
// under names that change with the content, and manifest.json, which says what is called how.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const APP = join(HERE, "..");
const BUILT = join(HERE, "built");
const ICONS = join(APP, "..", "node_modules", "bootstrap-icons", "icons");
const FONTS = join(APP, "..", "node_modules", "@expo-google-fonts", "noto-sans-sc");
const manifest = { icons: [], files: {} };
const made = new Map();

const { metafile, outputFiles } = await build({
  absWorkingDir: HERE,
  entryPoints: ["js/shell.js", "css/shell.css"],
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true, // what few pages need, the charts, comes only with them
  format: "esm",
  minify: true,
  target: ["chrome111", "firefox115", "safari16.4"],
  outdir: "built",
  legalComments: "linked", // the licences of what is bundled travel with it
  metafile: true,
  write: false,
});
for (const file of outputFiles) made.set(basename(file.path), file.contents);
for (const [path, output] of Object.entries(metafile.outputs)) {
  if (output.entryPoint) manifest.files[basename(output.entryPoint)] = basename(path);
}

// Only the icons that are asked for, as one file of symbols.
const names = new Set();
for (const entry of await readdir(APP, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(html|py)$/.test(entry.name)) continue;
  const text = await readFile(join(entry.parentPath ?? entry.path, entry.name), "utf8");
  for (const found of text.matchAll(/\bicon(?:\(|=)["']([a-z0-9-]+)["']/g)) names.add(found[1]);
}
manifest.icons = [...names].sort();
const symbols = await Promise.all(manifest.icons.map(async (name) => {
  const svg = await readFile(join(ICONS, `${name}.svg`), "utf8");
  return svg
    .replace(/<svg[^>]*viewBox="([^"]+)"[^>]*>/, `<symbol id="${name}" viewBox="$1">`)
    .replace("</svg>", "</symbol>");
}));
hashed("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
hashed("icon.svg", await readFile(join(HERE, "icon.svg")));
// What the printed summary is set in, and its licence.
hashed("summary.ttf", await readFile(join(FONTS, "400Regular", "NotoSansSC_400Regular.ttf")));
hashed("summary.txt", await readFile(join(FONTS, "LICENSE_FONT")));

function hashed(name, content) {
  const bytes = Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
  const kept = `${basename(name, extname(name))}-${hash}${extname(name)}`;
  manifest.files[name] = kept;
  made.set(kept, bytes);
}

await mkdir(BUILT, { recursive: true });
for (const [name, bytes] of made) {
  await writeFile(join(BUILT, name), bytes);
  if (bytes.length < 1000 || !/\.(js|css|svg)$/.test(name)) continue;
  await writeFile(join(BUILT, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  await writeFile(join(BUILT, `${name}.br`), brotliCompressSync(bytes));
}
const next = join(BUILT, `.manifest-${process.pid}`);
await writeFile(next, JSON.stringify(manifest, null, 1));
await rename(next, join(BUILT, "manifest.json")); // servers that start now read one or the other
for (const name of await readdir(BUILT)) {
  const whose = name.replace(/\.(gz|br)$/, "");
  if (!made.has(whose) && name !== "manifest.json") await rm(join(BUILT, name));
}
console.log(`built ${made.size} files in ${relative(process.cwd(), BUILT)}`);
