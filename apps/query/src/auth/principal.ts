/** Who asks, as a verified token says. */

export const ROLES = ['viewer', 'admin', 'ops'] as const;
export type Role = (typeof ROLES)[number];

export interface Principal {
  /** The token's subject. */
  sub: string;
  role: Role;
  /** Always there for viewers and admins; operators may have none. */
  tenantHash?: string;
  /** Epoch seconds. */
  expiresAt: number;
  /** How the token came; a cookie needs anti-forgery on unsafe methods. */
  via: 'bearer' | 'cookie';
}
