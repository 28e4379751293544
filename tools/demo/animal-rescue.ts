import type { Site } from './site.ts';

const origin = 'https://www.harbourlanerescue.example';

export const animalRescue: Site = {
  tenant_hash: 'ha7c31d09be52f',
  name: 'Harbour Lane Animal Rescue',
  origin,
  time_zone: 'America/Chicago',
  weight: 5,
  pages: ['/', '/dogs', '/cats', '/adopt', '/foster', '/volunteer', '/events'],
  helpPrompts: ['How do I adopt?', 'Can I visit today?', 'I found a stray'],
  showcases: ['dog-of-the-week', 'senior-cats', 'open-day'],
  topics: [
    {
      id: 'adoption',
      chip: 'Adopting',
      questions: [
        'How long does it take to adopt a dog?',
        'What does it cost to adopt a cat?',
        'Do you let people in flats adopt?',
      ],
      answers: [
        'Most adoptions take one to two weeks: a form, a visit to us, and a short call about your home.',
        'The fee covers vaccinations, the chip and the first check-up. Dogs are 180, cats are 95.',
      ],
      ctas: [
        { id: 'adopt-apply', label: 'Start an adoption application', form: 'adoption' },
        { id: 'adopt-meet', label: 'See who is waiting' },
      ],
      links: [{ url: `${origin}/adopt/steps`, label: 'Adoption, step by step' }],
    },
    {
      id: 'fostering',
      chip: 'Fostering',
      questions: [
        'What do foster homes have to provide?',
        'Can I foster when I work full time?',
        'Do you pay for the food of foster animals?',
      ],
      answers: [
        'A quiet corner and some time in the evening are enough for most animals. We bring food and pay the vet.',
      ],
      ctas: [{ id: 'foster-apply', label: 'Offer a foster home', form: 'foster' }],
      links: [{ url: `${origin}/foster/handbook.pdf`, label: 'Handbook for foster homes' }],
    },
    {
      id: 'volunteering',
      chip: 'Volunteering',
      questions: ['Do you need dog walkers on weekends?', 'How old must volunteers be?'],
      answers: [
        'Walkers are welcome from 16 on, with a parent from 12 on. Weekends need help the most.',
      ],
      ctas: [{ id: 'volunteer-join', label: 'Join the volunteers', form: 'volunteer' }],
      links: [{ url: `${origin}/volunteer/shifts`, label: 'Open shifts' }],
    },
    {
      id: 'lost_found',
      chip: 'Lost and found',
      questions: ['I found a kitten, what should I do?', 'My dog ran away this morning'],
      answers: [
        'Please keep it warm and call our desk at once; we check every chip that comes in.',
      ],
      ctas: [{ id: 'lost-call', label: 'Call the desk' }],
      links: [{ url: `${origin}/lost-and-found`, label: 'Animals found this week' }],
    },
    {
      id: 'opening_hours',
      chip: 'Visiting',
      questions: ['When are you open on Sunday?', 'Is there parking for visitors?'],
      answers: [
        'We are open from 11 to 4 every day but Monday. There is free parking behind the barn.',
      ],
      ctas: [],
      links: [{ url: 'https://maps.example/harbour-lane', label: 'How to find us' }],
    },
  ],
  forms: [
    {
      id: 'adoption',
      label: 'Adoption application',
      fields: [
        { id: 'full_name', label: 'Your name', type: 'text', hurdle: 1 },
        { id: 'email', label: 'E-mail', type: 'email', error: 'not an e-mail address', hurdle: 1 },
        { id: 'phone', label: 'Phone', type: 'phone', error: 'too few digits', hurdle: 4 },
        { id: 'home', label: 'House or flat', type: 'select', hurdle: 2 },
        { id: 'landlord', label: "Landlord's consent", type: 'select', hurdle: 5 },
        { id: 'pets', label: 'Other pets', type: 'text', hurdle: 1 },
        { id: 'why', label: 'Why this animal?', type: 'textarea', hurdle: 3 },
      ],
    },
    {
      id: 'foster',
      label: 'Foster home',
      fields: [
        { id: 'full_name', label: 'Your name', type: 'text', hurdle: 1 },
        { id: 'email', label: 'E-mail', type: 'email', error: 'not an e-mail address', hurdle: 1 },
        { id: 'experience', label: 'Experience', type: 'textarea', hurdle: 4 },
        { id: 'from', label: 'Available from', type: 'date', error: 'lies in the past', hurdle: 2 },
      ],
    },
    {
      id: 'volunteer',
      label: 'Volunteers',
      fields: [
        { id: 'full_name', label: 'Your name', type: 'text', hurdle: 1 },
        { id: 'age', label: 'Age', type: 'text', error: 'must be a number', hurdle: 1 },
        { id: 'email', label: 'E-mail', type: 'email', error: 'not an e-mail address', hurdle: 2 },
      ],
    },
  ],
  sources: [
    { weight: 5, attribution: {} },
    { weight: 4, attribution: { referrer: 'https://www.google.com/' } },
    {
      weight: 4,
      attribution: {
        utm_source: 'facebook',
        utm_medium: 'social',
        utm_campaign: 'open_day',
        referrer: 'https://l.facebook.com/',
      },
    },
    {
      weight: 2,
      attribution: { utm_source: 'newsletter', utm_medium: 'email', utm_campaign: 'november' },
    },
    { weight: 1, attribution: { referrer: 'https://www.citypaper.example/pets' } },
  ],
  campaigns: [
    {
      daysAgo: 63,
      days: 8,
      lift: 1.9,
      attribution: {
        utm_source: 'facebook',
        utm_medium: 'social',
        utm_campaign: 'open_day',
        referrer: 'https://l.facebook.com/',
      },
    },
    {
      daysAgo: 24,
      days: 5,
      lift: 1.5,
      attribution: {
        utm_source: 'newsletter',
        utm_medium: 'email',
        utm_campaign: 'home_for_winter',
      },
    },
  ],
  engagement: 0.09,
  goals: { currency: 'USD', values: { adoption: 180, foster: 60, volunteer: 25 } },
};
