import Stripe from 'stripe';
import { failure, say } from './said.mjs';

const stripe = new Stripe(process.env.STRIPE_SECRET_KEY, { maxNetworkRetries: 0 });
const made = await stripe.customers.create(
  { name: 'Ann & Bob', metadata: { team: 'ä b' } },
  { idempotencyKey: 'once' },
);
const ids = [];
for await (const { id } of stripe.customers.list({ limit: 2 })) ids.push(id);
const file = await stripe.files.create({
  purpose: 'dispute_evidence',
  file: { data: Buffer.from([0, 255, 13, 10, 45, 45]), name: 'a.png', type: 'image/png' },
});
say({ made: made.id, ids, file: file.id, failed: await failure(() => stripe.customers.retrieve('echo')) });
