import { describe, expect, it } from '@jest/globals';
import { FROM_SERVER, session } from '../event-builder.fixture.ts';
import { conversationFigures } from './conversation.ts';

const figures = (...steps: Parameters<typeof session>) => conversationFigures(session(...steps));

describe('messages', () => {
  it('are what was sent and what was received', () => {
    expect(figures('MESSAGE_SENT', 'MESSAGE_RECEIVED', 'MESSAGE_SENT')).toMatchObject({
      message_count: 3,
      user_message_count: 2,
      bot_message_count: 1,
    });
  });

  it('are not counted again by QA_COMPLETE', () => {
    const steps = [
      'MESSAGE_SENT',
      ['QA_COMPLETE', { response_time_ms: 900, question: 'x' }, FROM_SERVER],
    ] as const;
    expect(figures(...(steps as unknown as Parameters<typeof session>))).toMatchObject({
      message_count: 1,
      response_count: 0,
      response_time_ms_sum: 0,
    });
  });
});

describe('response times', () => {
  it.each([
    [0, 0],
    [1, 1],
    [59_999, 1],
    [60_000, 0],
    [-5, 0],
    ['900', 0],
    [null, 0],
    [Number.NaN, 0],
    [Infinity, 0],
  ])('%p ms makes %i', (response_time_ms, count) => {
    const result = figures(['MESSAGE_RECEIVED', { response_time_ms }]);
    expect(result.response_count).toBe(count);
    expect(result.response_time_ms_sum).toBe(count === 1 ? response_time_ms : 0);
    expect(result.bot_message_count).toBe(1);
  });

  it('add up', () => {
    const result = figures(
      ['MESSAGE_RECEIVED', { response_time_ms: 400 }],
      ['MESSAGE_RECEIVED', { response_time_ms: 1100 }],
    );
    expect(result).toMatchObject({ response_count: 2, response_time_ms_sum: 1500 });
  });
});

describe('topics', () => {
  it('are distinct branches in order of first appearance, from answers and chips', () => {
    const { topics } = figures(
      ['ACTION_CHIP_CLICKED', { chip_id: 'c', target_branch: 'volunteer' }],
      ['MESSAGE_RECEIVED', { branch_id: 'donate' }],
      ['QA_COMPLETE', { branch_id: 'events' }, FROM_SERVER],
      ['MESSAGE_RECEIVED', { branch_id: 'volunteer' }],
    );
    expect(topics).toEqual(['volunteer', 'donate', 'events']);
  });

  it('come from nowhere else', () => {
    const { topics } = figures(
      ['MESSAGE_SENT', { branch_id: 'a', target_branch: 'b' }],
      ['MESSAGE_RECEIVED', { target_branch: 'c', branch_id: '' }],
      ['CTA_CLICKED', { target_branch: 'd' }],
    );
    expect(topics).toEqual([]);
  });

  it('are at most 64, the first ones', () => {
    const steps = Array.from({ length: 70 }, (_, n): [string, object] => [
      'MESSAGE_RECEIVED',
      { branch_id: `b${n}` },
    ]);
    const { topics } = figures(...(steps as Parameters<typeof session>));
    expect(topics).toHaveLength(64);
    expect(topics[0]).toBe('b0');
    expect(topics[63]).toBe('b63');
  });
});

describe('the first question', () => {
  it('is the text of the first MESSAGE_SENT', () => {
    const { first_question } = figures(
      ['MESSAGE_RECEIVED', { content: 'Welcome' }],
      ['MESSAGE_SENT', { content: 'How do I donate?' }],
      ['MESSAGE_SENT', { content: 'Hello?' }],
    );
    expect(first_question).toBe('How do I donate?');
  });

  it('may come as a preview', () => {
    expect(figures(['MESSAGE_SENT', { content_preview: 'Hi' }]).first_question).toBe('Hi');
  });

  it('is null when nobody asked or the first message has no text', () => {
    expect(figures('WIDGET_OPENED').first_question).toBeNull();
    const { first_question } = figures('MESSAGE_SENT', ['MESSAGE_SENT', { content: 'later' }]);
    expect(first_question).toBeNull();
  });

  it('has at most 500 characters, none of them cut in half', () => {
    const { first_question } = figures(['MESSAGE_SENT', { content: `${'a'.repeat(499)}😀😀` }]);
    expect(first_question).toBe(`${'a'.repeat(499)}😀`);
    const emoji = figures(['MESSAGE_SENT', { content: '😀'.repeat(600) }]).first_question;
    expect(emoji).toBe('😀'.repeat(500));
  });
});
