/** What a tenant has configured, whichever generation of the configuration says so. */

export interface ConfiguredItem {
  /** `{type}#{id}`, as clicks on it are counted. */
  key: string;
  type: ItemType;
  id: string;
  label: string | null;
}

export const ITEM_TYPES = ['action_chip', 'cta', 'help_prompt', 'link', 'showcase'] as const;
export type ItemType = (typeof ITEM_TYPES)[number];

export interface ConfiguredField {
  id: string;
  label: string | null;
  kind: string | null;
  required: boolean;
}

export interface ConfiguredForm {
  form_id: string;
  /** Its key in the configuration, which can differ from its id. */
  key: string;
  title: string | null;
  fields: ConfiguredField[];
}

/** A section or an entry that could not be read, and was left out. */
export interface InventoryWarning {
  /** Path in the configuration: `cta_definitions.donate`. */
  path: string;
  message: string;
}

export interface Inventory {
  /** By key; each once. */
  items: ConfiguredItem[];
  /** By form id; each once. */
  forms: ConfiguredForm[];
  warnings: InventoryWarning[];
}
