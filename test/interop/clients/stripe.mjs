// The Stripe SDK has a keep-alive agent of its own: nothing but the preload catches it.
import Stripe from 'stripe';

const stripe = new Stripe(process.env.STRIPE_SECRET_KEY, { maxNetworkRetries: 0 });
const customer = await stripe.customers.retrieve('cus_1');
console.log(JSON.stringify([`200 ${JSON.stringify(customer)}`]));
