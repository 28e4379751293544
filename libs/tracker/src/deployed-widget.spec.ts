import { expect, it } from '@jest/globals';
import { fromDeployedWidget } from './deployed-widget.ts';

const analytics = {
  schema_version: '1.0.0',
  session_id: 'sess_mb2k1x_a9f3c1',
  tenant_id: 't1',
  timestamp: '2026-11-22T14:30:00.123Z',
  step_number: 3,
  event: { type: 'CTA_CLICKED', payload: { cta_id: 'apply' } },
  ga_client_id: '1.2',
};
const message = (fields: object = {}) => ({
  type: 'PICASSO_EVENT',
  event: 'CTA_CLICKED',
  payload: { cta_id: 'apply' },
  analytics: { ...analytics, ...fields },
});

it("becomes a flat event with the widget's own session, step and time, and no number", () => {
  expect(fromDeployedWidget(message(), 't1')).toEqual({
    schema_version: '1.0',
    event_id: expect.stringMatching(/^evt_\d+$/),
    session_id: 'sess_mb2k1x_a9f3c1',
    timestamp: '2026-11-22T14:30:00.123Z',
    step_number: 3,
    event_type: 'CTA_CLICKED',
    payload: { cta_id: 'apply' },
    ga_client_id: '1.2',
  });
});

it('does without what the widget may not know', () => {
  const bare = { tenant_id: null, ga_client_id: undefined, event: { type: 'WIDGET_CLOSED' } };
  const event = fromDeployedWidget(message(bare), 't1');
  expect(event).toMatchObject({ event_type: 'WIDGET_CLOSED', payload: {} });
  expect(event).not.toHaveProperty('ga_client_id');
});

it.each([
  ['of another tenant', message({ tenant_id: 't2' })],
  ['for the page only: opening', { type: 'PICASSO_EVENT', event: 'CHAT_OPENED', payload: {} }],
  [
    'for the page only: a message that is tracked besides',
    { type: 'PICASSO_EVENT', event: 'MESSAGE_SENT', payload: { content: 'x', messageId: 'm' } },
  ],
  ['of another kind', { ...message(), type: 'PICASSO_SIZE_CHANGE' }],
  ['of nobody known', {}],
])('ignores messages %s', (_name, given) => {
  expect(fromDeployedWidget(given as never, 't1')).toBeUndefined();
});
