/** One request as the client of a row sends it; `$NAME` is what the variable NAME holds, `basic ` begins user and password in base64. */
export interface Row {
  readonly service: string;
  readonly variables: readonly string[];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent by POST. */
  readonly body?: string;
}

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';
const row = (service: string, variable: string, url: string, headers: Record<string, string>, body?: string): Row => ({
  service,
  variables: [variable],
  url,
  headers,
  ...(body !== undefined && { body }),
});
const bearer = (service: string, variable: string, url: string, scheme = 'Bearer '): Row =>
  row(service, variable, url, { authorization: `${scheme}$${variable}` });

/** Every row of the fact sheet that was read in a client's source or seen on the wire, and what each also sends. */
export const rows: readonly Row[] = [
  bearer('github', 'GITHUB_PERSONAL_ACCESS_TOKEN', 'https://api.github.com/user'),
  bearer('github', 'GITHUB_TOKEN', 'https://api.github.com/user', 'token '),
  row('github', 'GH_TOKEN', 'https://github.com/acme/site.git/info/refs', {
    authorization: 'basic x-access-token:$GH_TOKEN',
  }),
  bearer('gitlab', 'GITLAB_PERSONAL_ACCESS_TOKEN', 'https://gitlab.com/api/v4/user'),
  row('gitlab', 'GITLAB_TOKEN', 'https://gitlab.com/api/v4/user', { 'private-token': '$GITLAB_TOKEN' }),
  row('gitlab', 'GITLAB_JOB_TOKEN', 'https://gitlab.com/api/v4/job', { 'job-token': '$GITLAB_JOB_TOKEN' }),
  bearer('slack', 'SLACK_BOT_TOKEN', 'https://slack.com/api/auth.test'),
  ...['SLACK_MCP_XOXP_TOKEN', 'SLACK_MCP_XOXB_TOKEN'].map((name) =>
    row('slack', name, 'https://slack.com/api/auth.test', { 'content-type': form }, `token=$${name}&limit=1`),
  ),
  {
    service: 'slack',
    variables: ['SLACK_MCP_XOXC_TOKEN', 'SLACK_MCP_XOXD_TOKEN'],
    url: 'https://edgeapi.slack.com/cache/T1/users/list',
    headers: { 'content-type': form, cookie: 'b=1; d=$SLACK_MCP_XOXD_TOKEN' },
    body: 'token=$SLACK_MCP_XOXC_TOKEN',
  },
  bearer('notion', 'NOTION_TOKEN', 'https://api.notion.com/v1/users/me'),
  bearer('notion', 'OPENAPI_MCP_HEADERS', 'https://api.notion.com/v1/users/me', ''),
  bearer('linear', 'LINEAR_API_TOKEN', 'https://api.linear.app/graphql', ''),
  bearer('linear', 'LINEAR_API_KEY', 'https://api.linear.app/graphql'),
  row('atlassian', 'JIRA_API_TOKEN', 'https://jira.example.com/rest/api/2/myself', {
    authorization: 'basic me@example.com:$JIRA_API_TOKEN',
  }),
  bearer('atlassian', 'JIRA_PERSONAL_TOKEN', 'https://jira.example.com/rest/api/2/myself'),
  row('atlassian', 'CONFLUENCE_API_TOKEN', 'https://wiki.example.com/rest/api/space', {
    authorization: 'basic me@example.com:$CONFLUENCE_API_TOKEN',
  }),
  bearer('atlassian', 'CONFLUENCE_PERSONAL_TOKEN', 'https://wiki.example.com/rest/api/space'),
  bearer('sentry', 'SENTRY_ACCESS_TOKEN', 'https://sentry.io/api/0/organizations/'),
  bearer('sentry', 'SENTRY_AUTH_TOKEN', 'https://sentry.io/api/0/organizations/'),
  bearer('stripe', 'STRIPE_SECRET_KEY', 'https://mcp.stripe.com/'),
  row('stripe', 'STRIPE_API_KEY', 'https://api.stripe.com/v1/balance', { authorization: 'basic $STRIPE_API_KEY:' }),
  row('figma', 'FIGMA_API_KEY', 'https://api.figma.com/v1/me', { 'x-figma-token': '$FIGMA_API_KEY' }),
  bearer('figma', 'FIGMA_OAUTH_TOKEN', 'https://api.figma.com/v1/me'),
  row('brave-search', 'BRAVE_API_KEY', 'https://api.search.brave.com/res/v1/web/search?q=a', {
    'x-subscription-token': '$BRAVE_API_KEY',
  }),
  row(
    'tavily',
    'TAVILY_API_KEY',
    'https://api.tavily.com/search',
    { authorization: 'Bearer $TAVILY_API_KEY', 'content-type': json },
    '{"query":"a","api_key":"$TAVILY_API_KEY"}',
  ),
  row(
    'exa',
    'EXA_API_KEY',
    'https://api.exa.ai/search',
    { 'x-api-key': '$EXA_API_KEY', 'content-type': json },
    '{"query":"a"}',
  ),
  bearer('firecrawl', 'FIRECRAWL_API_KEY', 'https://api.firecrawl.dev/v2/scrape'),
  bearer('firecrawl', 'FIRECRAWL_OAUTH_TOKEN', 'https://api.firecrawl.dev/v2/scrape'),
  bearer('perplexity', 'PERPLEXITY_API_KEY', 'https://api.perplexity.ai/chat/completions'),
  bearer('openai', 'OPENAI_API_KEY', 'https://api.openai.com/v1/models'),
  row('anthropic', 'ANTHROPIC_API_KEY', 'https://api.anthropic.com/v1/models', { 'x-api-key': '$ANTHROPIC_API_KEY' }),
  bearer('anthropic', 'ANTHROPIC_AUTH_TOKEN', 'https://api.anthropic.com/v1/models'),
  row(
    'google-maps',
    'GOOGLE_MAPS_API_KEY',
    'https://maps.googleapis.com/maps/api/geocode/json?address=a&key=$GOOGLE_MAPS_API_KEY',
    {},
  ),
  bearer('airtable', 'AIRTABLE_API_KEY', 'https://api.airtable.com/v0/meta/bases'),
  bearer('hubspot', 'HUBSPOT_ACCESS_TOKEN', 'https://api.hubapi.com/crm/v3/owners'),
  row(
    'hubspot',
    'PRIVATE_APP_ACCESS_TOKEN',
    'https://api.hubapi.com/oauth/v2/private-apps/get/access-token-info',
    { authorization: 'Bearer $PRIVATE_APP_ACCESS_TOKEN', 'content-type': json },
    '{"tokenKey":"$PRIVATE_APP_ACCESS_TOKEN"}',
  ),
  bearer('asana', 'ASANA_ACCESS_TOKEN', 'https://app.asana.com/api/1.0/users/me'),
  bearer('cloudflare', 'CLOUDFLARE_API_TOKEN', 'https://api.cloudflare.com/client/v4/zones'),
  bearer('netlify', 'NETLIFY_PERSONAL_ACCESS_TOKEN', 'https://api.netlify.com/api/v1/sites'),
  bearer('supabase', 'SUPABASE_ACCESS_TOKEN', 'https://api.supabase.com/v1/projects'),
  bearer('grafana', 'GRAFANA_SERVICE_ACCOUNT_TOKEN', 'https://grafana.example.com/api/search'),
  bearer('grafana', 'GRAFANA_API_KEY', 'https://grafana.example.com/api/search'),
  row('grafana', 'GRAFANA_PASSWORD', 'https://grafana.example.com/api/search', {
    authorization: 'basic me:$GRAFANA_PASSWORD',
  }),
  row('twilio', 'TWILIO', 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json', {
    authorization: 'basic SK1:$TWILIO',
  }),
  bearer('sendgrid', 'SENDGRID_API_KEY', 'https://api.sendgrid.com/v3/scopes'),
  row('mailgun', 'MAILGUN_API_KEY', 'https://api.mailgun.net/v3/domains', {
    authorization: 'basic api:$MAILGUN_API_KEY',
  }),
  row('shopify', 'SHOPIFY_ACCESS_TOKEN', 'https://acme.myshopify.com/admin/api/2026-07/shop.json', {
    'x-shopify-access-token': '$SHOPIFY_ACCESS_TOKEN',
  }),
  bearer('discord', 'DISCORD_TOKEN', 'https://discord.com/api/v10/users/@me', 'Bot '),
  row('telegram', 'TELEGRAM_BOT_TOKEN', 'https://api.telegram.org/bot$TELEGRAM_BOT_TOKEN/getMe', {}),
  row('telegram', 'TELEGRAM_BOT_TOKEN', 'https://api.telegram.org/file/bot$TELEGRAM_BOT_TOKEN/a.png', {}),
  row('zendesk', 'ZENDESK_API_KEY', 'https://acme.zendesk.com/api/v2/tickets.json', {
    authorization: 'basic me@example.com/token:$ZENDESK_API_KEY',
  }),
  bearer('intercom', 'INTERCOM_ACCESS_TOKEN', 'https://api.intercom.io/me'),
  bearer('hugging-face', 'HF_TOKEN', 'https://huggingface.co/api/whoami-v2'),
  bearer('hugging-face', 'DEFAULT_HF_TOKEN', 'https://huggingface.co/api/whoami-v2'),
  bearer('replicate', 'REPLICATE_API_TOKEN', 'https://api.replicate.com/v1/account', 'Token '),
  bearer('replicate', 'REPLICATE_API_TOKEN', 'https://api.replicate.com/v1/account'),
  bearer('context7', 'CONTEXT7_API_KEY', 'https://context7.com/api/v2/search'),
  bearer('bright-data', 'API_TOKEN', 'https://api.brightdata.com/request'),
  row('circleci', 'CIRCLECI_TOKEN', 'https://circleci.com/api/v2/me', { 'circle-token': '$CIRCLECI_TOKEN' }),
  bearer('monday', 'monday_token', 'https://api.monday.com/v2', ''),
  bearer('azure-devops', 'PERSONAL_ACCESS_TOKEN', 'https://dev.azure.com/acme/_apis/projects', 'Basic '),
  bearer('azure-devops', 'ADO_MCP_AUTH_TOKEN', 'https://dev.azure.com/acme/_apis/projects'),
  row('postman', 'POSTMAN_API_KEY', 'https://api.postman.com/me', { 'x-api-key': '$POSTMAN_API_KEY' }),
  bearer('elasticsearch', 'ES_API_KEY', 'https://es.example.com/_search', 'ApiKey '),
  row('elasticsearch', 'ES_PASSWORD', 'https://es.example.com/_search', { authorization: 'basic me:$ES_PASSWORD' }),
  row(
    'mapbox',
    'MAPBOX_ACCESS_TOKEN',
    'https://api.mapbox.com/geocoding/v5/a.json?access_token=$MAPBOX_ACCESS_TOKEN',
    {},
  ),
  bearer('square', 'ACCESS_TOKEN', 'https://connect.squareup.com/v2/locations'),
  {
    service: 'trello',
    variables: ['TRELLO_API_KEY', 'TRELLO_TOKEN'],
    url: 'https://api.trello.com/1/members/me?key=$TRELLO_API_KEY&token=$TRELLO_TOKEN',
    headers: {},
  },
  bearer('mcp-remote', 'MCP_REMOTE', 'https://mcp.example.com/mcp'),
];

/** Rows whose clients do more than send a value: each has a test of its own. */
export const elsewhere: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: 'test/interop/aws-clients.test.ts',
  AWS_SECRET_ACCESS_KEY: 'test/interop/aws-clients.test.ts',
  AWS_SESSION_TOKEN: 'test/interop/aws-clients.test.ts',
  GMAIL_OAUTH_PATH: 'test/adopt/account-files.test.ts',
  GMAIL_CREDENTIALS_PATH: 'test/adopt/account-files.test.ts',
  GDRIVE_CREDENTIALS_PATH: 'test/adopt/account-files.test.ts',
  GDRIVE_OAUTH_PATH: 'test/adopt/account-files.test.ts',
  MDB_MCP_API_CLIENT_SECRET: 'test/interop/token-endpoint.test.ts',
  SHOPIFY_CLIENT_SECRET: 'test/interop/own-token.test.ts',
  TWILIO_AUTH_TOKEN: 'test/interop/sdks.test.ts',
  TWILIO_API_SECRET: 'test/interop/sdks.test.ts',
  TWILIO_API_KEY_SECRET: 'test/interop/sdks.test.ts',
};

/** Rows that `run` refuses: what they hold is exchanged, or goes over no HTTP. */
export const refused: readonly string[] = ['MDB_MCP_CONNECTION_STRING', 'TELEGRAM_API_HASH', 'TELEGRAM_SESSION_STRING'];
