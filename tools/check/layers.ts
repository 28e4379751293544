/**
 * Who may import whom: the one table behind the module-boundary rule and the tag check.
 *
 * Every project carries one tag per axis. `type` says what it is for, `platform` where its code
 * can run. Telemetry stands below messaging and storage, so that both can open spans and count.
 */

interface Layer {
  /** Types that it may import. */
  imports: string[];
  /** npm packages that it may import; any where this is absent. */
  external?: string[];
}

export const TYPES: Record<string, Layer> = {
  app: {
    imports: ['messaging', 'storage', 'telemetry', 'service', 'domain', 'contracts'],
  },
  // Everything else it hears of through the API.
  console: { imports: ['domain', 'contracts'] },
  messaging: { imports: ['telemetry', 'domain', 'contracts'] },
  storage: { imports: ['telemetry', 'domain', 'contracts'] },
  telemetry: { imports: ['domain', 'contracts'] },
  service: { imports: [] },
  domain: {
    imports: ['contracts'],
    // Arithmetic only: nothing that reads a file or the network.
    external: ['@noble/hashes/*', 'marked', 'safe-stable-stringify', 'temporal-polyfill'],
  },
  contracts: {
    imports: [],
    external: [
      'ajv',
      'ajv/*',
      'class-transformer',
      'class-transformer/*',
      'class-validator',
      'class-validator-jsonschema',
      'reflect-metadata',
    ],
  },
  // Published, and small: of the contracts it takes types only, and no package at all.
  tracker: { imports: ['contracts'], external: [] },
  engines: { imports: ['contracts'] },
  // What specs are written with: it may reach any library; only specs may reach it.
  testing: {
    imports: ['messaging', 'storage', 'telemetry', 'domain', 'contracts', 'engines', 'testing'],
  },
  tool: { imports: ['messaging', 'storage', 'telemetry', 'domain', 'contracts', 'engines'] },
};

/** A project may use another one only where that one can run as well. */
export const PLATFORMS: Record<string, string[]> = {
  server: ['server', 'shared'],
  web: ['web', 'shared'],
  shared: ['shared'],
};

/** `generator`: a script beside a library's sources that writes committed files from them. */
export type FileKind = 'source' | 'spec' | 'generator';

/** Packages that files of a kind may import where the layer has a list. */
const EXTRA_PACKAGES: Record<FileKind, string[]> = {
  source: [],
  spec: ['@datadog/sketches-js', '@jest/globals', 'fast-check', 'reflect-metadata'],
  generator: ['prettier'],
};

interface DepConstraint {
  sourceTag: string;
  onlyDependOnLibsWithTags: string[];
  allowedExternalImports?: string[];
}

const tags = (axis: string, values: string[]): string[] =>
  values.map((value) => `${axis}:${value}`);

/**
 * `depConstraints` of `@nx/enforce-module-boundaries`. Specs may import `testing` besides, on
 * whatever platform their project runs: they themselves only ever run on Node.
 */
export function depConstraints(kind: FileKind): DepConstraint[] {
  const spec = kind === 'spec';
  const byType = Object.entries(TYPES).map(([type, { imports, external }]) => ({
    sourceTag: `type:${type}`,
    onlyDependOnLibsWithTags: tags('type', spec ? [...imports, 'testing'] : imports),
    ...(external && { allowedExternalImports: [...external, ...EXTRA_PACKAGES[kind]] }),
  }));
  const byPlatform = Object.entries(PLATFORMS).map(([platform, reaches]) => ({
    sourceTag: `platform:${platform}`,
    onlyDependOnLibsWithTags: tags('platform', spec ? Object.keys(PLATFORMS) : reaches),
  }));
  return [...byType, ...byPlatform];
}
