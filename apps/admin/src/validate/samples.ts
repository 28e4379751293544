/** One example of every shape that ingest takes, with the time of now. */

const ids = (): { session_id: string; timestamp: string } => ({
  session_id: 'sess_example',
  timestamp: new Date().toISOString(),
});

const flat = () => ({
  schema_version: '1.0',
  event_id: 'evt_1',
  ...ids(),
  step_number: 1,
  sequence_number: 1,
  event_type: 'CTA_CLICKED',
  payload: { cta_id: 'apply', cta_label: 'Apply' },
});

export const SAMPLES: readonly { label: string; make: () => unknown }[] = [
  { label: 'One event', make: flat },
  {
    label: 'A batch',
    make: () => ({
      sent_at: new Date().toISOString(),
      events: [
        { ...flat(), event_type: 'WIDGET_OPENED', payload: { trigger: 'button' } },
        { ...flat(), event_id: 'evt_2', step_number: 2, sequence_number: 2 },
      ],
    }),
  },
  {
    label: 'The widget’s envelope',
    make: () => ({
      action: 'analytics',
      batch: true,
      events: [
        {
          schema_version: '1.0.0',
          ...ids(),
          step_number: 1,
          event: { type: 'CTA_CLICKED', payload: { cta_id: 'apply' } },
        },
      ],
    }),
  },
];
