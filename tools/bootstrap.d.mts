/** Whether what npm installed is what the lock file asks for; both are paths. */
export function isInstalled(lockFile: string, hiddenLockFile: string): boolean;
