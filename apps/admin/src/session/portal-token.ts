/** The portal's link carries its token as `?token=…`. */

export interface PortalLink {
  token: string | undefined;
  /** Path, query and fragment without the token. */
  address: string;
}

/** Splits an address into the portal's token and what is left, which is safe to show and share. */
export function takePortalToken(href: string): PortalLink {
  const url = new URL(href);
  const token = url.searchParams.get('token') ?? undefined;
  url.searchParams.delete('token');
  return { token: token || undefined, address: `${url.pathname}${url.search}${url.hash}` };
}
