import { airtable } from './airtable.js';
import { anthropic } from './anthropic.js';
import { asana } from './asana.js';
import { atlassian } from './atlassian.js';
import { aws } from './aws.js';
import { azureDevops } from './azure-devops.js';
import { braveSearch } from './brave-search.js';
import { brightData } from './bright-data.js';
import { circleci } from './circleci.js';
import { cloudflare } from './cloudflare.js';
import { context7 } from './context7.js';
import { discord } from './discord.js';
import { elasticsearch } from './elasticsearch.js';
import { exa } from './exa.js';
import { figma } from './figma.js';
import { firecrawl } from './firecrawl.js';
import { github } from './github.js';
import { gitlab } from './gitlab.js';
import { gmail } from './gmail.js';
import { googleCloud } from './google-cloud.js';
import { googleDrive } from './google-drive.js';
import { googleMaps } from './google-maps.js';
import { grafana } from './grafana.js';
import { hubspot } from './hubspot.js';
import { huggingFace } from './hugging-face.js';
import { intercom } from './intercom.js';
import { linear } from './linear.js';
import { mailgun } from './mailgun.js';
import { mapbox } from './mapbox.js';
import { mcpRemote } from './mcp-remote.js';
import { monday } from './monday.js';
import { mongodbAtlas } from './mongodb-atlas.js';
import { netlify } from './netlify.js';
import { notion } from './notion.js';
import { npm } from './npm.js';
import { openai } from './openai.js';
import { perplexity } from './perplexity.js';
import { postman } from './postman.js';
import { replicate } from './replicate.js';
import { sendgrid } from './sendgrid.js';
import { sentry } from './sentry.js';
import type { Service } from './service.js';
import { shopify } from './shopify.js';
import { slack } from './slack.js';
import { square } from './square.js';
import { stripe } from './stripe.js';
import { supabase } from './supabase.js';
import { tavily } from './tavily.js';
import { telegram } from './telegram.js';
import { telegramUser } from './telegram-user.js';
import { trello } from './trello.js';
import { twilio } from './twilio.js';
import { vault } from './vault.js';
import { zendesk } from './zendesk.js';

/** Every service that is known: those with variables to `run` without a configuration. One file each, one line here. */
export const services: readonly Service[] = [
  airtable,
  anthropic,
  asana,
  atlassian,
  aws,
  azureDevops,
  braveSearch,
  brightData,
  circleci,
  cloudflare,
  context7,
  discord,
  elasticsearch,
  exa,
  figma,
  firecrawl,
  github,
  gitlab,
  gmail,
  googleCloud,
  googleDrive,
  googleMaps,
  grafana,
  hubspot,
  huggingFace,
  intercom,
  linear,
  mailgun,
  mapbox,
  mcpRemote,
  monday,
  mongodbAtlas,
  netlify,
  notion,
  npm,
  openai,
  perplexity,
  postman,
  replicate,
  sendgrid,
  sentry,
  shopify,
  slack,
  square,
  stripe,
  supabase,
  tavily,
  telegram,
  telegramUser,
  trello,
  twilio,
  vault,
  zendesk,
];
