import {
  Activity,
  ChartNoAxesCombined,
  ClipboardList,
  Compass,
  MessagesSquare,
  MousePointerClick,
  Route,
  ScanText,
  UsersRound,
  type IconNode,
} from 'lucide';
import type { Role } from '../session/session.ts';

export interface NavigationEntry {
  path: string;
  label: string;
  icon: IconNode;
  /** Who has this page; everybody without it. */
  roles?: readonly Role[];
  /** Begins a group of its own. */
  opensGroup?: boolean;
}

export const NAVIGATION: readonly NavigationEntry[] = [
  { path: '/conversations', label: 'Conversations', icon: MessagesSquare },
  { path: '/attribution', label: 'Attribution', icon: Compass },
  { path: '/forms', label: 'Forms', icon: ClipboardList },
  { path: '/items', label: 'Items', icon: MousePointerClick },
  { path: '/paths', label: 'Paths', icon: Route },
  { path: '/sessions', label: 'Sessions', icon: UsersRound },
  {
    path: '/check',
    label: 'Check events',
    icon: ScanText,
    roles: ['admin', 'ops'],
    opensGroup: true,
  },
  {
    path: '/google-analytics',
    label: 'Google Analytics',
    icon: ChartNoAxesCombined,
    roles: ['admin', 'ops'],
  },
  { path: '/ops', label: 'Operations', icon: Activity, roles: ['ops'], opensGroup: true },
];
