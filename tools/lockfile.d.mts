export interface LockEntry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  optionalDependencies?: Record<string, string>;
}

export function platformOf(name: string): Pick<LockEntry, 'os' | 'cpu'>;

export function missingOptionals(lock: {
  packages: Record<string, LockEntry>;
}): { path: string; entry: LockEntry }[];
