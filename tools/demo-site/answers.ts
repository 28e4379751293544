/** The demo's chat backend: a handful of answers by keyword. */

export interface ChatAnswer {
  text: string;
  branch_id: string;
  chips: { chip_id: string; chip_label: string }[];
  cta?: { cta_id: string; cta_label: string; form_id: string };
  link?: { url: string; label: string };
}

const CHIPS = {
  hours: { chip_id: 'hours', chip_label: 'When are you open?' },
  volunteer: { chip_id: 'volunteer', chip_label: 'Can I help?' },
  adopt: { chip_id: 'adopt', chip_label: 'How do I adopt?' },
};

const ANSWERS: readonly [keyword: RegExp, answer: ChatAnswer][] = [
  [
    /open|hour|when/i,
    {
      text: 'We are open from ten to five, every day but Monday.',
      branch_id: 'hours',
      chips: [CHIPS.volunteer, CHIPS.adopt],
    },
  ],
  [
    /volunteer|help\?|apply/i,
    {
      text: 'We would love that! The form takes a minute.',
      branch_id: 'volunteer',
      chips: [CHIPS.hours],
      cta: {
        cta_id: 'volunteer_apply',
        cta_label: 'Apply to volunteer',
        form_id: 'volunteer_application',
      },
    },
  ],
  [
    /adopt|dog|cat/i,
    {
      text: 'Come by and meet them first. This guide says how it goes on.',
      branch_id: 'adopt',
      chips: [CHIPS.hours, CHIPS.volunteer],
      link: { url: 'https://example.org/adoption-guide', label: 'Adoption guide' },
    },
  ],
];

const FALLBACK: ChatAnswer = {
  text: 'I know about opening hours, volunteering and adoption.',
  branch_id: 'fallback',
  chips: [CHIPS.hours, CHIPS.volunteer, CHIPS.adopt],
};

export const answerTo = (question: string): ChatAnswer =>
  ANSWERS.find(([keyword]) => keyword.test(question))?.[1] ?? FALLBACK;
