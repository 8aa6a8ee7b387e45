/** The parts of a package-lock.json that the rules below read. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

export interface LockEntry {
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const PACKAGES = "node_modules/";

/** Where Node would look for a package that the package at `path` names, nearest first. */
function candidates(path: string, name: string): string[] {
  const parents = path.split(`/${PACKAGES}`);
  const folders = parents.map((_, index) => parents.slice(0, index + 1).join(`/${PACKAGES}`));
  return [PACKAGES + name, ...folders.map((folder) => `${folder}/${PACKAGES}${name}`)];
}

/**
 * Platform packages that are named and not locked. npm install says nothing of them, npm ci fails on
 * that platform, or leaves it without the binary.
 */
export function missingPlatforms(lock: Lock): string[] {
  return Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !candidates(path, name).some((place) => place in lock.packages))
      .map(
        (name) =>
          `${path || "the root"} names ${name}, which is not locked: pin a version that has it`,
      ),
  );
}

/** Locked packages without a hash: leftovers of a nested node_modules folder. */
export function withoutHash(lock: Lock): string[] {
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path.includes(PACKAGES) && entry.link !== true && !entry.integrity)
    .map(([path]) => `${path} has no hash: delete node_modules and */node_modules, install again`);
}

/** Locked packages that name an address: the registry is the reader's to choose. */
export function withAddress(lock: Lock): string[] {
  return Object.entries(lock.packages)
    .filter(([, entry]) => /^https?:/.test(entry.resolved ?? ""))
    .map(([path]) => `${path} names an address: keep omit-lockfile-registry-resolved in .npmrc`);
}

const WORKERD = ["darwin-64", "darwin-arm64", "linux-64", "linux-arm64", "windows-64"];

/** The five platform packages of workerd that are not in its one version. */
export function workerdDrift(lock: Lock): string[] {
  const version = lock.packages[`${PACKAGES}workerd`]?.version ?? "a workerd";
  const copies = Object.keys(lock.packages).filter((path) => path.endsWith(`${PACKAGES}workerd`));
  return [
    ...WORKERD.map((platform) => `${PACKAGES}@cloudflare/workerd-${platform}`)
      .filter((path) => lock.packages[path]?.version !== version)
      .map(
        (path) => `${path}: expected ${version}, was ${lock.packages[path]?.version ?? "nothing"}`,
      ),
    ...(copies.length === 1
      ? []
      : [`expected one workerd, was ${copies.length}: pin miniflare to wrangler's`]),
  ];
}

/** Pins that are ranges. */
export function loosePins(dependencies: Readonly<Record<string, string>>): string[] {
  return Object.entries(dependencies)
    .filter(([, range]) => !/^(npm:[@\w/-]+@)?\d+\.\d+\.\d+[\w.-]*$/.test(range))
    .map(([name, range]) => `${name}: expected one exact version, was ${range}`);
}

const FIELDS = ["dependencies", "devDependencies", "optionalDependencies"] as const;

/** Dependencies of a manifest that the lockfile has otherwise, or not: npm ci refuses both. */
export function unlocked(lock: Lock, folder: string, manifest: LockEntry): string[] {
  return FIELDS.flatMap((field) => {
    const wanted = manifest[field] ?? {};
    const locked = lock.packages[folder]?.[field] ?? {};
    const names = new Set([...Object.keys(wanted), ...Object.keys(locked)]);
    return [...names]
      .filter((name) => wanted[name] !== locked[name])
      .map(
        (name) =>
          `${folder || "the root"}: ${name} is ${wanted[name]}, locked ${locked[name]}: npm install`,
      );
  });
}
