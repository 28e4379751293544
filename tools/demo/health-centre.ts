import type { Site } from './site.ts';

const origin = 'https://northfieldhealth.example';

export const healthCentre: Site = {
  tenant_hash: 'no4e8b62f01c9d',
  name: 'Northfield Community Health',
  origin,
  time_zone: 'America/New_York',
  weight: 4,
  pages: ['/', '/appointments', '/services', '/billing', '/vaccines', '/contact'],
  helpPrompts: ['Book an appointment', 'What do I have to bring?', 'Renew a prescription'],
  showcases: ['flu-season', 'new-dentist'],
  topics: [
    {
      id: 'appointments',
      chip: 'Appointments',
      questions: [
        'Can I get an appointment this week?',
        'How do I cancel my appointment?',
        'Do you take walk-ins?',
      ],
      answers: [
        'New patients usually get a slot within four working days. Walk-ins are seen before noon.',
        'You can cancel until the evening before, here or by phone.',
      ],
      ctas: [
        { id: 'book-visit', label: 'Request an appointment', form: 'appointment' },
        { id: 'call-desk', label: 'Call the front desk' },
      ],
      links: [{ url: `${origin}/appointments/prepare`, label: 'What to bring' }],
    },
    {
      id: 'insurance',
      chip: 'Insurance and cost',
      questions: ['Do you accept my insurance?', 'What does a visit cost without insurance?'],
      answers: [
        'We take all public plans and most private ones. Without one, the fee follows your income.',
      ],
      ctas: [{ id: 'fee-check', label: 'Check your fee', form: 'sliding_fee' }],
      links: [{ url: `${origin}/billing/plans`, label: 'Plans that we accept' }],
    },
    {
      id: 'vaccines',
      chip: 'Vaccines',
      questions: ['When are flu shots available?', 'Which vaccines does my toddler need?'],
      answers: [
        'Flu shots are given every weekday from 8 to 11; children get theirs at the regular check-up.',
      ],
      ctas: [{ id: 'flu-shot', label: 'Reserve a flu shot', form: 'appointment' }],
      links: [{ url: `${origin}/vaccines/calendar`, label: 'Vaccine calendar' }],
    },
    {
      id: 'prescriptions',
      chip: 'Prescriptions',
      questions: ['How do I renew a prescription?', 'Is the pharmacy open on Saturday?'],
      answers: [
        'Renewals are ready the next working day. The pharmacy is open on Saturdays until one.',
      ],
      ctas: [{ id: 'renew', label: 'Renew a prescription' }],
      links: [{ url: 'https://portal.northfieldhealth.example/', label: 'Patient portal' }],
    },
  ],
  forms: [
    {
      id: 'appointment',
      label: 'Appointment request',
      fields: [
        { id: 'full_name', label: 'Your name', type: 'text', hurdle: 1 },
        { id: 'birth_date', label: 'Date of birth', type: 'date', error: 'not a date', hurdle: 3 },
        { id: 'phone', label: 'Phone', type: 'phone', error: 'too few digits', hurdle: 2 },
        { id: 'insurance', label: 'Insurance', type: 'select', hurdle: 5 },
        { id: 'reason', label: 'Reason for the visit', type: 'textarea', hurdle: 3 },
      ],
    },
    {
      id: 'sliding_fee',
      label: 'Fee check',
      fields: [
        {
          id: 'household',
          label: 'People in the household',
          type: 'text',
          error: 'must be a number',
          hurdle: 1,
        },
        {
          id: 'income',
          label: 'Yearly income',
          type: 'text',
          error: 'must be a number',
          hurdle: 6,
        },
        { id: 'email', label: 'E-mail', type: 'email', error: 'not an e-mail address', hurdle: 2 },
      ],
    },
  ],
  sources: [
    { weight: 6, attribution: { referrer: 'https://www.google.com/' } },
    { weight: 4, attribution: {} },
    { weight: 2, attribution: { referrer: 'https://www.bing.com/' } },
    {
      weight: 2,
      attribution: {
        utm_source: 'google',
        utm_medium: 'cpc',
        utm_campaign: 'flu_season',
        gclid: 'Cj0demo',
      },
    },
    {
      weight: 1,
      attribution: { utm_source: 'poster', utm_medium: 'qr', utm_campaign: 'clinic_door' },
    },
  ],
  campaigns: [
    {
      daysAgo: 47,
      days: 14,
      lift: 1.6,
      attribution: { utm_source: 'google', utm_medium: 'cpc', utm_campaign: 'flu_shots' },
    },
  ],
  engagement: 0.12,
  goals: { currency: 'USD', values: { appointment: 120, sliding_fee: 30 } },
};
