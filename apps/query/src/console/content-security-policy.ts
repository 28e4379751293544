/**
 * What the console's page may load and do: its own files and this origin, nothing else.
 *
 * Scripts come from files only. Style elements carry the nonce, since components bring their styles
 * along; style attributes are allowed because charts position what they draw with them. Trusted
 * Types leave writing markup to Angular, which sanitises it.
 */
export const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    `style-src-elem 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types angular',
  ].join('; ');
