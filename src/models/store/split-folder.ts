import { link, mkdir, rm, stat, symlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { splitPath } from "../../gguf/index.js";
import type { StoredFile } from "../model-record.js";
import type { ModelStore } from "./model-store.js";

/**
 * The paths of a model's files, as llama.cpp wants them named: the parts of a split model are found by their names, which
 * say nothing of a digest. So they are linked under such names, in a folder of their own.
 */
export async function splitFolder(store: ModelStore, files: readonly StoredFile[]): Promise<string[]> {
  const paths = files.map((file) => store.locate(file));
  const [first] = files;
  if (first === undefined || paths.length < 2) return paths;
  const named = paths.every((path, index) => path.endsWith(splitPath("", index, paths.length)));
  const prefix = (paths[0] ?? "").slice(0, -splitPath("", 0, paths.length).length);
  if (named && paths.every((path, index) => path === splitPath(prefix, index, paths.length))) return paths;

  const folder = join(store.home, "splits", first.sha256);
  await mkdir(folder, { recursive: true });
  return Promise.all(
    paths.map(async (path, index) => {
      const linked = splitPath(join(folder, "model"), index, paths.length);
      const [there, meant] = await Promise.all([stat(linked).catch(() => undefined), stat(path)]);
      if (there?.ino === meant.ino && there.size === meant.size) return linked;
      await rm(linked, { force: true });
      // Links to files may need a right that not every user has on Windows; hard links do not.
      await symlink(relative(folder, path), linked)
        .catch(() => link(path, linked))
        .catch((error: NodeJS.ErrnoException) => {
          if (error.code !== "EEXIST") throw error;
        });
      return linked;
    }),
  );
}
