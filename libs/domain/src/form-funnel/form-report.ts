import { FORM_STEPS, type Figures, type FormDayCounts, type FormStep } from '@picasso/contracts';
import { sumTrees, type CountTree } from '../daily-aggregate/count-tree.ts';
import { nameOf } from '../item-usage/names.ts';
import { compareText } from '../ordering/ordering.ts';
import { compare, ratio, trendOf, type Comparison, type Trend } from '../rates/rates.ts';
import { fieldKey, formKey } from '../session-summary/names.ts';
import { fieldAdvice, type FieldAdvice } from './field-advice.ts';

type Forms = Figures['forms'];
type Names = Figures['names'];

const NO_FORM: FormDayCounts = {
  views: 0,
  starts: 0,
  completions: 0,
  abandons: 0,
  closed_starts: 0,
  closed_abandons: 0,
  duration_ms_sum: 0,
  funnel: {
    viewed: { nested: 0, later: 0 },
    started: { nested: 0, later: 0 },
    completed: { nested: 0, later: 0 },
  },
  bottlenecks: {},
};

/** One form's counts, or the sums over all forms. */
export function formCountsOf(forms: Forms, formId?: string): FormDayCounts {
  const chosen = Object.entries(forms)
    .filter(([id]) => formId === undefined || id === formId)
    .map(([, counts]) => counts);
  return sumTrees([NO_FORM, ...chosen] as unknown as CountTree[]) as unknown as FormDayCounts;
}

export interface FormCards {
  views: Comparison;
  completions: Comparison;
  /** Completions ÷ views. */
  completion_rate: Comparison;
  /** Over completed attempts. */
  average_completion_ms: Comparison;
  /** Abandons ÷ starts, of closed sessions. */
  abandon_rate: Comparison;
}

export function formCards(current: Forms, before: Forms | null, formId?: string): FormCards {
  const now = formCountsOf(current, formId);
  const then = before && formCountsOf(before, formId);
  const card = (figure: (counts: FormDayCounts) => number | null): Comparison =>
    compare(figure(now), then && figure(then));
  return {
    views: card(({ views }) => views),
    completions: card(({ completions }) => completions),
    completion_rate: card(conversion),
    average_completion_ms: card((c) => ratio(c.duration_ms_sum, c.completions)),
    abandon_rate: card((c) => ratio(c.closed_abandons, c.closed_starts)),
  };
}

const conversion = ({ completions, views }: FormDayCounts): number | null =>
  ratio(completions, views);

export interface FormFunnelRow {
  step: FormStep;
  /** How often it happened. */
  events: number;
  /** Sessions that took this step and those before it, of one form; never more than the step before. */
  sessions: number;
  /** Sessions that took this step without all before it. */
  entered_later: number;
  /** Of the sessions of the step before. */
  pass_through: number | null;
}

/** Views → started → completed, over all forms or one; who uses two forms counts for each. */
export function formFunnel(forms: Forms, formId?: string): FormFunnelRow[] {
  const { views, starts, completions, funnel } = formCountsOf(forms, formId);
  const events: Record<FormStep, number> = {
    viewed: views,
    started: starts,
    completed: completions,
  };
  return FORM_STEPS.map((step, index) => {
    const before = FORM_STEPS[index - 1];
    const { nested, later } = funnel[step];
    return {
      step,
      events: events[step],
      sessions: nested,
      entered_later: later,
      pass_through: before === undefined ? null : ratio(nested, funnel[before].nested),
    };
  });
}

export interface FieldBottleneck {
  form_id: string;
  form_label: string | null;
  /** null: no field had been submitted. */
  field_id: string | null;
  field_label: string | null;
  abandons: number;
  /** Of all abandons looked at. */
  share: number | null;
  advice: FieldAdvice | null;
}

/** What is configured of a field, where the inventory knows it. */
export type FieldLookup = (
  formId: string,
  fieldId: string,
) => { label: string | null; kind: string | null } | undefined;

/** Where forms are left, the most frequent first. */
export function fieldBottlenecks(
  forms: Forms,
  names: Names,
  formId?: string,
  configured: FieldLookup = () => undefined,
): FieldBottleneck[] {
  const rows = Object.entries(forms)
    .filter(([id]) => formId === undefined || id === formId)
    .flatMap(([form_id, { bottlenecks }]) =>
      Object.entries(bottlenecks).map(([field, abandons]) => ({ form_id, field, abandons })),
    );
  const all = rows.reduce((sum, { abandons }) => sum + abandons, 0);
  return rows
    .sort(
      (a, b) =>
        b.abandons - a.abandons ||
        compareText(a.form_id, b.form_id) ||
        compareText(a.field, b.field),
    )
    .map(({ form_id, field, abandons }) => {
      const known = configured(form_id, field);
      const key = fieldKey(form_id, field);
      const field_label = known?.label ?? nameOf(names, key, 'label');
      const kind = known?.kind ?? nameOf(names, key, 'kind');
      return {
        form_id,
        form_label: nameOf(names, formKey(form_id), 'label'),
        field_id: field === '' ? null : field,
        field_label,
        abandons,
        share: ratio(abandons, all),
        advice: fieldAdvice([kind, field, field_label]),
      };
    });
}

export interface FormRank {
  form_id: string;
  label: string | null;
  views: number;
  starts: number;
  completions: number;
  abandons: number;
  /** Completions ÷ views, with the period before. */
  rate: Comparison;
  trend: Trend | null;
}

/** Forms by conversion, the best first; those never viewed last. */
export function formRanking(current: Forms, before: Forms | null, names: Names): FormRank[] {
  return Object.entries(current)
    .map(([form_id, counts]) => {
      const { views, starts, completions, abandons } = counts;
      const rate = compare(conversion(counts), before && conversion(formCountsOf(before, form_id)));
      const label = nameOf(names, formKey(form_id), 'label');
      return {
        ...{ form_id, label, views, starts, completions, abandons, rate },
        trend: trendOf(rate.change),
      };
    })
    .sort(
      (a, b) =>
        (b.rate.value ?? -1) - (a.rate.value ?? -1) ||
        b.completions - a.completions ||
        compareText(a.form_id, b.form_id),
    );
}
