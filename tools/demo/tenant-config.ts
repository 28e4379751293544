/** The chat widget's configuration of the demo's sites, as tenants keep it in S3. */
import { OBJECT_KEYS } from '@picasso/contracts';
import { putObject, type Objects } from '@picasso/storage';
import type { Cta, Site } from './site.ts';

/** Configured, and never shown to anybody: what a gap analysis is there to find. */
const FORGOTTEN_CTA: Cta = { id: 'spring-campaign', label: 'Spring campaign' };

const ctasOf = ({ topics }: Site, forgotten: boolean): Cta[] => [
  ...topics.flatMap(({ ctas }) => ctas),
  ...(forgotten ? [FORGOTTEN_CTA] : []),
];

/** Chips of the first generation are a list without ids, those of the second an object by id. */
function chips({ topics }: Site, generation: 1 | 2): unknown {
  if (generation === 1) return topics.map(({ id, chip }) => ({ label: chip, value: id }));
  const entries = topics.map(({ id, chip }) => [
    `chip-${id}`,
    { label: chip, action: 'show_branch', target_branch: id },
  ]);
  return Object.fromEntries(entries) as unknown;
}

/** @param forgotten with what nobody uses */
export function tenantConfig(site: Site, generation: 1 | 2, forgotten: boolean): object {
  const { topics, forms, helpPrompts, showcases } = site;
  return {
    version: generation === 1 ? '1.3' : '1.4.1',
    action_chips: { default_chips: chips(site, generation) },
    cta_definitions: Object.fromEntries(
      ctasOf(site, forgotten).map(({ id, label, form }) => [
        id,
        { label, action: form ? 'start_form' : 'external_link', formId: form },
      ]),
    ),
    quick_help: { prompts: helpPrompts },
    content_showcase: showcases.map((id) => ({ id, name: id.replaceAll('-', ' ') })),
    conversational_forms: Object.fromEntries(
      forms.map(({ id, label, fields }) => [
        id,
        {
          form_id: id,
          title: label,
          fields: fields.map((field) => ({
            ...{ id: field.id, label: field.label, type: field.type },
            required: true,
          })),
        },
      ]),
    ),
    kb_inventory: { links: topics.flatMap(({ links }) => links.map(({ url }) => url)) },
  };
}

/** Part of the knowledge base: its links count as configured, too. */
export const knowledgeBase = ({ name, origin }: Site): string =>
  `# ${name}\n\nSee [who we are](${origin}/about) and [how to reach us](${origin}/contact).\n`;

/** Puts mapping, configuration and a document of a site into the bucket. */
export async function putTenantConfig(
  objects: Objects,
  site: Site,
  generation: 1 | 2,
): Promise<void> {
  const { tenant_hash } = site;
  const tenant_id = `demo-${tenant_hash}`;
  const put = (key: string, text: string, contentType: string): Promise<void> =>
    putObject(objects, { key, body: Buffer.from(text), contentType });
  const json = 'application/json';
  await put(
    OBJECT_KEYS.tenantConfig(tenant_id),
    JSON.stringify(tenantConfig(site, generation, true)),
    json,
  );
  await put(`tenants/${tenant_id}/knowledge-base.md`, knowledgeBase(site), 'text/markdown');
  await put(
    OBJECT_KEYS.tenantMapping(tenant_hash),
    JSON.stringify({ tenant_id, tenant_hash, host: new URL(site.origin).host }),
    json,
  );
}
