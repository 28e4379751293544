import { MessagesSquare, type IconNode } from 'lucide';
import type { Role } from '../session/session.ts';

export interface NavigationEntry {
  path: string;
  label: string;
  icon: IconNode;
  /** Who has this page; everybody without it. */
  roles?: readonly Role[];
}

export const NAVIGATION: readonly NavigationEntry[] = [
  { path: '/sessions', label: 'Sessions', icon: MessagesSquare },
];
