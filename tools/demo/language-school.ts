import type { Site } from './site.ts';

const origin = 'https://brightbridge.example';

export const languageSchool: Site = {
  tenant_hash: 'br9d25a7c4e610',
  name: 'Brightbridge Language School',
  origin,
  time_zone: 'Europe/Berlin',
  weight: 3,
  pages: ['/', '/courses', '/courses/german', '/prices', '/teachers', '/exam'],
  helpPrompts: ['Find my level', 'Evening courses', 'Prices'],
  showcases: ['summer-intensive', 'free-trial'],
  topics: [
    {
      id: 'courses',
      chip: 'Courses',
      questions: [
        'Do you have German courses in the evening?',
        'How many people are in a group?',
        'When does the next beginners course start?',
      ],
      answers: [
        'Evening groups meet twice a week from half past six, with eight people at most.',
        'A new beginners group starts on the first Monday of every month.',
      ],
      ctas: [
        { id: 'trial-lesson', label: 'Book a free trial lesson', form: 'trial' },
        { id: 'course-list', label: 'All courses' },
      ],
      links: [{ url: `${origin}/courses/calendar`, label: 'Course calendar' }],
    },
    {
      id: 'placement',
      chip: 'Find my level',
      questions: ['How do I know which level I am?', 'Is the placement test free?'],
      answers: [
        'The placement test takes twenty minutes and is free; a teacher calls you with the result.',
      ],
      ctas: [{ id: 'level-test', label: 'Take the placement test', form: 'placement' }],
      links: [{ url: `${origin}/levels`, label: 'What the levels mean' }],
    },
    {
      id: 'prices',
      chip: 'Prices',
      questions: ['What does a course cost per month?', 'Is there a discount for students?'],
      answers: ['Groups are 140 a month, students pay 110. You can pause for a month once a year.'],
      ctas: [{ id: 'price-list', label: 'Price list' }],
      links: [{ url: `${origin}/prices.pdf`, label: 'Prices (PDF)' }],
    },
    {
      id: 'exams',
      chip: 'Exams',
      questions: ['Can I take the B1 exam at your school?', 'How do I register for the exam?'],
      answers: [
        'We hold the B1 and B2 exams every second month; registration closes three weeks before.',
      ],
      ctas: [{ id: 'exam-register', label: 'Register for an exam', form: 'exam' }],
      links: [{ url: 'https://exams.example/b1', label: 'About the exam' }],
    },
  ],
  forms: [
    {
      id: 'trial',
      label: 'Trial lesson',
      fields: [
        { id: 'full_name', label: 'Your name', type: 'text', hurdle: 1 },
        { id: 'email', label: 'E-mail', type: 'email', error: 'not an e-mail address', hurdle: 1 },
        { id: 'language', label: 'Language', type: 'select', hurdle: 1 },
        { id: 'evening', label: 'Which evening?', type: 'select', hurdle: 3 },
      ],
    },
    {
      id: 'placement',
      label: 'Placement test',
      fields: [
        { id: 'email', label: 'E-mail', type: 'email', error: 'not an e-mail address', hurdle: 2 },
        { id: 'language', label: 'Language', type: 'select', hurdle: 1 },
        {
          id: 'years',
          label: 'Years of learning',
          type: 'text',
          error: 'must be a number',
          hurdle: 1,
        },
        {
          id: 'phone',
          label: 'Phone for the result',
          type: 'phone',
          error: 'too few digits',
          hurdle: 6,
        },
      ],
    },
    {
      id: 'exam',
      label: 'Exam registration',
      fields: [
        { id: 'full_name', label: 'Name as in the passport', type: 'text', hurdle: 1 },
        {
          id: 'passport',
          label: 'Passport number',
          type: 'text',
          error: 'not a passport number',
          hurdle: 6,
        },
        { id: 'level', label: 'Level', type: 'select', hurdle: 1 },
        { id: 'date', label: 'Date', type: 'date', error: 'no exam on this day', hurdle: 2 },
      ],
    },
  ],
  sources: [
    { weight: 4, attribution: { referrer: 'https://www.google.com/' } },
    { weight: 3, attribution: {} },
    {
      weight: 3,
      attribution: { utm_source: 'instagram', utm_medium: 'social', utm_campaign: 'trial_lesson' },
    },
    { weight: 1, attribution: { fbclid: 'IwARdemo', referrer: 'https://l.facebook.com/' } },
    { weight: 1, attribution: { referrer: 'https://www.expatboard.example/berlin' } },
  ],
  campaigns: [
    {
      daysAgo: 88,
      days: 12,
      lift: 1.7,
      attribution: { utm_source: 'instagram', utm_medium: 'social', utm_campaign: 'new_term' },
    },
    {
      daysAgo: 15,
      days: 6,
      lift: 1.4,
      attribution: { utm_source: 'google', utm_medium: 'cpc', utm_campaign: 'exam_autumn' },
    },
  ],
  engagement: 0.06,
  goals: { currency: 'EUR', values: { trial: 140, placement: 40, exam: 190 } },
};
