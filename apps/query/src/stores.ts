import type { Provider } from '@nestjs/common';
import { ItemClicksReader, type Tables } from '@picasso/storage';
import {
  keptDays,
  openArchive,
  openFigures,
  openFinder,
  openInventory,
  openObjects,
  openSessions,
  openSiteTraffic,
  openTenants,
} from './storage.ts';
import {
  ARCHIVE,
  CONFIG,
  COUNTERS,
  FIGURES,
  FINDER,
  INVENTORY,
  KEPT_DAYS,
  OBJECTS,
  SESSIONS,
  SITE_TRAFFIC,
  TABLES,
  TENANTS,
} from './tokens.ts';

/** Everything that is read from, by its token. */
export const stores: Provider[] = [
  { provide: TENANTS, useFactory: openTenants, inject: [TABLES] },
  { provide: OBJECTS, useFactory: openObjects, inject: [CONFIG] },
  { provide: ARCHIVE, useFactory: openArchive, inject: [TABLES, OBJECTS] },
  { provide: KEPT_DAYS, useFactory: keptDays, inject: [ARCHIVE] },
  { provide: SESSIONS, useFactory: openSessions, inject: [TABLES, TENANTS] },
  { provide: FINDER, useFactory: openFinder, inject: [TABLES, TENANTS, ARCHIVE] },
  { provide: FIGURES, useFactory: openFigures, inject: [TABLES, TENANTS, ARCHIVE, CONFIG] },
  { provide: SITE_TRAFFIC, useFactory: openSiteTraffic, inject: [TABLES, CONFIG] },
  {
    provide: COUNTERS,
    useFactory: (tables: Tables) => new ItemClicksReader(tables),
    inject: [TABLES],
  },
  { provide: INVENTORY, useFactory: openInventory, inject: [TABLES, CONFIG] },
];
